import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Replay } from "../core/replay/replay.ts";
import { namedKey } from "../core/turn/turn.ts";
import { createLog } from "../process/log.ts";
import type { Entry } from "../protocol/journal.ts";
import type { Store } from "../runtime/ports/store.ts";
import { openStore } from "../store/postgres.ts";
import { useDatabase } from "../testing/database/database.ts";
import { query } from "../testing/database/sql.ts";
import { eventually } from "../testing/eventually.ts";
import { CountingService } from "../testing/process/counting-service.ts";
import { Succession } from "../testing/runtime/succession.ts";
import { VirtualClock } from "../testing/virtual-clock.ts";
import { counterType } from "./counter.ts";

const MINUTE = 60_000;
const KEY = ["c1"];

const database = useDatabase();
let service: CountingService;
let clock: VirtualClock;
let nodes: Succession;
/** Entries read to recover actors. */
let read: Entry[];

/** A store that records what recovery reads. */
async function open(): Promise<Store> {
  const store = await openStore(database.url, createLog("silent"));
  const tails: Store["tails"] = async (wanted, limit) => {
    const entries = await store.tails(wanted, limit);
    read.push(...entries);
    return entries;
  };
  return { ...store, tails };
}

beforeEach(async () => {
  await query(database.url, "TRUNCATE actor, reply, entry, checkpoint, mailbox");
  read = [];
  service = await CountingService.start();
  clock = new VirtualClock();
  nodes = new Succession({ open, types: [counterType(service.url)], clock });
  await nodes.start();
});

afterEach(async () => {
  await whilePassing(nodes.stop());
  service.close();
});

/** Advances time until something has happened. */
async function whilePassing<T>(coming: Promise<T>): Promise<T> {
  const passing = setInterval(() => clock.advance(200), 2);
  return coming.finally(() => clearInterval(passing));
}

const ask = (command: string, payload: object = {}, idempotencyKey?: string) =>
  nodes.runtime.ask({ type: "counter", keyText: "c1", command, payload, idempotencyKey });
const value = () => nodes.runtime.query({ type: "counter", keyText: "c1", query: "value", payload: {} });
const inspect = () => nodes.runtime.inspector.actor({ type: "counter", keyText: "c1" });
const checkpoints = async () =>
  (await nodes.runtime.inspector.checkpoints({ type: "counter", keyText: "c1" }))
    .map((checkpoint) => checkpoint.seq)
    .reverse();
const journal = async (): Promise<Entry[]> =>
  (await nodes.runtime.inspector.journal({ type: "counter", keyText: "c1" }, { after: 0, limit: 500 })).items;
const kinds = async () => (await journal()).map((entry) => entry.body.kind);

/** The divergences between the journal and the current code. Calls no service. */
async function divergences() {
  const type = counterType("http://nowhere.invalid");
  const replay = new Replay(type, namedKey(type, KEY));
  return (await journal()).flatMap((entry) => replay.next(entry) ?? []);
}

test("full lifecycle: it counts, calls the service, takes checkpoints, is passivated, recovers, and survives its server", async () => {
  for (let i = 0; i < 8; i++) await ask("increment", { by: 2 });
  expect(await ask("decrement")).toMatchObject({ reply: 15, seq: 9 });
  expect(await ask("enrich", { symbol: "ACME" })).toMatchObject({ reply: "ACME 1", seq: 12 });
  await eventually(async () => expect(await checkpoints()).toEqual([12]));
  expect(await value()).toBe(15);

  await ask("increment", { by: 5 });
  clock.skip(36 * MINUTE);
  expect((await inspect()).lifecycle).toBe("passivated");
  await eventually(async () => expect(await checkpoints()).toEqual([12, 13]));
  expect(await value()).toBe(20);
  expect((await inspect()).lifecycle).toBe("active");

  await nodes.restart();
  expect((await inspect()).lifecycle).toBe("passivated");
  expect(await ask("decrement", { by: 20 })).toMatchObject({ reply: 0, seq: 14 });
  expect(await inspect()).toMatchObject({ head: 14, state: { value: 0, quote: "ACME 1" } });
  expect(service.counts).toEqual([1]);
  expect(await divergences()).toEqual([]);
});

