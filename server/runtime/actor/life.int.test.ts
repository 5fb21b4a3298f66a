import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createLog } from "../../process/log.ts";
import { openStore } from "../../store/postgres.ts";
import { useDatabase } from "../../testing/database/database.ts";
import { PostgresProxy } from "../../testing/database/postgres-proxy.ts";
import { query } from "../../testing/database/sql.ts";
import { eventually } from "../../testing/eventually.ts";
import { startNode } from "../../testing/runtime/node.ts";
import { Note } from "../../testing/types/note.ts";
import { VirtualClock } from "../../testing/virtual-clock.ts";
import type { Store } from "../ports/store.ts";
import type { RunningRuntime } from "../runtime.ts";
import type { Limits } from "../shared/limits.ts";

const MINUTE = 60_000;

const database = useDatabase();
let proxy: PostgresProxy;
let store: Store;
let clock: VirtualClock;
let runtime: RunningRuntime;

async function start(limits: Partial<Limits> = {}) {
  proxy = await PostgresProxy.open(database.url);
  store = await openStore(proxy.url, createLog("silent"));
  clock = new VirtualClock();
  ({ runtime } = await startNode({ store, types: [Note], clock, limits }));
}

beforeEach(() => query(database.url, "TRUNCATE actor, durable_state, reply"));

afterEach(async () => {
  await runtime.stop();
  await store.close();
  await proxy.close();
});

const ask = (id: string, command: string, payload: object) =>
  runtime.ask({ type: "note", keyText: id, command, payload });
const write = (id: string, text: string) => ask(id, "write", { text });
const lifecycle = async (id: string) => (await runtime.inspector.actor({ type: "note", keyText: id })).lifecycle;
const counts = () => runtime.inspector.overview().types[0]?.counts;

describe("an idle actor", () => {
  beforeEach(() => start());

  test("is passivated after 30 minutes, at the next check; the next message recovers its state", async () => {
    await write("idle", "kept");
    clock.skip(30 * MINUTE);
    expect(await lifecycle("idle")).toBe("active");
    clock.skip(5 * MINUTE);
    expect(await lifecycle("idle")).toBe("passivated");
    expect(await runtime.query({ type: "note", keyText: "idle", query: "read", payload: {} })).toEqual({
      text: "kept",
      edits: 1,
    });
    expect(await lifecycle("idle")).toBe("active");
    expect(await write("idle", "more")).toMatchObject({ reply: 2, revision: 2 });
  });

  test("stays in memory as long as it gets messages, including queries", async () => {
    await write("busy", "kept");
    for (let i = 0; i < 6; i++) {
      clock.skip(20 * MINUTE);
      await runtime.query({ type: "note", keyText: "busy", query: "read", payload: {} });
    }
    expect(await lifecycle("busy")).toBe("active");
  });

  test("emits life events in order", async () => {
    const life: string[] = [];
    runtime.events.listen((event) => {
      if (event.kind === "life") life.push(event.lifecycle);
    });
    await write("events", "x");
    clock.skip(35 * MINUTE);
    await write("events", "y");
    expect(life).toEqual(["activating", "active", "passivated", "activating", "active"]);
  });

  test("is not loaded by reading it", async () => {
    await write("looked-at", "kept");
    clock.skip(35 * MINUTE);
    const rows = () => query(database.url, "SELECT xmin::text, revision FROM durable_state");
    const before = await rows();
    const emitted: unknown[] = [];
    runtime.events.listen((event) => emitted.push(event));
    expect(await runtime.inspector.actor({ type: "note", keyText: "looked-at" })).toMatchObject({
      lifecycle: "passivated",
      state: { text: "kept" },
    });
    const [listed] = (await runtime.inspector.actors({ limit: 10, sort: "-active" })).items;
    expect(listed).toMatchObject({ keyText: "looked-at", lifecycle: "passivated" });
    expect(await rows()).toEqual(before);
    expect(emitted).toEqual([]);
  });
});

describe("memory", () => {
  test("holds a limited number of actors: the least recently used are passivated first, and recover", async () => {
    await start({ maxActive: 3 });
    for (const id of ["1", "2", "3"]) await write(id, id);
    await write("1", "again");
    await write("4", "4");
    expect(counts()).toEqual({ active: 3, passivated: 1 });
    expect(await lifecycle("2")).toBe("passivated");
    expect(await write("2", "back")).toMatchObject({ reply: 2 });
    expect(counts()).toEqual({ active: 3, passivated: 1 });
  });

  test("that is full of actors with work refuses another one", async () => {
    await start({ maxActive: 1 });
    await write("1", "x");
    const held = proxy.nextCommit();
    const working = write("1", "y");
    const commit = await held;
    await expect(write("2", "z")).rejects.toMatchObject({ code: "overloaded", details: { retryAfterMs: 1_000 } });
    commit.pass();
    await working;
    await write("2", "z");
  });
});

