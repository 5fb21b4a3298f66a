import { describe, expect, test } from "vitest";
import type { Page } from "../../server/protocol/actors.ts";
import type { Entry, EntryKind } from "../../server/protocol/journal.ts";
import {
  emptyView,
  freeze,
  isBack,
  type JournalView,
  locate,
  MAX_WINDOW,
  missing,
  resume,
  shown,
  unseen,
  withBetween,
  withCommands,
  withNewer,
  withNewest,
  withOlder,
  withPart,
  withTail,
} from "./journal-view.ts";

/** In these journals every third entry is the result of an effect. */
const entry = (seq: number): Entry => ({
  seq,
  at: seq,
  body:
    seq % 3 === 0
      ? { kind: "effect", messageId: `m${seq}`, n: 0, effect: { name: "call", attempts: 1, result: null } }
      : { kind: "turn", messageId: `m${seq}`, reply: null, version: 1, code: "c" },
});
const run = (from: number, to: number): Entry[] => Array.from({ length: to - from + 1 }, (_, i) => entry(from + i));
const seqs = (view: JournalView) => shown(view)?.entries.map(({ seq }) => seq);

/** What the server answers of a journal that ends at `head`. */
const forwards = (after: number, head: number, limit: number, kind: EntryKind | null = null): Page<Entry> =>
  page(run(after + 1, head), limit, kind);
const backwards = (before: number, limit: number, kind: EntryKind | null = null): Page<Entry> =>
  page(run(1, before - 1).reverse(), limit, kind);
const page = (all: Entry[], limit: number, kind: EntryKind | null): Page<Entry> => {
  const items = all.filter(({ body }) => kind === null || body.kind === kind).slice(0, limit);
  return { items, next: items.length === limit ? String(items.at(-1)?.seq) : null };
};

const started = (head: number, limit: number, kind: EntryKind | null = null): JournalView =>
  withNewest(emptyView(kind), backwards(head + 1, limit, kind), head);

describe("a view that follows the head", () => {
  test("begins with the newest page", () => {
    expect(missing(emptyView(null), 8)).toBe("newest");
    const view = started(8, 3);
    expect(seqs(view)).toEqual([8, 7, 6]);
    expect(missing(view, 8)).toBeNull();
  });

  test("takes what the stream tells, each entry once, in order", () => {
    let view = withTail(started(8, 3), run(9, 10));
    view = withTail(view, run(7, 11));
    view = withTail(view, run(9, 11));
    expect(seqs(view)).toEqual([11, 10, 9, 8, 7, 6]);
  });

  test("stays the very same object when it is told nothing new", () => {
    const view = started(8, 3);
    expect(withTail(view, run(6, 8))).toBe(view);
    expect(withTail(view, [])).toBe(view);
  });

  test("does not take what does not reach it, and asks for what lies between", () => {
    const view = withTail(started(8, 3), run(11, 12));
    expect(seqs(view)).toEqual([8, 7, 6]);
    expect(missing(view, 12)).toBe("between");
    const filled = withTail(withBetween(view, forwards(8, 12, 2), 8, 12), run(11, 13));
    expect(seqs(filled)).toEqual([13, 12, 11, 10, 9, 8, 7, 6]);
    expect(missing(filled, 13)).toBeNull();
  });

  test("fills a hole page by page, also while the stream goes on", () => {
    let view = started(2, 5);
    for (let head = 6; missing(view, head) !== null; head = Math.min(head + 1, 9)) {
      const after = view.live?.upTo ?? 0;
      view = withBetween(view, forwards(after, head, 2), after, head);
    }
    expect(seqs(view)).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
  });

  test("begins anew when the hole is too large to be filled", () => {
    const view = started(10, 5);
    expect(missing(view, 10_000)).toBe("newest");
    expect(seqs(withNewest(view, backwards(10_001, 3), 10_000))).toEqual([10_000, 9999, 9998]);
  });

  test("holds no more than its bound, and lets go of the oldest", () => {
    const view = withTail(started(MAX_WINDOW, MAX_WINDOW), run(MAX_WINDOW + 1, MAX_WINDOW + 5));
    expect(shown(view)?.entries).toHaveLength(MAX_WINDOW);
    expect(shown(view)).toMatchObject({ from: 6, upTo: MAX_WINDOW + 5 });
  });
});

describe("a view of one kind", () => {
  test("takes only entries of it, and knows how far it has looked", () => {
    const view = withTail(started(8, 10, "effect"), run(9, 10));
    expect(seqs(view)).toEqual([9, 6, 3]);
    expect(missing(view, 10)).toBeNull();
    expect(missing(view, 11)).toBe("between");
    const looked = withBetween(view, forwards(10, 11, 5, "effect"), 10, 11);
    expect(seqs(looked)).toEqual([9, 6, 3]);
    expect(missing(looked, 11)).toBeNull();
  });

  test("reads on from the last of a full page", () => {
    const view = withBetween(started(2, 10, "effect"), forwards(2, 14, 2, "effect"), 2, 14);
    expect(seqs(view)).toEqual([6, 3]);
    expect(missing(view, 14)).toBe("between");
    expect(seqs(withBetween(view, forwards(6, 14, 3, "effect"), 6, 14))).toEqual([12, 9, 6, 3]);
  });
});