test("effect caching: the service's replies are in the journal, and no recovery or replay calls it again", async () => {
  await ask("enrich", { symbol: "ACME" });
  await ask("enrich", { symbol: "BOLT" });
  expect(await kinds()).toEqual(["received", "effect", "turn", "received", "effect", "turn"]);
  await query(database.url, "DELETE FROM checkpoint");
  for (let i = 0; i < 3; i++) {
    await nodes.start();
    expect(await value()).toBe(0);
    expect((await inspect()).state).toEqual({ value: 0, quote: "BOLT 2" });
  }
  expect(await divergences()).toEqual([]);
  expect(service.calls.map((call) => call.name)).toEqual(["ACME", "BOLT"]);
});

describe("checkpoint recovery", () => {
  test("starts at the newest of two checkpoints", async () => {
    for (let i = 0; i < 40; i++) await ask("increment");
    await eventually(async () => {
      const seqs = await checkpoints();
      expect([seqs.length, seqs.at(-1)]).toEqual([2, 40]);
    });
    await nodes.start();
    expect(await value()).toBe(40);
    expect(read).toEqual([]);
  });

  test("needs nothing from before the checkpoint", async () => {
    for (let i = 0; i < 33; i++) await ask("increment");
    await eventually(async () => expect((await checkpoints()).at(-1)).toBe(30));
    await query(database.url, "DELETE FROM entry WHERE seq <= 30");
    await nodes.start();
    expect(await ask("increment")).toMatchObject({ reply: 34, seq: 34 });
  });

  test("falls back to the checkpoint before a damaged one, and reports it", async () => {
    for (let i = 0; i < 25; i++) await ask("increment");
    await eventually(async () => expect(await checkpoints()).toEqual([10, 20]));
    await query(database.url, `UPDATE checkpoint SET state = '{"value":1000,"quote":null}' WHERE seq = 20`);
    await nodes.start();
    expect(await value()).toBe(25);
    expect(read.map((entry) => entry.seq)).toEqual(Array.from({ length: 15 }, (_, i) => i + 11));
    expect(nodes.events).toContainEqual(
      expect.objectContaining({
        kind: "life",
        lifecycle: "recovering",
        reason: "checkpoint 20 is damaged; recovered from 10",
      }),
    );
  });
});

test("delta recovery: only the entries after the checkpoint are read and folded", async () => {
  for (let i = 0; i < 27; i++) await ask("increment", { by: i + 1 });
  await eventually(async () => expect(await checkpoints()).toEqual([10, 20]));
  await nodes.start();
  expect(await value()).toBe((27 * 28) / 2);
  expect(read.map((entry) => entry.seq)).toEqual([21, 22, 23, 24, 25, 26, 27]);
});

describe("crash in mid-message", () => {
  test("during the call: the message is resumed with the same key, and counts once", async () => {
    await ask("increment", { by: 7 });
    service.answer = () => new Promise(() => undefined);
    const lost = ask("enrich", { symbol: "ACME" }, "k1").catch((error: { code: string }) => error.code);
    await eventually(() => expect(service.calls).toHaveLength(1));
    service.answer = ({ attempt }) => `answer ${attempt}`;
    await nodes.start();

    await eventually(async () => expect((await kinds()).at(-1)).toBe("turn"));
    expect(await kinds()).toEqual(["turn", "received", "effect", "turn"]);
    expect(service.counts).toEqual([2]);
    expect(await ask("enrich", { symbol: "ACME" }, "k1")).toMatchObject({ reply: "answer 2", seq: 4, repeated: true });
    expect(await whilePassing(lost)).toMatch(/^(timeout|fenced)$/);
    expect(await divergences()).toEqual([]);
  });

  test("between two calls: the first is not repeated", async () => {
    service.answer = ({ name }) => (name === "BOLT" ? new Promise(() => undefined) : "first");
    const lost = ask("compare", { symbol: "ACME", other: "BOLT" }).catch((error: { code: string }) => error.code);
    await eventually(() => expect(service.calls).toHaveLength(2));
    service.answer = () => "second";
    await nodes.start();

    await eventually(async () => expect((await inspect()).state).toMatchObject({ quote: "first against second" }));
    expect(service.calls.map((call) => call.name)).toEqual(["ACME", "BOLT", "BOLT"]);
    expect(service.counts).toEqual([1, 2]);
    expect(await whilePassing(lost)).toMatch(/^(timeout|fenced)$/);
    expect(await divergences()).toEqual([]);
  });

  test("commands queued behind it are lost with the server, and their senders receive an error", async () => {
    service.answer = () => new Promise(() => undefined);
    const waiting = [ask("enrich", { symbol: "ACME" }), ask("increment")];
    const codes = Promise.all(waiting.map((one) => one.catch((error: { code: string }) => error.code)));
    await eventually(() => expect(service.calls).toHaveLength(1));
    service.answer = () => "late";
    await nodes.start();
    await eventually(async () => expect((await kinds()).at(-1)).toBe("turn"));
    expect(await value()).toBe(0);
    for (const code of await whilePassing(codes)) expect(code).toMatch(/^(timeout|fenced|unavailable)$/);
  });
});

