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

/** Every third entry is an effect. */
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

/** The server's pages of a journal that ends at `head`. */
const forwards = (after: number, head: number, limit: number, kind: EntryKind | null = null): Page<Entry> =>
  page(run(after + 1, head), limit, kind);
const backwards = (before: number, limit: number, kind: EntryKind | null = null): Page<Entry> =>
  page(run(1, before - 1).reverse(), limit, kind);
const page = (all: Entry[], limit: number, kind: EntryKind | null): Page<Entry> => {
  const items = all.filter(({ body }) => kind === null || body.kind === kind).slice(0, limit);
  return { items, next: items.length === limit ? String(items.at(-1)?.seq) : null };
};

const viewOf = (head: number, limit: number, kind: EntryKind | null = null): JournalView =>
  withNewest(emptyView(kind), backwards(head + 1, limit, kind), head);

describe("a view that follows the head", () => {
  test("starts with the newest page", () => {
    expect(missing(emptyView(null), 8)).toBe("newest");
    const view = viewOf(8, 3);
    expect(seqs(view)).toEqual([8, 7, 6]);
    expect(missing(view, 8)).toBeNull();
  });

  test("takes the stream's entries, each once, in order", () => {
    let view = withTail(viewOf(8, 3), run(9, 10));
    view = withTail(view, run(7, 11));
    view = withTail(view, run(9, 11));
    expect(seqs(view)).toEqual([11, 10, 9, 8, 7, 6]);
  });

  test("stays the same object without new entries", () => {
    const view = viewOf(8, 3);
    expect(withTail(view, run(6, 8))).toBe(view);
    expect(withTail(view, [])).toBe(view);
  });

  test("does not take entries beyond a gap, and asks for those between", () => {
    const view = withTail(viewOf(8, 3), run(11, 12));
    expect(seqs(view)).toEqual([8, 7, 6]);
    expect(missing(view, 12)).toBe("between");
    const filled = withTail(withBetween(view, forwards(8, 12, 2), 8, 12), run(11, 13));
    expect(seqs(filled)).toEqual([13, 12, 11, 10, 9, 8, 7, 6]);
    expect(missing(filled, 13)).toBeNull();
  });

  test("fills a gap page by page while the stream continues", () => {
    let view = viewOf(2, 5);
    for (let head = 6; missing(view, head) !== null; head = Math.min(head + 1, 9)) {
      const after = view.live?.upTo ?? 0;
      view = withBetween(view, forwards(after, head, 2), after, head);
    }
    expect(seqs(view)).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
  });

  test("restarts if the gap is too large", () => {
    const view = viewOf(10, 5);
    expect(missing(view, 10_000)).toBe("newest");
    expect(seqs(withNewest(view, backwards(10_001, 3), 10_000))).toEqual([10_000, 9999, 9998]);
  });

  test("drops the oldest entries above the limit", () => {
    const view = withTail(viewOf(MAX_WINDOW, MAX_WINDOW), run(MAX_WINDOW + 1, MAX_WINDOW + 5));
    expect(shown(view)?.entries).toHaveLength(MAX_WINDOW);
    expect(shown(view)).toMatchObject({ from: 6, upTo: MAX_WINDOW + 5 });
  });
});

describe("a view of one kind", () => {
  test("takes only entries of that kind, and knows how far it has read", () => {
    const view = withTail(viewOf(8, 10, "effect"), run(9, 10));
    expect(seqs(view)).toEqual([9, 6, 3]);
    expect(missing(view, 10)).toBeNull();
    expect(missing(view, 11)).toBe("between");
    const looked = withBetween(view, forwards(10, 11, 5, "effect"), 10, 11);
    expect(seqs(looked)).toEqual([9, 6, 3]);
    expect(missing(looked, 11)).toBeNull();
  });

  test("continues after the last entry of a full page", () => {
    const view = withBetween(viewOf(2, 10, "effect"), forwards(2, 14, 2, "effect"), 2, 14);
    expect(seqs(view)).toEqual([6, 3]);
    expect(missing(view, 14)).toBe("between");
    expect(seqs(withBetween(view, forwards(6, 14, 3, "effect"), 6, 14))).toEqual([12, 9, 6, 3]);
  });
});

