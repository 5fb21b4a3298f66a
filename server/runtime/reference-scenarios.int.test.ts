import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { defineActor } from "../core/define/define.ts";
import { createLog } from "../process/log.ts";
import { openStore } from "../store/postgres.ts";
import { useDatabase } from "../testing/database/database.ts";
import { query } from "../testing/database/sql.ts";
import { eventually } from "../testing/eventually.ts";
import { Succession } from "../testing/runtime/succession.ts";

/** How often the next message fails, and how often the outside world was called. */
const world = { failures: 0, calls: 0 };

/** The counter of the reference's example: it counts, calls the outside world, and has a poisonous message. */
const counter = (type: string, attempts: number) =>
  defineActor({
    type,
    key: ["id"],
    persistence: "journal",
    state: z.object({ value: z.number() }),
    initial: () => ({ value: 0 }),
    commands: { increment: z.object({ by: z.number() }), fetch: z.object({}), poison: z.object({}) },
    queries: { value: z.object({}) },
    on: {
      increment(c, { by }) {
        if (world.failures > 0) {
          world.failures -= 1;
          throw new Error("not yet");
        }
        c.state.value += by;
      },
      *fetch(c) {
        c.state.value += yield* c.effect("fetch", (): number => {
          world.calls += 1;
          return 100;
        });
        if (world.failures > 0) {
          world.failures -= 1;
          throw new Error("not yet");
        }
      },
      poison() {
        throw new Error("poisonous");
      },
      value: (c) => c.state.value,
    },
    attempts,
    checkpointEvery: 10,
    passivateAfter: "30m",
  });
const Counter = counter("counter", 3);
/** A type that keeps retrying while a test runs. */
const Patient = counter("patient", 100);

const database = useDatabase();
let nodes: Succession;
beforeEach(async () => {
  Object.assign(world, { failures: 0, calls: 0 });
  nodes = new Succession({ open: () => openStore(database.url, createLog("silent")), types: [Counter, Patient] });
  await nodes.start();
});
afterEach(() => nodes.stop());

const tell = (id: string, command: string, payload: object = {}, type = "counter") =>
  nodes.runtime.tell({ type, keyText: id, command, payload });
const rows = (table: string, id: string) =>
  query(database.url, `SELECT t.* FROM ${table} t JOIN actor a ON a.id = t.actor_id WHERE a.key = $1`, [id]);
const isEmpty = (id: string) => eventually(async () => expect(await rows("mailbox", id)).toEqual([]));
const value = async (id: string, type = "counter") =>
  (await nodes.runtime.inspector.actor({ type, keyText: id })).state;
const kinds = async (id: string) => {
  const entries = await query(
    database.url,
    "SELECT e.kind FROM entry e JOIN actor a ON a.id = e.actor_id WHERE a.key = $1 ORDER BY e.seq",
    [id],
  );
  return entries.map(({ kind }) => kind);
};

test("ack and nack: a processed message leaves the mailbox, a failed one stays and is retried", async () => {
  await tell("ack", "increment", { by: 1 });
  await isEmpty("ack");
  expect(await kinds("ack")).toEqual(["turn"]);
  world.failures = 1;
  const { messageId } = await tell("ack", "increment", { by: 2 });
  await eventually(async () => expect(await kinds("ack")).toContain("attempt_failed"));
  await isEmpty("ack");
  expect(await kinds("ack")).toEqual(["turn", "attempt_failed", "turn"]);
  expect(await value("ack")).toEqual({ value: 3 });
  expect(await rows("dead_letter", "ack")).toEqual([]);
  const [last] = await query(database.url, "SELECT body ->> 'messageId' AS id FROM entry ORDER BY seq DESC LIMIT 1");
  expect(last?.id).toBe(messageId);
});

test("dead letters: a poisonous message is put aside after its attempts, and the next ones run", async () => {
  await tell("dlq", "increment", { by: 1 });
  const { messageId } = await tell("dlq", "poison");
  await tell("dlq", "increment", { by: 2 });
  await isEmpty("dlq");
  expect(await value("dlq")).toEqual({ value: 3 });
  const { items } = await nodes.runtime.mail.deadLetters({ type: "counter", key: "dlq", limit: 10 });
  expect(items).toMatchObject([
    {
      messageId,
      command: "poison",
      payload: {},
      attempts: 3,
      error: { name: "Error", message: "counter.poison failed: poisonous", stack: expect.stringContaining("poison") },
      head: 4,
      code: Counter.code,
    },
  ]);
  expect(await kinds("dlq")).toEqual(["turn", "attempt_failed", "attempt_failed", "attempt_failed", "turn"]);
});

test("mailbox with durability: messages in the mailbox survive a crash and are processed once", async () => {
  world.failures = Number.POSITIVE_INFINITY;
  await tell("durable", "fetch", {}, "patient");
  await eventually(async () => expect(await kinds("durable")).toContain("attempt_failed"));
  for (let by = 1; by <= 15; by++) await tell("durable", "increment", { by }, "patient");
  expect((await rows("mailbox", "durable")).length).toBeGreaterThan(0);
  world.failures = 0;
  await nodes.start();
  await isEmpty("durable");
  expect(await value("durable", "patient")).toEqual({ value: 100 + 120 });
  // The effect has its result from before the crash: it is not called again.
  expect(world.calls).toBe(1);
  expect((await kinds("durable")).filter((kind) => kind === "turn")).toHaveLength(16);
  await nodes.start();
  expect(await nodes.runtime.query({ type: "patient", keyText: "durable", query: "value", payload: {} })).toBe(220);
  const { recovery } = await nodes.runtime.inspector.actor({ type: "patient", keyText: "durable" });
  expect(recovery).toMatchObject({ checkpoint: expect.any(Number) });
  expect(recovery?.checkpoint).toBeGreaterThan(0);
});