describe("older entries", () => {
  test("are put below, each once, until the journal begins", () => {
    let view = started(8, 3);
    view = withOlder(view, backwards(6, 3), 6);
    expect(seqs(view)).toEqual([8, 7, 6, 5, 4, 3]);
    expect(shown(view)?.from).toBe(3);
    view = withOlder(view, backwards(3, 3), 3);
    expect(seqs(view)).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
    expect(shown(view)?.from).toBe(1);
  });

  test("push out the newest above the bound, which can be read again", () => {
    const head = MAX_WINDOW + 4;
    let view = freeze(started(head, MAX_WINDOW), false);
    view = withOlder(view, backwards(5, 4), 5);
    expect(shown(view)).toMatchObject({ from: 1, upTo: MAX_WINDOW, top: -4 });
    view = withNewer(view, forwards(MAX_WINDOW, head, 3), MAX_WINDOW, head);
    expect(shown(view)).toMatchObject({ from: 4, upTo: MAX_WINDOW + 3, top: -1 });
    expect(view.live?.upTo).toBe(head);
  });
});

test("a page that was asked for before what is shown changed is left out, or there would be a hole", () => {
  const view = freeze(started(800, 3), false);
  const elsewhere = withPart(view, backwards(501, 3), 501);
  expect(withOlder(elsewhere, backwards(798, 3), 798)).toBe(elsewhere);
  expect(withNewer(view, forwards(500, 800, 3), 500, 800)).toBe(view);
  expect(withBetween(view, forwards(900, 910, 3), 900, 910)).toBe(view);
});

test("an entry is looked for in what is shown, in what follows the head, further on, or elsewhere", () => {
  let view = freeze(started(100, 10), false);
  view = withPart(withTail(view, run(101, 105)), backwards(51, 10), 51);
  expect([45, 103, 110, 70].map((seq) => locate(view, seq))).toEqual(["shown", "live", "ahead", "elsewhere"]);
  expect(locate(emptyView(null), 1)).toBeNull();
});

test("the command of a message is remembered from the entry that it was received by", () => {
  const received: Entry = {
    seq: 9,
    at: 9,
    body: { kind: "received", messageId: "m", message: { id: "m", command: "enrich", payload: {}, now: 9 } },
  };
  const view = withTail(started(8, 3, "turn"), [received, entry(10)]);
  expect(seqs(view)).toEqual([10, 8, 7, 5]);
  expect(view.commands.get("m")).toBe("enrich");
  expect(withCommands(view, [received])).toBe(view);
});

describe("a frozen view", () => {
  test("does not move, and counts what came exactly", () => {
    let view = freeze(started(8, 3), false);
    expect(unseen(view, 8)).toBe(0);
    view = withTail(view, run(9, 20));
    expect(seqs(view)).toEqual([8, 7, 6]);
    expect(unseen(view, 20)).toBe(12);
    expect(seqs(resume(view))).toEqual(
      run(6, 20)
        .map(({ seq }) => seq)
        .reverse(),
    );
    expect(unseen(resume(view), 20)).toBe(0);
  });

  test("counts what it has not read yet, and loses none of it", () => {
    let view = freeze(started(8, 3), false);
    expect(unseen(view, 508)).toBe(500);
    expect(missing(view, 508)).toBe("between");
    view = resume(withBetween(view, forwards(8, 508, 500), 8, 508));
    expect(seqs(view)).toEqual(
      run(6, 508)
        .map(({ seq }) => seq)
        .reverse(),
    );
  });

  test("of one kind counts only that kind, however much lies between", () => {
    let view = freeze(started(9, 2, "effect"), false);
    expect(missing(view, 9000)).toBe("between");
    while (missing(view, 9000) !== null) {
      const after = view.live?.upTo ?? 0;
      view = withBetween(view, forwards(after, 9000, 500, "effect"), after, 9000);
    }
    expect(unseen(view, 9000)).toBe(3000 - 3);
    expect(seqs(view)).toEqual([9, 6]);
  });

  test("counts on from where it was frozen, whatever part of the journal it shows meanwhile", () => {
    let view = freeze(started(5000, 100), false);
    view = withTail(withPart(view, backwards(2001, 100), 2001), run(5001, 5003));
    expect(seqs(view)?.[0]).toBe(2000);
    expect(unseen(view, 5003)).toBe(3);
    view = withNewer(view, forwards(2000, 5003, 2999), 2000, 5003);
    expect(isBack(view)).toBe(false);
    view = withNewer(view, forwards(4999, 5003, 1), 4999, 5003);
    expect(isBack(view)).toBe(true);
    expect(unseen(view, 5003)).toBe(3);
    expect(isBack(resume(view))).toBe(true);
  });

  test("that was asked for stays, and scrolling does not undo it", () => {
    const held = freeze(freeze(started(8, 3), false), true);
    expect(held.frozen?.isHeld).toBe(true);
    expect(freeze(held, false)).toBe(held);
    expect(freeze(held, true)).toBe(held);
  });
});
