import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { defineActor } from "../../core/define/define.ts";
import { createLog } from "../../process/log.ts";
import { openStore } from "../../store/postgres.ts";
import { useDatabase } from "../../testing/database/database.ts";
import { query } from "../../testing/database/sql.ts";
import { eventually } from "../../testing/eventually.ts";
import { Succession } from "../../testing/runtime/succession.ts";

const none = z.object({});

/** Stores its messages in order. The test sets which ones fail. */
const failing = { times: 0, rejects: false };
const Inbox = defineActor({
  type: "inbox",
  key: ["id"],
  persistence: "journal",
  state: z.object({ got: z.array(z.number()), reminded: z.number() }),
  initial: () => ({ got: [], reminded: 0 }),
  commands: {
    put: z.object({ n: z.number() }),
    fail: none,
    spread: z.object({ to: z.array(z.string()), n: z.number() }),
    later: z.object({ after: z.string() }),
    remind: none,
  },
  queries: { got: none },
  on: {
    put(c, { n }) {
      c.state.got.push(n);
      return c.state.got.length;
    },
    fail(c) {
      if (failing.rejects) c.reject("not this one");
      if (failing.times > 0) {
        failing.times -= 1;
        throw new Error(`no line for order ${failing.times}`);
      }
      c.state.got.push(-1);
    },
    spread(c, { to, n }) {
      for (const id of to) c.send(Sink, [id], "put", { n });
    },
    later(c, { after }) {
      c.remind("later", { after: after as "1s" }, "remind", {});
    },
    remind(c) {
      c.state.reminded += 1;
    },
    got: (c) => c.state.got,
  },
  attempts: 3,
  passivateAfter: "30m",
});

const Sink = defineActor({
  type: "sink",
  key: ["id"],
  persistence: "state",
  state: z.object({ got: z.array(z.number()) }),
  initial: () => ({ got: [] }),
  commands: { put: z.object({ n: z.number() }) },
  queries: { got: none },
  on: {
    put(c, { n }) {
      c.state.got.push(n);
    },
    got: (c) => c.state.got,
  },
  passivateAfter: "30m",
});

const database = useDatabase();
const types = [Inbox, Sink];
let nodes: Succession;

beforeEach(async () => {
  Object.assign(failing, { times: 0, rejects: false });
  await query(
    database.url,
    "TRUNCATE actor, durable_state, reply, entry, checkpoint, mailbox, dead_letter, reminder, redrive, tombstone",
  );
  nodes = new Succession({ open: () => openStore(database.url, createLog("silent")), types });
  await nodes.start();
});
afterEach(() => nodes.stop());

const tell = (id: string, command: string, payload: unknown = {}, idempotencyKey?: string) =>
  nodes.runtime.tell({ type: "inbox", keyText: id, command, payload, ...(idempotencyKey ? { idempotencyKey } : {}) });
const ask = (id: string, command: string, payload: unknown = {}, idempotencyKey?: string) =>
  nodes.runtime.ask({ type: "inbox", keyText: id, command, payload, ...(idempotencyKey ? { idempotencyKey } : {}) });
const got = (id: string, type = "inbox") => nodes.runtime.query({ type, keyText: id, query: "got", payload: {} });
const rows = (table: string) => query(database.url, `SELECT * FROM ${table}`);

