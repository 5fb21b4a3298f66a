import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { ActorType } from "../../core/define/define.ts";
import { createLog } from "../../process/log.ts";
import type { Retention } from "../../protocol/actors.ts";
import { fold } from "../../protocol/fold.ts";
import type { Json } from "../../protocol/journal.ts";
import type { PastLine } from "../../protocol/past.ts";
import { openStore } from "../../store/postgres.ts";
import { useDatabase } from "../../testing/database/database.ts";
import { query } from "../../testing/database/sql.ts";
import { startNode } from "../../testing/runtime/node.ts";
import { ledgerType, World } from "../../testing/types/ledger.ts";
import { Note } from "../../testing/types/note.ts";
import { VirtualClock } from "../../testing/virtual-clock.ts";
import type { Store } from "../ports/store.ts";
import type { RunningRuntime } from "../runtime.ts";
import { RETENTION_MS } from "../shared/limits.ts";

const database = useDatabase();
const Kept: ActorType = { ...Note, history: true };
const Ledger: ActorType = ledgerType(new World());
let store: Store;
let runtime: RunningRuntime;
let made = 0;

beforeAll(async () => {
  store = await openStore(database.url, createLog("silent"));
  ({ runtime } = await startNode({ store, types: [Kept, Ledger] }));
});
afterAll(async () => {
  await runtime.stop();
  await store.close();
});

const addressOf = async (type: string, key: string) => (await store.summaries([{ type, keyText: key }]))[0]?.id ?? 0;

/** A new actor that has processed `messages` messages. Some of a ledger's have effects. */
async function lived(type: "note" | "ledger", messages: number): Promise<string> {
  const key = `k${++made}`;
  for (let i = 0; i < messages; i++) {
    const [command, payload] =
      type === "note"
        ? ["write", { text: `t${i}` }]
        : i % 5 === 3
          ? ["ask", { names: ["x", "y"] }]
          : ["add", { amount: i }];
    await runtime.ask({ type, keyText: key, command: command as string, payload });
  }
  return key;
}

async function all<T>(lines: AsyncGenerator<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const line of lines) found.push(line);
  return found;
}

/** The states at all seqs that can be computed, and the message for the seq before them. */
async function pastOf(
  type: string,
  key: string,
): Promise<{ begins: number; states: Map<number, Json>; before: string }> {
  const { begins, head } = await runtime.past.timeline({ type, keyText: key });
  const states = new Map<number, Json>();
  const [window] = (await all(runtime.past.window({ type, keyText: key }, begins))) as [
    Extract<PastLine, { window: unknown }>,
  ];
  const { base, entries } = window.window;
  expect([base.seq, entries.at(-1)?.seq]).toEqual([begins - 1, head]);
  for (const entry of entries) states.set(entry.seq, structuredClone(fold(base, [entry]).state) ?? null);
  // A checkpoint also provides the state before the first entry.
  const edge = (await all(runtime.past.window({ type, keyText: key }, begins - 1))) as (typeof window)[];
  expect(edge.at(-1)?.window.base.seq).toBe(begins - 1);
  for (const at of [begins, head]) {
    expect((await runtime.past.state({ type, keyText: key }, { at })).state).toEqual(states.get(at));
  }
  const before = await runtime.past.state({ type, keyText: key }, { at: Math.max(0, begins - 2) }).then(
    () => "",
    ({ message }: Error) => message,
  );
  return { begins, states, before };
}

/** Whether the remaining states are the same as before. */
function expectSame(now: Map<number, Json>, before: Map<number, Json>): void {
  expect([...now]).toEqual([...before].filter(([seq]) => now.has(seq)));
}

/** The store, with a pruning that ends before its statement number `left`. */
function ending(after: number): Store {
  let left = after;
  const counted = <A extends unknown[], R>(statement: (...args: A) => Promise<R>) => {
    return (...args: A): Promise<R> => {
      if (left-- <= 0) throw new Error("the process ended");
      return statement(...args);
    };
  };
  const { writePermanentCheckpoint, pruneThrough, prunable } = store;
  return {
    ...store,
    writePermanentCheckpoint: counted(writePermanentCheckpoint),
    pruneThrough: counted(pruneThrough),
    prunable: counted(prunable),
  };
}