describe("messages in flight", () => {
  test("beyond the limit are refused, and callers that wait for room get it", async () => {
    await start({ maxInFlight: 10 });
    await write("full", "x");
    const held = proxy.nextCommit();
    const accepted = Array.from({ length: 10 }, (_, i) => write("full", String(i)));
    await expect(write("full", "one too many")).rejects.toMatchObject({ code: "overloaded" });
    let room = false;
    const waited = runtime.room().then(() => {
      room = true;
    });
    const commit = await held;
    expect(room).toBe(false);
    commit.pass();
    await waited;
    await Promise.all(accepted);
    expect(await write("full", "now")).toMatchObject({ reply: 12 });
  });

  test("whose time runs out fail with an unknown outcome; the turn commits all the same", async () => {
    await start();
    await write("slow", "x");
    const held = proxy.nextCommit();
    const slow = write("slow", "y");
    const commit = await held;
    const outcome = expect(slow).rejects.toMatchObject({ code: "timeout" });
    clock.advance(31_000);
    await outcome;
    commit.pass();
    expect(await ask("slow", "leave", {})).toMatchObject({ reply: 2, revision: 2 });
  });
});

describe("an actor whose stored state does not fit the code", () => {
  test("fails with the reason, affects no other actor, and is loaded again with exponential backoff", async () => {
    await start();
    await write("misfit", "x");
    clock.skip(35 * MINUTE);
    await query(database.url, `UPDATE durable_state SET state = '{"text":1,"edits":1}'`);
    const [misfit, other] = await Promise.allSettled([write("misfit", "y"), write("other", "y")]);
    expect(misfit).toMatchObject({ status: "rejected", reason: { code: "actor_failed" } });
    expect(other).toMatchObject({ status: "fulfilled" });
    const detail = await runtime.inspector.actor({ type: "note", keyText: "misfit" });
    expect(detail).toMatchObject({ lifecycle: "failed", reason: expect.stringContaining(".text") });
    await query(
      database.url,
      `UPDATE durable_state SET state = '{"text":"mended","edits":1}' WHERE state ->> 'text' = '1'`,
    );
    await expect(write("misfit", "early")).rejects.toMatchObject({
      code: "actor_failed",
      details: { retryAfterMs: 1_000 },
    });
    clock.advance(1_000);
    await eventually(async () => expect(await lifecycle("misfit")).toBe("active"));
    expect(await write("misfit", "y")).toMatchObject({ reply: 2 });
  });

  test("is loaded again after 1 s, 2 s, 4 s and so on up to a minute, and can be passivated meanwhile", async () => {
    await start();
    await write("waits", "x");
    clock.skip(35 * MINUTE);
    await query(database.url, `UPDATE durable_state SET state = '{"text":1,"edits":1}'`);
    const tries: number[] = [];
    runtime.events.listen((event) => {
      if (event.kind === "life" && event.lifecycle === "failed") tries.push(event.at);
    });
    const refusal = (seconds: number) => ({ code: "actor_failed", details: { retryAfterMs: seconds * 1_000 } });
    for (const [i, seconds] of [1, 2, 4, 8, 16, 32, 60, 60].entries()) {
      await expect(write("waits", "y")).rejects.toMatchObject(refusal(seconds));
      expect(tries).toHaveLength(i + 1);
      clock.advance(seconds * 1_000);
      await eventually(() => expect(tries).toHaveLength(i + 2));
    }
    await runtime.erase({ type: "note", keyText: "waits" });
  });

  test("is loaded again for its mailbox too, and processes it once it is repaired", async () => {
    await start();
    await write("events", "x");
    clock.skip(35 * MINUTE);
    await query(database.url, `UPDATE durable_state SET state = '{"text":1,"edits":1}'`);
    await runtime.tell({ type: "note", keyText: "events", command: "write", payload: { text: "events" } });
    await eventually(async () => expect(await lifecycle("events")).toBe("failed"));
    await query(
      database.url,
      `UPDATE durable_state SET state = '{"text":"mended","edits":1}' WHERE state ->> 'text' = '1'`,
    );
    clock.advance(1_000);
    await eventually(async () => {
      expect(await runtime.inspector.actor({ type: "note", keyText: "events" })).toMatchObject({
        head: 2,
        state: { text: "events" },
      });
    });
  });
});

describe("an outage of the database", () => {
  test("fails what needs the database, keeps accepted work, and ends without a restart", async () => {
    await start();
    await write("here", "x");
    const held = proxy.nextCommit();
    const inHand = write("here", "y");
    await held;
    proxy.down();
    await expect(write("not-loaded", "x")).rejects.toMatchObject({ code: "unavailable" });
    await expect(runtime.inspector.actors({ limit: 10, sort: "-active" })).rejects.toMatchObject({
      code: "unavailable",
    });
    await eventually(() => expect(runtime.inspector.overview().database.ok).toBe(false));
    proxy.up();
    await eventually(async () => {
      clock.advance(1_000);
      expect(runtime.inspector.overview().database.ok).toBe(true);
    });
    expect(await inHand).toMatchObject({ reply: 2, revision: 2 });
    expect(await write("not-loaded", "x")).toMatchObject({ reply: 1 });
  });
});