describe("a queued message", () => {
  test("is processed once, in the order queued, and leaves the mailbox", async () => {
    const wanted = Array.from({ length: 300 }, (_, n) => n);
    await Promise.all(wanted.map((n) => tell("order", "put", { n })));
    await eventually(async () => expect(await got("order")).toEqual(wanted));
    expect(await rows("mailbox")).toEqual([]);
  });

  test("runs before a later ask of the same client", async () => {
    await Promise.all(Array.from({ length: 50 }, (_, n) => tell("first", "put", { n })));
    expect(await ask("first", "put", { n: 50 })).toMatchObject({ reply: 51 });
  });

  test("is processed once, however often it is queued under one key", async () => {
    const first = await tell("key", "put", { n: 1 }, "k1");
    expect(first.repeated).toBe(false);
    expect(await tell("key", "put", { n: 1 }, "k1")).toEqual({ ...first, repeated: true });
    await expect(tell("key", "put", { n: 2 }, "k1")).rejects.toMatchObject({ code: "idempotency_conflict" });
    await eventually(async () => expect(await got("key")).toEqual([1]));
    expect(await ask("key", "put", { n: 1 }, "k1")).toMatchObject({
      reply: 1,
      repeated: true,
      messageId: first.messageId,
    });
    await nodes.start();
    expect(await tell("key", "put", { n: 1 }, "k1")).toEqual({ ...first, repeated: true });
    expect(await got("key")).toEqual([1]);
  });

  test("survives a restart, and runs without a request to its actor", async () => {
    failing.times = 1;
    await tell("restart", "fail");
    await tell("restart", "put", { n: 1 });
    await nodes.start();
    await eventually(async () => expect(await rows("mailbox")).toEqual([]));
    expect(await got("restart")).toEqual([-1, 1]);
  });

  test("is refused like any other message when it is invalid", async () => {
    await expect(tell("bad", "put", { n: "x" })).rejects.toMatchObject({ code: "invalid_payload" });
    await expect(tell("bad", "nope")).rejects.toMatchObject({ code: "unknown_command" });
    await expect(tell("bad", "got")).rejects.toMatchObject({ code: "unknown_command" });
    expect(await rows("mailbox")).toEqual([]);
  });
});

describe("a message that fails", () => {
  test("makes its actor wait, which reports the message and the time, even after a restart", async () => {
    await ask("waits", "put", { n: 1 });
    const error = { name: "Error", message: "no line for order 7", stack: "" };
    await query(
      database.url,
      `INSERT INTO mailbox (actor_id, mail_seq, message_id, command, payload, bytes, sent_at, attempts, attempts_before, started,
         next_at, error)
       SELECT id, 1, '01234567-89ab-4def-8123-456789abcdef', 'fail', '{}', 2, now(), 2, 0, false,
         now() + interval '1 hour', '${JSON.stringify(error)}' FROM actor`,
    );
    await nodes.start();
    const look = () => nodes.runtime.inspector.actor({ type: "inbox", keyText: "waits" });
    await eventually(async () => expect((await look()).lifecycle).toBe("waiting"));
    const nextTry = {
      messageId: "01234567-89ab-4def-8123-456789abcdef",
      command: "fail",
      attempts: 2,
      error: "Error: no line for order 7",
      at: expect.stringMatching(/Z$/),
    };
    expect(await look()).toMatchObject({
      nextTry,
      queued: 1,
      reason: expect.stringContaining("(fail) is retried"),
    });
    expect(nodes.runtime.inspector.mailCounts()).toEqual({ waiting: 1, dead: 0 });
  });

  test("is retried, blocks those behind it, and then they follow", async () => {
    failing.times = 2;
    await tell("hold", "fail");
    await tell("hold", "put", { n: 1 });
    await expect.poll(() => failing.times).toBeLessThan(2);
    await expect(ask("hold", "put", { n: 2 })).rejects.toMatchObject({
      code: "overloaded",
      details: { retryAfterMs: expect.any(Number) },
    });
    await eventually(async () => expect(await rows("mailbox")).toEqual([]));
    expect(await got("hold")).toEqual([-1, 1]);
    const kinds = await query(database.url, "SELECT kind FROM entry ORDER BY seq");
    expect(kinds.map(({ kind }) => kind)).toEqual(["attempt_failed", "attempt_failed", "turn", "turn"]);
  });

  test("up to its type's limit becomes a dead letter, and those behind it follow", async () => {
    failing.times = 99;
    await tell("dead", "fail");
    await tell("dead", "put", { n: 1 });
    await eventually(async () => expect(await got("dead")).toEqual([1]));
    const [letter] = await rows("dead_letter");
    expect(letter).toMatchObject({
      command: "fail",
      attempts: 3,
      title: expect.stringContaining("no line for order #"),
    });
    expect(await rows("mailbox")).toEqual([]);
  });

  test("with an error that cannot change becomes a dead letter at once", async () => {
    failing.rejects = true;
    await tell("rejected", "fail");
    await eventually(async () => expect(await rows("dead_letter")).toMatchObject([{ attempts: 1 }]));
  });

  test("returns to its mailbox unchanged when it is redriven", async () => {
    failing.times = 3;
    const { messageId } = await tell("redriven", "fail");
    await eventually(async () => expect(await rows("dead_letter")).toHaveLength(1));
    const [letter] = await rows("dead_letter");
    const job = await nodes.runtime.startRedrive({ fingerprint: letter?.fingerprint as string });
    expect(job).toMatchObject({ state: "running", total: 1, moved: 0 });
    await eventually(async () => expect(await got("redriven")).toEqual([-1]));
    expect(await rows("dead_letter")).toEqual([]);
    const [last] = await query(database.url, "SELECT body ->> 'messageId' AS id FROM entry ORDER BY seq DESC LIMIT 1");
    expect(last?.id).toBe(messageId);
    await eventually(async () => expect(await rows("redrive")).toMatchObject([{ state: "done", moved: 1 }]));
    await expect(nodes.runtime.startRedrive({ messageIds: [messageId] })).rejects.toMatchObject({ code: "not_found" });
  });
});