describe("effect idempotency", () => {
  test("all attempts of an effect have the same key, whether it fails, its reply is lost, or the server dies", async () => {
    service.answer = ({ attempt }) => {
      if (attempt === 1) return new Error("busy");
      if (attempt === 2) return "lost";
      return attempt === 3 ? new Promise(() => undefined) : "at last";
    };
    const lost = ask("enrich", { symbol: "ACME" }, "k1").catch((error: { code: string }) => error.code);
    await whilePassing(eventually(() => expect(service.calls).toHaveLength(3)));
    await nodes.start();
    await eventually(async () => expect((await inspect()).state).toMatchObject({ quote: "at last" }));
    const [received] = await journal();
    expect(new Set(service.calls.map((call) => call.key))).toEqual(
      new Set([`${received?.body.kind === "received" && received.body.messageId}/0`]),
    );
    expect(service.counts).toEqual([4]);
    expect(await whilePassing(lost)).toMatch(/^(timeout|fenced)$/);
  });

  test("effects of one message and of different messages have different keys", async () => {
    await ask("compare", { symbol: "ACME", other: "ACME" });
    await ask("enrich", { symbol: "ACME" });
    expect(service.counts).toEqual([1, 1, 1]);
    const [first, second, third] = service.calls.map((call) => call.key.split("/"));
    expect([first?.[1], second?.[1], third?.[1]]).toEqual(["0", "1", "0"]);
    expect(first?.[0]).toBe(second?.[0]);
    expect(third?.[0]).not.toBe(first?.[0]);
  });

  test("a repeat with the sender's key calls nothing, whether the first is running, done, or was before a restart", async () => {
    let answer: (quote: string) => void = () => undefined;
    service.answer = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    const both = [1, 2].map(() => ask("enrich", { symbol: "ACME" }, "k1"));
    await eventually(() => expect(service.calls).toHaveLength(1));
    answer("once");
    expect((await Promise.all(both)).map(({ reply, repeated }) => [reply, repeated])).toEqual([
      ["once", false],
      ["once", true],
    ]);
    expect(await ask("enrich", { symbol: "ACME" }, "k1")).toMatchObject({ reply: "once", repeated: true });
    await nodes.restart();
    expect(await ask("enrich", { symbol: "ACME" }, "k1")).toMatchObject({ reply: "once", repeated: true });
    expect(service.counts).toEqual([1]);
  });

  test("a service that fails permanently fails the message, and the counter continues", async () => {
    await ask("increment");
    service.answer = () => new Error("closed");
    await expect(whilePassing(ask("enrich", { symbol: "ACME" }))).rejects.toMatchObject({
      code: "handler_failed",
      message: 'counter.enrich failed: effect "quote" failed: the quote service answered 500',
    });
    expect(service.counts).toEqual([5]);
    expect(await kinds()).toEqual(["turn", "received", "effect", "attempt_failed"]);
    expect(await ask("increment")).toMatchObject({ reply: 2, seq: 5 });
    expect(await divergences()).toEqual([]);
  });
});
