import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { Cart } from "../../actors/shop/cart.ts";
import { Order } from "../../actors/shop/order.ts";
import { Stock } from "../../actors/shop/stock.ts";
import { contract } from "../../core/define/contract.ts";
import { defineActor } from "../../core/define/define.ts";
import { sentId } from "../../core/turn/outbox.ts";
import { createLog } from "../../process/log.ts";
import type { Trace, TracedMessage } from "../../protocol/messages.ts";
import { openStore } from "../../store/postgres.ts";
import { useDatabase } from "../../testing/database/database.ts";
import { query } from "../../testing/database/sql.ts";
import { eventually } from "../../testing/eventually.ts";
import { startNode } from "../../testing/runtime/node.ts";
import { type Failing, inboxType } from "../../testing/types/inbox.ts";
import { ledgerType, World } from "../../testing/types/ledger.ts";
import type { Client } from "../client.ts";
import type { Store } from "../ports/store.ts";
import type { RunningRuntime } from "../runtime.ts";
import { markOf, messageIdFor } from "../shared/message-id.ts";

const failing: Failing = { times: 0 };
const Inbox = { ...inboxType(failing), attempts: 2 };
const world = new World();
const Ledger = ledgerType(world);

const relay = contract({
  type: "relay",
  key: ["id"],
  commands: { scatter: z.object({ count: z.number() }), pass: z.object({ on: z.number() }) },
});
/** Sends to as many inboxes as requested, or to itself a number of times. */
const Relay = defineActor({
  ...relay,
  persistence: "journal",
  state: z.object({}),
  initial: () => ({}),
  queries: {},
  on: {
    scatter(c, { count }) {
      for (let i = 0; i < count; i++) c.send(Inbox, [`i${i}`], "put", { n: i });
    },
    pass(c, { on }) {
      if (on > 0) c.send(relay, [c.key.id], "pass", { on: on - 1 });
    },
  },
  passivateAfter: "30m",
});

const database = useDatabase();
let store: Store;
let runtime: RunningRuntime;
let client: Client;
beforeAll(async () => {
  store = await openStore(database.url, createLog("silent"));
  const types = [Cart, Order, Stock, Inbox, Ledger, Relay];
  ({ runtime, client } = await startNode({ store, types }));
});
afterAll(async () => {
  await runtime.stop();
  await store.close();
});

const trace = (id: string) => runtime.mail.message(id);
const ask = (type: string, id: string, command: string, payload: object = {}) =>
  runtime.ask({ type, keyText: id, command, payload });
const tell = (type: string, id: string, command: string, payload: object = {}) =>
  runtime.tell({ type, keyText: id, command, payload });
const nobodyWaits = () =>
  eventually(async () => expect(await query(database.url, "SELECT * FROM mailbox")).toEqual([]));
const words = ({ command, actor, status }: TracedMessage) => `${command} ${actor?.type} ${actor?.keyText}: ${status}`;
const ids = ({ messages }: Trace) => messages.map(({ messageId }) => messageId).sort();

describe("a message that causes others", () => {
  test("is followed across actors, from any of them, including those without a journal", async () => {
    const articles = ["tent", "rope", "lamp"];
    for (const sku of articles) await client.actor(Stock, [sku]).restock({ count: 9 });
    for (const sku of articles) await client.actor(Cart, ["c1"]).add({ sku, count: 1 });
    const { messageId, reply } = await ask("cart", "c1", "checkout");
    await nobodyWaits();
    const { order } = reply as { order: string };
    const { message, messages, isCut } = await trace(messageId);
    expect(isCut).toBe(false);
    expect(message).toMatchObject({ command: "checkout", status: "done", cause: null, sender: null, steps: [] });
    expect(messages[0]).toEqual(
      expect.objectContaining({ messageId, actor: expect.objectContaining({ type: "cart" }) }),
    );
    expect(messages.slice(1).map(words).sort()).toEqual(
      [
        `place order ${order}: done`,
        ...articles.map((sku) => `reserve stock ${sku}: done`),
        ...articles.map(() => `reserved order ${order}: done`),
        ...articles.map((sku) => `ship stock ${sku}: done`),
        "ordered cart c1: done",
      ].sort(),
    );
    for (const one of messages)
      expect(ids(await trace(one.messageId)), words(one)).toEqual(ids({ message, messages, isCut }));
    const placed = messages.find(({ command }) => command === "place") as TracedMessage;
    expect(placed).toMatchObject({ cause: messageId, sender: { type: "cart", key: "c1", messageId } });
    expect(placed.steps).toMatchObject([{ kind: "turn", seq: 1 }]);
    const reserve = await trace(messages.find(({ command }) => command === "reserve")?.messageId ?? "");
    expect(reserve.message).toMatchObject({ payload: { order, count: 1 }, reply: null, cause: placed.messageId });
  });

  test("is listed in order, up to the limit", async () => {
    const { messageId } = await ask("relay", "r1", "scatter", { count: 150 });
    const all = await trace(messageId);
    expect(all.isCut).toBe(false);
    expect(all.messages.map(({ actor }) => actor?.keyText)).toEqual([
      "r1",
      ...Array.from({ length: 150 }, (_, i) => `i${i}`),
    ]);
    const many = await ask("relay", "r2", "scatter", { count: 300 });
    const cut = await trace(many.messageId);
    expect({ isCut: cut.isCut, count: cut.messages.length }).toEqual({ isCut: true, count: 200 });
    await nobodyWaits();
    const [last] = await query(database.url, "SELECT message_id FROM sent WHERE cause = $1 ORDER BY receiver DESC", [
      many.messageId,
    ]);
    const own = await trace(last?.message_id as string);
    expect(own.messages).toContainEqual(expect.objectContaining({ messageId: last?.message_id }));
    expect(own.messages[0]).toMatchObject({ messageId: many.messageId, command: "scatter", status: "done" });
  });

  test("is followed up to the limit of causes", async () => {
    let { messageId } = await ask("relay", "long", "pass", { on: 70 });
    await nobodyWaits();
    expect((await trace(messageId)).messages).toHaveLength(71);
    for (let i = 0; i < 70; i++) messageId = sentId(messageId, 0);
    const { messages, isCut } = await trace(messageId);
    expect(isCut).toBe(true);
    expect(messages).toHaveLength(51);
  });
});