test("of messages interrupted by a crash, one that fails again does not block the others", async () => {
  failing.times = 99;
  for (const id of ["cut-1", "cut-2"]) await ask(id, "put", { n: 1 });
  await nodes.stop();
  await query(
    database.url,
    `INSERT INTO mailbox (actor_id, mail_seq, message_id, command, payload, bytes, sent_at, attempts, attempts_before, started)
     SELECT a.id, i.id, gen_random_uuid(), i.command, '{"n":2}', 7, now(), 0, 0, true
     FROM actor a JOIN (VALUES (1, 'cut-1', 'fail'), (2, 'cut-2', 'put')) AS i(id, key, command) USING (key)`,
  );
  await nodes.start();
  await eventually(async () => expect(await rows("dead_letter")).toMatchObject([{ command: "fail", attempts: 3 }]));
  expect(await got("cut-2")).toEqual([1, 2]);
  const changes = nodes.events.flatMap((event) => (event.kind === "committed" ? event.changes : []));
  const order = changes.flatMap(({ keyText, entries }) => entries.map(({ body }) => `${keyText} ${body.kind}`));
  expect(order.filter((entry) => entry === "cut-1 attempt_failed")).toHaveLength(3);
  expect(order.indexOf("cut-2 turn")).toBeLessThan(3);
});

describe("a message that a turn sends", () => {
  test("is in the receiver's mailbox with the turn's commit, and is processed once", async () => {
    const to = Array.from({ length: 20 }, (_, i) => `s${i}`);
    for (let n = 0; n < 5; n++) await ask("sender", "spread", { to, n });
    for (const id of to) await eventually(async () => expect(await got(id, "sink")).toEqual([0, 1, 2, 3, 4]));
    expect(await rows("mailbox")).toEqual([]);
  });

  test("reaches an erased actor as a new one", async () => {
    await ask("sender", "spread", { to: ["gone"], n: 1 });
    await eventually(async () => expect(await got("gone", "sink")).toEqual([1]));
    await nodes.runtime.erase({ type: "sink", keyText: "gone" });
    await ask("sender", "spread", { to: ["gone"], n: 2 });
    await eventually(async () => expect(await got("gone", "sink")).toEqual([2]));
  });
});

test("a reminder fires once, at its time, even after a restart", async () => {
  await ask("reminded", "later", { after: "1s" });
  expect(await rows("reminder")).toHaveLength(1);
  await nodes.start();
  await eventually(async () => expect(await rows("reminder")).toEqual([]));
  await eventually(async () => {
    const { state } = await nodes.runtime.inspector.actor({ type: "inbox", keyText: "reminded" });
    expect(state).toMatchObject({ reminded: 1 });
  });
  expect(await rows("mailbox")).toEqual([]);
});

test("a mailbox longer than memory allows is processed completely and in order", async () => {
  failing.times = 2;
  await tell("long", "fail");
  const wanted = Array.from({ length: 3_000 }, (_, n) => n);
  await Promise.all(wanted.map((n) => tell("long", "put", { n })));
  await eventually(async () => expect(await rows("mailbox")).toEqual([]));
  expect(await got("long")).toEqual([-1, ...wanted]);
}, 60_000);
