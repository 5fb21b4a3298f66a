import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createLog } from "../../process/log.ts";
import type { Json } from "../../protocol/journal.ts";
import { openStore } from "../../store/postgres.ts";
import { useDatabase } from "../../testing/database/database.ts";
import { PostgresProxy } from "../../testing/database/postgres-proxy.ts";
import { query } from "../../testing/database/sql.ts";
import { eventually } from "../../testing/eventually.ts";
import { impatientClock, startNode } from "../../testing/runtime/node.ts";
import { ledgerType, World } from "../../testing/types/ledger.ts";
import type { Store } from "../ports/store.ts";
import type { RunningRuntime } from "../runtime.ts";
import type { RuntimeEvent } from "../shared/events.ts";

const database = useDatabase();
let world: World;
let proxy: PostgresProxy;
let store: Store;
let runtime: RunningRuntime;
let events: RuntimeEvent[];

async function start() {
  proxy = await PostgresProxy.open(database.url);
  store = await openStore(proxy.url, createLog("silent"));
  ({ runtime } = await startNode({ store, types: [ledgerType(world)], clock: impatientClock }));
  events = [];
  runtime.events.listen((event) => events.push(event));
}

async function stop() {
  await runtime.stop();
  await store.close();
  await proxy.close();
}

/** Simulates a crash: the node can write no more, and a new one starts. */
async function crash() {
  proxy.down();
  const dead = { runtime, store, proxy };
  await start();
  void dead.runtime
    .stop()
    .then(() => dead.store.close())
    .then(() => dead.proxy.close());
}

beforeEach(async () => {
  await query(database.url, "TRUNCATE actor, durable_state, reply, entry, checkpoint, mailbox, tombstone");
  world = new World();
  await start();
});
afterEach(stop);

const ask = (id: string, command: string, payload: object, idempotencyKey?: string) =>
  runtime.ask({ type: "ledger", keyText: id, command, payload, idempotencyKey });
const total = (id: string) => runtime.query({ type: "ledger", keyText: id, query: "total", payload: {} });
const journal = async (id: string) =>
  (await query(
    database.url,
    "SELECT seq::int, kind, body FROM entry JOIN actor ON id = actor_id WHERE key = $1 ORDER BY seq",
    [id],
  )) as { seq: number; kind: string; body: Record<string, Json> }[];

describe("a journal", () => {
  test("has an entry for each turn, without gaps, with the change and the reply", async () => {
    const answers = await Promise.all([1, 2, 3].map((amount) => ask("plain", "add", { amount })));
    expect(answers.map((answer) => [answer.reply, answer.seq])).toEqual([
      [1, 1],
      [3, 2],
      [6, 3],
    ]);
    const entries = await journal("plain");
    expect(entries.map((entry) => [entry.seq, entry.kind])).toEqual([
      [1, "turn"],
      [2, "turn"],
      [3, "turn"],
    ]);
    expect(entries[0]?.body).toMatchObject({ state: { total: 1, notes: [] }, reply: 1, message: { command: "add" } });
    expect(entries[2]?.body).toMatchObject({ patches: [{ op: "replace", path: ["total"], value: 6 }], reply: 6 });
  });

  test("keeps a turn that threw, but not one that was refused", async () => {
    await ask("failing", "add", { amount: 1 });
    await expect(ask("failing", "crash", {})).rejects.toMatchObject({ code: "handler_failed" });
    await expect(ask("failing", "refuse", {})).rejects.toMatchObject({ code: "rejected" });
    expect((await journal("failing")).map((entry) => entry.kind)).toEqual(["turn", "attempt_failed"]);
    expect(await ask("failing", "add", { amount: 1 })).toMatchObject({ reply: 2, seq: 3 });
  });

  test("recovers the actor after a restart from the checkpoint and the entries after it", async () => {
    for (let i = 1; i <= 25; i++) await ask("back", "add", { amount: 1 });
    await eventually(() =>
      expect(events.filter((event) => event.kind === "checkpoint").map((event) => event.seq)).toEqual([10, 20]),
    );
    await crash();
    expect(await total("back")).toBe(25);
    expect(await ask("back", "add", { amount: 1 })).toMatchObject({ reply: 26, seq: 26 });
  });

  test("whose newest checkpoint is damaged is recovered from the one before, and reports it", async () => {
    for (let i = 1; i <= 25; i++) await ask("damaged", "add", { amount: 1 });
    await eventually(() => expect(events.filter((event) => event.kind === "checkpoint")).toHaveLength(2));
    await query(database.url, `UPDATE checkpoint SET state = '{"total":999,"notes":[]}' WHERE seq = 20`);
    await crash();
    expect(await total("damaged")).toBe(25);
    expect(events.filter((event) => event.kind === "life" && event.reason !== null)).toEqual([
      expect.objectContaining({ lifecycle: "recovering", reason: "checkpoint 20 is damaged; recovered from 10" }),
    ]);
  });
});

