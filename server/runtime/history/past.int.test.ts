import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createLog } from "../../process/log.ts";
import { emptyHead, fold } from "../../protocol/fold.ts";
import type { Entry, Json } from "../../protocol/journal.ts";
import type { PastLine, PastWindow, PathChange } from "../../protocol/past.ts";
import { openStore } from "../../store/postgres.ts";
import { useDatabase } from "../../testing/database/database.ts";
import { query } from "../../testing/database/sql.ts";
import { startNode } from "../../testing/runtime/node.ts";
import { ledgerType, World } from "../../testing/types/ledger.ts";
import type { ActorId } from "../ports/ids.ts";
import type { Store } from "../ports/store.ts";
import type { RunningRuntime } from "../runtime.ts";

/** Turns of the actor. A turn with an effect adds two entries. */
const TURNS = 3_300;

const database = useDatabase();
let store: Store;
let runtime: RunningRuntime;
let entries: Entry[];
let states: Json[];

beforeAll(async () => {
  store = await openStore(database.url, createLog("silent"));
  ({ runtime } = await startNode({ store, types: [ledgerType(new World())] }));
  await Promise.all(
    Array.from({ length: TURNS }, (_, i) => {
      const [command, payload] = i % 50 === 7 ? ["ask", { names: ["x"] }] : ["add", { amount: 1 }];
      return runtime.ask({ type: "ledger", keyText: "long", command, payload });
    }),
  );
  entries = await journalOf(store, await idOf("long"));
  const head = emptyHead(0);
  states = [null, ...entries.map((entry) => structuredClone(fold(head, [structuredClone(entry)]).state ?? null))];
});
afterAll(async () => {
  await runtime.stop();
  await store.close();
});

async function idOf(keyText: string): Promise<ActorId> {
  const [summary] = await store.summaries([{ type: "ledger", keyText }]);
  return summary?.id as ActorId;
}

async function journalOf(from: Store, id: ActorId): Promise<Entry[]> {
  const found: Entry[] = [];
  for (;;) {
    const page = await from.entries({ id, after: found.length, limit: 5_000, bytes: 100_000_000 });
    found.push(...page.entries);
    if (!page.more) return found;
  }
}

async function linesAt(at: number, key = "long"): Promise<PastLine[]> {
  const lines: PastLine[] = [];
  for await (const line of runtime.past.window({ type: "ledger", keyText: key }, at)) lines.push(line);
  return lines;
}

async function windowAt(at: number, key = "long"): Promise<PastWindow> {
  const last = (await linesAt(at, key)).at(-1);
  if (last === undefined || !("window" in last)) throw new Error("There is no window.");
  return last.window;
}

/** Seqs on both sides of every boundary, and some between. */
const places = () => [0, 1, 2, 9, 10, 11, 999, 1_000, 1_001, 1_777, 2_000, 2_001, 3_000, 3_005, entries.length];

describe("the state at a seq", () => {
  test("is the fold of all entries up to it, wherever checkpoints are", async () => {
    for (const at of places()) {
      expect(await runtime.past.state({ type: "ledger", keyText: "long" }, { at })).toEqual({
        head: at,
        state: states[at],
      });
    }
  });

  test("is not found when the journal has no such entry", async () => {
    const beyond = runtime.past.state({ type: "ledger", keyText: "long" }, { at: entries.length + 1 });
    await expect(beyond).rejects.toMatchObject({
      code: "not_found",
      message: `The journal ends at ${entries.length}; it has no entry ${entries.length + 1}.`,
    });
    await expect(runtime.past.state({ type: "ledger", keyText: "nobody" }, { at: 1 })).rejects.toMatchObject({
      code: "not_found",
    });
  });

  test("is found by time: what was committed by then", async () => {
    for (const seq of [1, 500, 2_500, entries.length]) {
      const { at } = entries[seq - 1] as Entry;
      const last = entries.findLast((entry) => entry.at <= at)?.seq ?? 0;
      const time = new Date(at).toISOString();
      expect(await runtime.past.state({ type: "ledger", keyText: "long" }, { time })).toEqual({
        head: last,
        state: states[last],
      });
    }
    const before = new Date((entries[0] as Entry).at - 1).toISOString();
    expect(await runtime.past.state({ type: "ledger", keyText: "long" }, { time: before })).toEqual({
      head: 0,
      state: null,
    });
  });
});

