import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createLog } from "../../process/log.ts";
import { openStore } from "../../store/postgres.ts";
import { useDatabase } from "../../testing/database/database.ts";
import { query } from "../../testing/database/sql.ts";
import { eventually } from "../../testing/eventually.ts";
import { Succession } from "../../testing/runtime/succession.ts";
import { inboxType } from "../../testing/types/inbox.ts";
import { VirtualClock } from "../../testing/virtual-clock.ts";

const failing = { times: 0 };
const Holding = inboxType(failing);
const Skipping = inboxType(failing, "skip");

const database = useDatabase();
let clock: VirtualClock;
let nodes: Succession;
const numbers = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);

/** Starts the first node of a test, on a stopped clock: the test decides when failed messages are retried. */
async function start(type = Holding): Promise<void> {
  clock = new VirtualClock();
  nodes = new Succession({ open: () => openStore(database.url, createLog("silent")), types: [type], clock });
  await nodes.start();
}
beforeEach(async () => {
  failing.times = 0;
  await query(database.url, "TRUNCATE actor, entry, checkpoint, mailbox, dead_letter, reply");
});
afterEach(() => nodes.stop());

const tell = (command: string, payload: object, id = "1") =>
  nodes.runtime.tell({ type: "inbox", keyText: id, command, payload });
const ask = (n: number) => nodes.runtime.ask({ type: "inbox", keyText: "1", command: "put", payload: { n } });
const got = () => nodes.runtime.query({ type: "inbox", keyText: "1", query: "got", payload: {} });
const waiting = async () => Number((await query(database.url, "SELECT count(*) AS n FROM mailbox"))[0]?.n);
const attempts = async () =>
  (await query(database.url, "SELECT attempts FROM mailbox ORDER BY mail_seq")).map((row) => row.attempts);

describe("an ask behind a long backlog", () => {
  test("runs after all of it, even if most of it is in the store", async () => {
    await start();
    failing.times = 1;
    await tell("fail", { n: 0 });
    await eventually(async () => expect(await attempts()).toEqual([1]));
    await Promise.all(numbers(1, 2_500).map((n) => tell("put", { n })));
    clock.advance(1_000);
    expect(await eventually(() => ask(2_501))).toMatchObject({ reply: 2_502 });
    expect(await got()).toEqual(numbers(0, 2_502));
    expect(await waiting()).toBe(0);
  });

  test("runs after all of it, even after a restart that has read none of it yet", async () => {
    await start();
    failing.times = 1;
    await tell("fail", { n: 0 });
    await eventually(async () => expect(await attempts()).toEqual([1]));
    await Promise.all(numbers(1, 1_500).map((n) => tell("put", { n })));
    clock.advance(1_000);
    await nodes.start();
    expect(await ask(1_501)).toMatchObject({ reply: 1_502 });
    expect(await got()).toEqual(numbers(0, 1_502));
  });
});

describe("while a message waits for a retry", () => {
  test("asks are refused with the time to ask again, and so are those that already waited", async () => {
    await start();
    failing.times = 1;
    await tell("fail", { n: 0 });
    await eventually(async () => expect(await attempts()).toEqual([1]));
    for (const refused of [ask(1), got()]) {
      await expect(refused).rejects.toMatchObject({
        code: "overloaded",
        details: { retryAfterMs: expect.toSatisfy((ms: number) => ms >= 50 && ms <= 100) },
      });
    }
    await tell("put", { n: 1 });
    clock.advance(100);
    await eventually(async () => expect(await waiting()).toBe(0));
    expect(await ask(2)).toMatchObject({ reply: 3 });
    expect(await got()).toEqual([0, 1, 2]);
  });

  test("it waits no longer than the maximum, even if the clock is set back and the server restarts", async () => {
    await start();
    failing.times = 1;
    await tell("fail", { n: 0 });
    await eventually(async () => expect(await attempts()).toEqual([1]));
    await nodes.stop();
    clock = new VirtualClock(Date.parse("2025-01-01T00:00:00Z"));
    nodes = new Succession({ open: () => openStore(database.url, createLog("silent")), types: [Holding], clock });
    await nodes.start();
    await eventually(async () => {
      const refusal = (await ask(1).catch((error) => error)) as { details?: { retryAfterMs: number } };
      expect(refusal.details?.retryAfterMs).toBe(30_000);
    });
    await eventually(async () => {
      clock.advance(1_000);
      expect(await waiting()).toBe(0);
    });
    expect(clock.now()).toBeLessThan(Date.parse("2025-01-01T01:00:00Z"));
  });

  test("others run if the type allows it, and the message is retried later", async () => {
    await start(Skipping);
    failing.times = 2;
    await tell("fail", { n: 0 });
    await tell("put", { n: 1 });
    await eventually(async () => expect(await attempts()).toEqual([1]));
    expect(await ask(2)).toMatchObject({ reply: 2 });
    expect(await got()).toEqual([1, 2]);
    clock.advance(100);
    await eventually(async () => expect(await attempts()).toEqual([2]));
    await nodes.start();
    expect(await ask(3)).toMatchObject({ reply: 3 });
    clock.advance(200);
    await eventually(async () => expect(await waiting()).toBe(0));
    expect(await got()).toEqual([1, 2, 3, 0]);
  });

  test("others run even if more messages fail than memory holds", async () => {
    await start(Skipping);
    failing.times = 3_000;
    await Promise.all(numbers(0, 3_000).map((n) => tell("fail", { n })));
    await eventually(async () => {
      clock.advance(1_000);
      expect(await waiting()).toBe(0);
    });
    const all = (await got()) as number[];
    expect(all.toSorted((a, b) => a - b)).toEqual(numbers(0, 3_000));
  });
});

test("of messages interrupted by a crash, one that fails and waits does not block the next", async () => {
  await start();
  failing.times = 2;
  await tell("fail", { n: 0 }, "1");
  await tell("fail", { n: 0 }, "2");
  await eventually(async () => expect(await attempts()).toEqual([1, 1]));
  await nodes.stop();
  await query(database.url, "UPDATE mailbox SET started = true, next_at = NULL");
  failing.times = 1;
  nodes = new Succession({ open: () => openStore(database.url, createLog("silent")), types: [Holding], clock });
  await nodes.start();
  await eventually(async () => expect(await waiting()).toBe(1));
  clock.advance(1_000);
  await eventually(async () => expect(await waiting()).toBe(0));
});