describe("a pruned history", () => {
  test.each(["note", "ledger"] as const)(
    "of a %s returns every remaining state as before, and continues",
    async (type) => {
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 12, max: 45 }), fc.integer({ min: 1, max: 60 }), async (messages, below) => {
          const key = await lived(type, messages);
          if (type === "ledger") await runtime.intervene({ type, keyText: key }, "passivate");
          const before = await pastOf(type, key);
          const pruned = await runtime.pruneJournal({ type, keyText: key }, below);
          const after = await pastOf(type, key);
          expect(after.begins).toBe(pruned + 1);
          expect(after.begins).toBeLessThanOrEqual(Math.max(1, below));
          expectSame(after.states, before.states);
          if (pruned > 1) expect(after.before).toContain(`starts at ${after.begins}`);
          if (pruned > 0)
            expect((await runtime.past.state({ type, keyText: key }, { at: pruned })).state).toEqual(
              before.states.get(pruned),
            );

          const fork = `f${++made}`;
          await runtime.fork({ type, keyText: key }, { at: after.begins, key: [fork] });
          const [copy] = (await pastOf(type, fork)).states.values();
          expect(copy).toEqual(before.states.get(after.begins));
          await runtime.intervene({ type, keyText: key }, "passivate").catch(() => undefined);
          expect((await runtime.inspector.actor({ type, keyText: key })).state).toEqual(
            [...before.states.values()].at(-1),
          );
          const [command, payload] = type === "note" ? ["write", { text: "on" }] : ["add", { amount: 1 }];
          await runtime.ask({ type, keyText: key, command: command as string, payload });
          expectSame(
            (await pastOf(type, key)).states,
            new Map([...before.states, ...(await pastOf(type, key)).states]),
          );
        }),
        { numRuns: 8 },
      );
    },
  );

  test("starts with a window and with changes that show the previous value", async () => {
    const key = await lived("note", 30);
    expect(await runtime.pruneJournal({ type: "note", keyText: key }, 21)).toBe(20);
    expect(await all(runtime.past.window({ type: "note", keyText: key }, 21))).toMatchObject([
      { window: { base: { seq: 20, state: { text: "t19" } } } },
    ]);
    const { items, next } = await runtime.past.changes({ type: "note", keyText: key }, { path: "/text" });
    expect([items.length, next]).toEqual([10, null]);
    expect(items.at(-1)).toMatchObject({ seq: 21, was: '"t19"', is: '"t20"' });
    expect(await all(runtime.past.replay({ type: "note", keyText: key }, {}))).toMatchObject([
      { seq: 30, turns: 10, divergences: [] },
    ]);
  });

  test("keeps its newest entry, whatever is requested", async () => {
    const key = await lived("note", 5);
    expect(await runtime.pruneJournal({ type: "note", keyText: key }, 1_000)).toBe(4);
    await runtime.intervene({ type: "note", keyText: key }, "passivate");
    expect(await runtime.ask({ type: "note", keyText: key, command: "write", payload: { text: "x" } })).toMatchObject({
      revision: 6,
    });
    expect(
      (await runtime.inspector.journal({ type: "note", keyText: key }, { after: 0, limit: 10 })).items.map(
        ({ seq }) => seq,
      ),
    ).toEqual([5, 6]);
  });

  test.each([0, 1, 2, 3])(
    "is complete when the process ends before pruning statement %i, and pruning continues later",
    async (n) => {
      const key = await lived("note", 20);
      const before = await pastOf("note", key);
      await runtime.stop();
      const { runtime: dying } = await startNode({ store: ending(n), types: [Kept, Ledger] });
      const pruned = await dying.pruneJournal({ type: "note", keyText: key }, 11).catch(() => null);
      expect(pruned).toBe(n > 3 ? 10 : null);
      await dying.stop();
      ({ runtime } = await startNode({ store, types: [Kept, Ledger] }));
      const after = await pastOf("note", key);
      expect(after.begins).toBe(n > 2 ? 11 : 1);
      expectSame(after.states, before.states);
      expect(await runtime.pruneJournal({ type: "note", keyText: key }, 11)).toBe(n > 2 ? 0 : 10);
      expectSame((await pastOf("note", key)).states, before.states);
    },
  );
});