describe("a window", () => {
  test("contains the entry of its seq, follows its base, and folds to the state at each of its entries", async () => {
    for (const at of places()) {
      const { base, entries: within } = await windowAt(at);
      const copy = structuredClone(within);
      expect(base.seq < at || at === 0).toBe(true);
      expect(base.state ?? null).toEqual(states[base.seq]);
      expect(within).toEqual(entries.slice(base.seq, base.seq + within.length));
      for (const entry of copy) expect(fold(base, [structuredClone(entry)]).state ?? null).toEqual(states[entry.seq]);
      expect(base.seq).toBeGreaterThanOrEqual(at);
    }
  });

  test("is the same for all seqs in it, so that clients can cache it", async () => {
    const begins = await Promise.all([1, 1_000, 1_001, 1_777, 2_000].map(async (at) => (await windowAt(at)).base.seq));
    expect(begins).toEqual([0, 0, 1_000, 1_000, 1_000]);
  });
});

test("a path's changes are listed newest first, page by page, with their causes", async () => {
  const all: PathChange[] = [];
  for (let before: number | undefined; ; ) {
    const page = await runtime.past.changes({ type: "ledger", keyText: "long" }, { path: "/notes/3", before });
    all.push(...page.items);
    if (page.next === null) break;
    before = Number(page.next);
  }
  expect(all).toEqual([
    expect.objectContaining({
      kind: "turn",
      command: "ask",
      was: null,
      is: JSON.stringify((states.at(-1) as { notes: string[] }).notes[3]),
    }),
  ]);
  const { items, next } = await runtime.past.changes({ type: "ledger", keyText: "long" }, { path: "/total" });
  expect(items).toHaveLength(100);
  const turns = entries.filter(({ body }) => body.kind === "turn").toReversed();
  expect(items.map(({ seq }) => seq)).toEqual(turns.slice(0, 100).map(({ seq }) => seq));
  expect(next).toBe(String(items.at(-1)?.seq));
  expect((await runtime.past.changes({ type: "ledger", keyText: "long" }, { path: "/nothing" })).items).toEqual([]);
});

test("a timeline counts every entry by its kind, and lists checkpoints and failures", async () => {
  await expect(runtime.ask({ type: "ledger", keyText: "short", command: "crash", payload: {} })).rejects.toThrow();
  expect(await runtime.past.timeline({ type: "ledger", keyText: "short" })).toMatchObject({
    ...{ begins: 1, head: 1, width: 1, failures: [1], checkpoints: [] },
    stretches: [{ seq: 1, kinds: { attempt_failed: 1 } }],
  });
  const { stretches, head, checkpoints } = await runtime.past.timeline({ type: "ledger", keyText: "long" });
  const counted = stretches.flatMap(({ kinds }) => Object.values(kinds)).reduce((sum, count) => sum + count, 0);
  expect([counted, head]).toEqual([entries.length, entries.length]);
  expect(checkpoints).toEqual((await store.checkpoints(await idOf("long"), head + 1, 2_000)).map(({ seq }) => seq));
});

describe("without any checkpoint", () => {
  test("a window is still correct, and progress is reported", async () => {
    await query(database.url, "DELETE FROM checkpoint");
    const at = entries.length - 1;
    const lines = await linesAt(at);
    expect(lines.slice(0, -1)).toEqual([{ progress: { from: 0, folded: 2_000, wanted: at } }]);
    expect((await windowAt(at)).base.state).toEqual(states[3_000]);
    expect(await runtime.past.state({ type: "ledger", keyText: "long" }, { at })).toEqual({
      head: at,
      state: states[at],
    });
  });
});

test("a pruned journal returns the remaining entries and reports where they start", async () => {
  const add = () => runtime.ask({ type: "ledger", keyText: "pruned", command: "add", payload: { amount: 1 } });
  for (let i = 0; i < 45; i++) await add();
  await expect
    .poll(async () => (await store.checkpoints(await idOf("pruned"), 100, 10)).map(({ seq }) => seq))
    .toEqual([40, 30]);
  expect(await runtime.pruneJournal({ type: "ledger", keyText: "pruned" }, 100)).toBe(30);
  expect((await windowAt(42, "pruned")).base).toMatchObject({ seq: 30, state: { total: 30 } });
  expect(await runtime.past.state({ type: "ledger", keyText: "pruned" }, { at: 30 })).toMatchObject({
    state: { total: 30 },
  });
  for (const ask of [
    () => linesAt(12, "pruned"),
    () => runtime.past.state({ type: "ledger", keyText: "pruned" }, { at: 12 }),
  ]) {
    await expect(ask()).rejects.toMatchObject({ code: "not_found", message: expect.stringContaining("starts at 31") });
  }
  expect(await runtime.past.timeline({ type: "ledger", keyText: "pruned" })).toMatchObject({ begins: 31, head: 45 });
  expect(
    (await runtime.past.changes({ type: "ledger", keyText: "pruned" }, { path: "/total" })).items.map(({ seq }) => seq),
  ).toEqual(Array.from({ length: 15 }, (_, i) => 45 - i));
});