describe("older entries", () => {
  test("are added below, each once, down to the start of the journal", () => {
    let view = viewOf(8, 3);
    view = withOlder(view, backwards(6, 3), 6);
    expect(seqs(view)).toEqual([8, 7, 6, 5, 4, 3]);
    expect(shown(view)?.from).toBe(3);
    view = withOlder(view, backwards(3, 3), 3);
    expect(seqs(view)).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
    expect(shown(view)?.from).toBe(1);
  });

  test("displace the newest above the limit, which can be read again", () => {
    const head = MAX_WINDOW + 4;
    let view = freeze(viewOf(head, MAX_WINDOW), false);
    view = withOlder(view, backwards(5, 4), 5);
    expect(shown(view)).toMatchObject({ from: 1, upTo: MAX_WINDOW, top: -4 });
    view = withNewer(view, forwards(MAX_WINDOW, head, 3), MAX_WINDOW, head);
    expect(shown(view)).toMatchObject({ from: 4, upTo: MAX_WINDOW + 3, top: -1 });
    expect(view.live?.upTo).toBe(head);
  });
});

test("ignores a page that no longer fits the shown window", () => {
  const view = freeze(viewOf(800, 3), false);
  const elsewhere = withPart(view, backwards(501, 3), 501);
  expect(withOlder(elsewhere, backwards(798, 3), 798)).toBe(elsewhere);
  expect(withNewer(view, forwards(500, 800, 3), 500, 800)).toBe(view);
  expect(withBetween(view, forwards(900, 910, 3), 900, 910)).toBe(view);
});

test("locates an entry in the shown window, in the live one, ahead, or elsewhere", () => {
  let view = freeze(viewOf(100, 10), false);
  view = withPart(withTail(view, run(101, 105)), backwards(51, 10), 51);
  expect([45, 103, 110, 70].map((seq) => locate(view, seq))).toEqual(["shown", "live", "ahead", "elsewhere"]);
  expect(locate(emptyView(null), 1)).toBeNull();
});

test("caches the command of a message from its `received` entry", () => {
  const received: Entry = {
    seq: 9,
    at: 9,
    body: { kind: "received", messageId: "m", message: { id: "m", command: "enrich", payload: {}, now: 9 } },
  };
  const view = withTail(viewOf(8, 3, "turn"), [received, entry(10)]);
  expect(seqs(view)).toEqual([10, 8, 7, 5]);
  expect(view.commands.get("m")).toBe("enrich");
  expect(withCommands(view, [received])).toBe(view);
});

describe("a frozen view", () => {
  test("does not move, and counts new entries exactly", () => {
    let view = freeze(viewOf(8, 3), false);
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

  test("counts entries that it has not read yet, and loses none", () => {
    let view = freeze(viewOf(8, 3), false);
    expect(unseen(view, 508)).toBe(500);
    expect(missing(view, 508)).toBe("between");
    view = resume(withBetween(view, forwards(8, 508, 500), 8, 508));
    expect(seqs(view)).toEqual(
      run(6, 508)
        .map(({ seq }) => seq)
        .reverse(),
    );
  });

  test("of one kind counts only that kind", () => {
    let view = freeze(viewOf(9, 2, "effect"), false);
    expect(missing(view, 9000)).toBe("between");
    while (missing(view, 9000) !== null) {
      const after = view.live?.upTo ?? 0;
      view = withBetween(view, forwards(after, 9000, 500, "effect"), after, 9000);
    }
    expect(unseen(view, 9000)).toBe(3000 - 3);
    expect(seqs(view)).toEqual([9, 6]);
  });

  test("counts from where it was frozen, whatever part of the journal it shows", () => {
    let view = freeze(viewOf(5000, 100), false);
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

  test("stays frozen by a pause, and scrolling does not undo it", () => {
    const held = freeze(freeze(viewOf(8, 3), false), true);
    expect(held.frozen?.isHeld).toBe(true);
    expect(freeze(held, false)).toBe(held);
    expect(freeze(held, true)).toBe(held);
  });
});