describe("an effect", () => {
  test("is called once, and its result is in the journal before the handler continues", async () => {
    expect(await ask("effect", "ask", { names: ["a", "b"] })).toMatchObject({ reply: 3, seq: 4 });
    const entries = await journal("effect");
    expect(entries.map((entry) => entry.kind)).toEqual(["received", "effect", "effect", "turn"]);
    const id = entries[0]?.body.messageId;
    expect(world.calls).toEqual([
      { name: "a", key: `${id}/0`, attempt: 1 },
      { name: "b", key: `${id}/1`, attempt: 1 },
    ]);
    expect(await query(database.url, "SELECT * FROM mailbox")).toEqual([]);
  });

  test("that fails is retried under the same key, and then the handler gets the error", async () => {
    world.answer = () => {
      throw new Error("no line");
    };
    expect(await ask("risky", "askOrNote", {})).toMatchObject({ reply: 1 });
    expect(world.calls.map((call) => call.attempt)).toEqual([1, 2]);
    expect(new Set(world.calls.map((call) => call.key)).size).toBe(1);
    const entries = await journal("risky");
    expect(entries[1]?.body).toMatchObject({ effect: { name: "risky", attempts: 2, error: { message: "no line" } } });
    expect(entries[2]?.body).toMatchObject({ state: { notes: ['effect "risky" failed: no line'] } });
  });

  test("lets queries see the state before the turn, and makes commands wait for its end", async () => {
    await ask("waiting", "add", { amount: 5 });
    let release: (value: number) => void = () => undefined;
    world.answer = () =>
      new Promise((resolve) => {
        release = resolve;
      });
    const asked = ask("waiting", "ask", { names: ["slow"] });
    await eventually(() => expect(world.calls).toHaveLength(1));
    expect(await total("waiting")).toBe(5);
    const effect = { command: "ask", name: "slow", n: 0, attempt: 1, since: expect.any(String) };
    const reason = 'effect #0 "slow" of ask runs, attempt 1';
    expect(await runtime.inspector.actor({ type: "ledger", keyText: "waiting" })).toMatchObject({
      lifecycle: "waiting",
      reason,
      effect,
    });
    expect(events.at(-1)).toMatchObject({ kind: "life", lifecycle: "waiting", reason });
    const added = ask("waiting", "add", { amount: 1 });
    release(10);
    expect(await asked).toMatchObject({ reply: 15 });
    expect(await added).toMatchObject({ reply: 16 });
    expect(await runtime.inspector.actor({ type: "ledger", keyText: "waiting" })).toMatchObject({
      reason: null,
      effect: null,
    });
  });

  test("that was recorded before a crash is not called again; the turn continues without a request", async () => {
    let stuck = true;
    world.answer = (name) => (name === "b" && stuck ? new Promise(() => undefined) : 7);
    const lost = ask("crash", "ask", { names: ["a", "b"] }, "k1").catch((error: { code: string }) => error.code);
    await eventually(() => expect(world.calls).toHaveLength(2));
    stuck = false;
    await crash();
    await eventually(async () => expect((await journal("crash")).at(-1)?.kind).toBe("turn"));
    expect(world.calls.map((call) => call.name)).toEqual(["a", "b", "b"]);
    expect(world.calls[1]?.key).toBe(world.calls[2]?.key);
    expect(await ask("crash", "ask", { names: ["a", "b"] }, "k1")).toMatchObject({ reply: 14, repeated: true });
    expect(await total("crash")).toBe(14);
    expect(["timeout", "fenced"]).toContain(await lost);
  });
});

describe("erasure", () => {
  test("leaves only a tombstone of an actor; a new one under its key starts from nothing", async () => {
    for (let i = 1; i <= 12; i++) await ask("gone", "add", { amount: 1 }, `k${i}`);
    await runtime.erase({ type: "ledger", keyText: "gone" });
    for (const table of ["actor", "entry", "checkpoint", "reply", "mailbox"]) {
      expect(await query(database.url, `SELECT * FROM ${table}`)).toEqual([]);
    }
    expect(await query(database.url, "SELECT type, head::int FROM tombstone ORDER BY at DESC LIMIT 1")).toEqual([
      { type: "ledger", head: 12 },
    ]);
    await expect(runtime.erase({ type: "ledger", keyText: "gone" })).rejects.toMatchObject({ code: "not_found" });
    expect(await ask("gone", "add", { amount: 1 }, "k1")).toMatchObject({ reply: 1, seq: 1, repeated: false });
  });

  test("is refused while the actor has work", async () => {
    world.answer = () => new Promise(() => undefined);
    const asked = ask("working", "ask", { names: ["slow"] });
    await eventually(() => expect(world.calls).toHaveLength(1));
    await expect(runtime.erase({ type: "ledger", keyText: "working" })).rejects.toMatchObject({ code: "unavailable" });
    void asked.catch(() => undefined);
  });
});