describe("the cause of a message", () => {
  test("is known as long as replies are stored; a client's message, as long as its journal is", async () => {
    const { messageId } = await ask("relay", "old", "pass", { on: 1 });
    await nobodyWaits();
    expect((await trace(messageId)).messages).toHaveLength(2);
    await store.prune(Date.now() + 60_000, 10_000);
    expect(await trace(messageId)).toMatchObject({ message: { command: "pass", status: "done" }, messages: [{}] });
    await expect(trace(sentId(messageId, 0))).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("a client's message", () => {
  test("is found by its id alone among many of its actor, with its payload and its reply", async () => {
    const ledger = client.actor(Ledger, ["busy"]);
    for (let i = 0; i < 40; i++) await ledger.add({ amount: 1 });
    const { messageId } = await ask("ledger", "busy", "add", { amount: 7 });
    for (let i = 0; i < 40; i++) await ledger.add({ amount: 1 });
    expect(await trace(messageId)).toMatchObject({
      message: {
        command: "add",
        payload: { amount: 7 },
        reply: 47,
        status: "done",
        sender: null,
        steps: [{ seq: 41 }],
      },
      messages: [{ actor: { type: "ledger", key: ["busy"] } }],
    });
  });

  test("lists its effects in order", async () => {
    const { messageId } = await ask("ledger", "asking", "ask", { names: ["rate", "fee"] });
    const { message } = await trace(messageId);
    expect(message.steps.map(({ kind, what }) => [kind, what])).toEqual([
      ["received", null],
      ["effect", "rate"],
      ["effect", "fee"],
      ["turn", null],
    ]);
  });

  test("that became a dead letter has its error and its attempts", async () => {
    failing.times = 2;
    const { messageId } = await tell("inbox", "doomed", "fail", { n: 1 });
    const dead = await eventually(async () => {
      const { message } = await trace(messageId);
      expect(message.status).toBe("dead");
      return message;
    });
    expect(dead).toMatchObject({ attempts: 2, payload: { n: 1 }, error: { name: "Error" } });
    expect(dead.steps.map(({ kind, isError }) => [kind, isError])).toEqual([
      ["attempt_failed", true],
      ["attempt_failed", true],
    ]);
    expect(dead.fingerprint).toMatch(/^[0-9a-f]{16}$/);
  });

  test("that is retried has the time of its next attempt, and the one behind it waits", async () => {
    failing.times = 1;
    const first = await tell("inbox", "held", "fail", { n: 1 });
    const behind = await tell("inbox", "held", "put", { n: 2 });
    const seen: string[] = [];
    await eventually(async () => {
      seen.push((await trace(first.messageId)).message.status, (await trace(behind.messageId)).message.status);
      expect((await trace(behind.messageId)).message.status).toBe("done");
    });
    expect(["waiting", "backing off", "done"]).toEqual(expect.arrayContaining(seen));
    const { message } = await trace(first.messageId);
    expect(message.steps.map(({ kind }) => kind)).toEqual(["attempt_failed", "turn"]);
  });

  test("without any record is not found", async () => {
    const unknown = messageIdFor(markOf({ type: "ledger", keyText: "busy" }), 1);
    for (const id of [unknown, "0f9d4fd2-8f4c-4f3c-9b0e-3c1f5a6b7c8d"]) {
      await expect(trace(id)).rejects.toMatchObject({ code: "not_found" });
    }
  });
});