describe("a type's retention", () => {
  /** Runs a node with a retention until its sweep has finished. */
  async function sweep(retention: Retention, clock: VirtualClock): Promise<void> {
    await runtime.stop();
    const types = [Kept, Ledger].map((type) => ({ ...type, retention }));
    ({ runtime } = await startNode({ store, types, clock }));
  }

  test("keeps so many of each actor's newest entries, and a tenth more until the next sweep", async () => {
    const [long, short, journal] = [await lived("note", 60), await lived("note", 22), await lived("ledger", 60)];
    const clock = new VirtualClock(Date.now());
    await sweep({ entries: 20 }, clock);
    const begins = async (type: string, key: string) => (await runtime.past.timeline({ type, keyText: key })).begins;
    await vi.waitFor(async () => expect(await begins("note", long)).toBe(41));
    expect(await begins("note", short)).toBe(1);
    await vi.waitFor(async () => expect(await begins("ledger", journal)).toBeGreaterThan(1));
    const { begins: first, head } = await runtime.past.timeline({ type: "ledger", keyText: journal });
    expect(head - first + 1, "what recovery needs stays").toBeGreaterThanOrEqual(20);
    await runtime.ask({ type: "note", keyText: short, command: "write", payload: { text: "one more" } });
    clock.skip(RETENTION_MS);
    await vi.waitFor(async () => expect(await begins("note", short)).toBe(4));
  });

  test("stops after the current step when the node stops, and the next node continues", async () => {
    const key = await lived("note", 30);
    await runtime.stop();
    const steps: string[] = [];
    let goOn = () => {};
    const held: Store = {
      ...store,
      async writePermanentCheckpoint(row) {
        steps.push("started");
        await new Promise<void>((resolve) => {
          goOn = resolve;
        });
        await store.writePermanentCheckpoint(row);
        steps.push("finished");
      },
    };
    const types = [{ ...Kept, retention: { entries: 5 } }, Ledger];
    const { runtime: stopping } = await startNode({ store: held, types });
    await vi.waitFor(() => expect(steps).toEqual(["started"]));
    const stopped = stopping.stop().then(() => steps.push("stopped"));
    goOn();
    await stopped;
    expect(steps).toEqual(["started", "finished", "stopped"]);
    ({ runtime } = await startNode({ store, types }));
    await vi.waitFor(async () => expect((await runtime.past.timeline({ type: "note", keyText: key })).begins).toBe(26));
  });

  test("keeps the entries of so many days", async () => {
    const key = await lived("note", 10);
    await query(database.url, "UPDATE entry SET at = at - interval '3 days' WHERE actor_id = $1 AND seq <= 6", [
      await addressOf("note", key),
    ]);
    await sweep({ days: 2 }, new VirtualClock(Date.now()));
    await vi.waitFor(async () => expect((await runtime.past.timeline({ type: "note", keyText: key })).begins).toBe(7));
  });
});

describe("requested checkpoints", () => {
  test("are written where none is near, in bounded steps, and states stay the same", async () => {
    const key = `k${++made}`;
    for (let i = 0; i < 12_500; i += 2_500) {
      await Promise.all(
        Array.from({ length: 2_500 }, (_, n) =>
          runtime.ask({ type: "note", keyText: key, command: "write", payload: { text: `t${i + n}` } }),
        ),
      );
    }
    const id = await addressOf("note", key);
    await query(database.url, "DELETE FROM checkpoint WHERE actor_id = $1", [id]);
    const first = await runtime.writeCheckpoints({ type: "note", keyText: key }, 0);
    expect(first).toEqual({ seqs: Array.from({ length: 10 }, (_, i) => (i + 1) * 1_000), next: 10_999, head: 12_500 });
    expect(await runtime.writeCheckpoints({ type: "note", keyText: key }, 10_999)).toEqual({
      seqs: [11_000, 12_000],
      next: null,
      head: 12_500,
    });
    expect((await runtime.writeCheckpoints({ type: "note", keyText: key }, 0)).seqs).toEqual([]);
    for (const { damaged, permanent } of await runtime.inspector.checkpoints({ type: "note", keyText: key })) {
      expect([damaged, permanent]).toEqual([false, true]);
    }
    for (const at of [1, 7_000, 7_321, 12_000, 12_500]) {
      expect((await runtime.past.state({ type: "note", keyText: key }, { at })).state).toEqual({
        text: `t${at - 1}`,
        edits: at,
      });
    }
    await query(database.url, `UPDATE checkpoint SET state = '{}' WHERE actor_id = $1 AND seq = 5000`, [id]);
    expect((await runtime.writeCheckpoints({ type: "note", keyText: key }, 0)).seqs).toEqual([5_000]);
  });

  test("are never in the middle of a turn", async () => {
    const key = `k${++made}`;
    const names = Array.from({ length: 9 }, (_, i) => `x${i}`);
    for (let i = 0; i < 100; i++) {
      await runtime.ask({ type: "ledger", keyText: key, command: "ask", payload: { names } });
    }
    await query(database.url, "DELETE FROM checkpoint WHERE actor_id = $1", [await addressOf("ledger", key)]);
    expect((await runtime.writeCheckpoints({ type: "ledger", keyText: key }, 0)).seqs).toEqual([990]);
  });
});
