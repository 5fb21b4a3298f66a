import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Replay } from "../../core/replay/replay.ts";
import { namedKey } from "../../core/turn/turn.ts";
import { createLog } from "../../process/log.ts";
import { emptyHead, fold } from "../../protocol/fold.ts";
import type { Entry } from "../../protocol/journal.ts";
import { openStore } from "../../store/postgres.ts";
import { useDatabase } from "../../testing/database/database.ts";
import { query } from "../../testing/database/sql.ts";
import { eventually } from "../../testing/eventually.ts";
import { startNode } from "../../testing/runtime/node.ts";
import { ledgerType, World } from "../../testing/types/ledger.ts";
import type { ActorId } from "../ports/ids.ts";
import type { Store } from "../ports/store.ts";
import type { RunningRuntime } from "../runtime.ts";

const database = useDatabase();
const world = new World();
const CHECKPOINT_EVERY = 10;
const Ledger = ledgerType(world, CHECKPOINT_EVERY);
let store: Store;
let runtime: RunningRuntime;
let made = 0;

beforeAll(async () => {
  store = await openStore(database.url, createLog("silent"));
  ({ runtime } = await startNode({ store, types: [Ledger] }));
});
afterAll(async () => {
  await runtime.stop();
  await store.close();
});

type Message = [command: string, payload: object];

/** Sends messages one after the other. Some fail, which is part of the history. */
async function send(key: string, messages: readonly Message[]): Promise<void> {
  for (const [command, payload] of messages) {
    await runtime.ask({ type: "ledger", keyText: key, command, payload }).catch(({ code }: { code: string }) => {
      expect(code).toBe("handler_failed");
    });
  }
}

async function journalOf(key: string): Promise<Entry[]> {
  const [summary] = await store.summaries([{ type: "ledger", keyText: key }]);
  const id = summary?.id as ActorId;
  return (await store.entries({ id, after: 0, limit: 1_000, bytes: 10_000_000 })).entries;
}

const headOf = (entries: readonly Entry[]) => fold(emptyHead(0), structuredClone(entries));

/** Everything that the store has of an actor. */
const everything = (key: string) =>
  query(
    database.url,
    `SELECT a::text, (SELECT json_agg(e ORDER BY seq)::text FROM entry e WHERE actor_id = a.id) AS entries,
       (SELECT json_agg(c ORDER BY seq)::text FROM checkpoint c WHERE actor_id = a.id) AS checkpoints
     FROM actor a WHERE key = $1`,
    [key],
  );

/** Waits for the background, which writes the checkpoints that are due and deletes all but the last two. */
const checkpointsDone = (key: string, head: number) =>
  eventually(async () => {
    const [summary] = await store.summaries([{ type: "ledger", keyText: key }]);
    const seqs = (await store.checkpoints(summary?.id as ActorId, head + 1, 10)).map(({ seq }) => seq);
    expect(head - Math.max(0, ...seqs)).toBeLessThan(CHECKPOINT_EVERY);
    expect(seqs.length).toBeLessThanOrEqual(2);
  });

const message = fc.oneof(
  { weight: 4, arbitrary: fc.record({ amount: fc.integer({ min: 1, max: 9 }) }).map((p): Message => ["add", p]) },
  { weight: 1, arbitrary: fc.constant<Message>(["ask", { names: ["x"] }]) },
  { weight: 1, arbitrary: fc.constant<Message>(["crash", {}]) },
);

test("a fork at any seq equals the original up to there, and the same messages have the same results", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 25 }), fc.nat(), async (messages, choice) => {
      const [key, forkKey] = [`o${++made}`, `f${made}`];
      await send(key, messages);
      const entries = await journalOf(key);
      const seq = 1 + (choice % entries.length);
      await checkpointsDone(key, entries.length);
      const before = await everything(key);
      const calls = world.calls.length;
      await runtime.fork({ type: "ledger", keyText: key }, { at: seq, key: [forkKey] });
      expect([await everything(key), world.calls.length]).toEqual([before, calls]);
      const cut = headOf(entries.slice(0, seq));
      const forked = headOf(await journalOf(forkKey));
      expect([forked.state, forked.version, forked.turnTime]).toEqual([cut.state, cut.version, cut.turnTime]);
      expect(await runtime.past.lineage({ type: "ledger", keyText: forkKey })).toEqual({
        parent: { keyText: key, seq },
        forks: [],
      });
      expect((await runtime.past.lineage({ type: "ledger", keyText: key })).forks).toMatchObject([
        { keyText: forkKey, seq },
      ]);

      // An unfinished message is not part of the fork, so the next one does not follow from it.
      if (cut.open !== null) return;
      const rest = entries.slice(seq);
      const replay = new Replay(Ledger, namedKey(Ledger, [forkKey]), { ...forked, seq });
      expect(rest.flatMap((entry) => replay.next(structuredClone(entry)) ?? [])).toEqual([]);
      const turns = rest.filter(({ body }) => body.kind === "turn");
      const adds = turns.flatMap(({ body }): Message[] =>
        "message" in body && body.message?.command === "add" ? [["add", body.message.payload as object]] : [],
      );
      if (adds.length < turns.length) return;
      await send(forkKey, adds);
      expect(headOf(await journalOf(forkKey)).state).toEqual(headOf(entries).state);
    }),
    { numRuns: 25 },
  );
});

test("a fork needs an unused key and an existing seq", async () => {
  await send("taken", [["add", { amount: 1 }]]);
  const fork = (at: number, key: string) => runtime.fork({ type: "ledger", keyText: "taken" }, { at, key: [key] });
  await expect(fork(1, "taken")).rejects.toMatchObject({ code: "rejected" });
  await expect(fork(2, "beyond")).rejects.toMatchObject({ code: "not_found" });
  await expect(runtime.fork({ type: "ledger", keyText: "nobody" }, { at: 1, key: ["x"] })).rejects.toMatchObject({
    code: "not_found",
  });
  // A query loads the actor before it exists.
  expect(await runtime.query({ type: "ledger", keyText: "seen", query: "total", payload: {} })).toBe(0);
  await fork(1, "seen");
  expect(await runtime.query({ type: "ledger", keyText: "seen", query: "total", payload: {} })).toBe(1);
  expect(await runtime.ask({ type: "ledger", keyText: "seen", command: "add", payload: { amount: 2 } })).toMatchObject({
    reply: 3,
    seq: 2,
  });
  await runtime.erase({ type: "ledger", keyText: "seen" });
  expect((await runtime.past.lineage({ type: "ledger", keyText: "taken" })).forks).toEqual([]);
});
