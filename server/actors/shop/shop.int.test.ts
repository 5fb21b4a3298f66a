import { afterEach, beforeEach, expect, test } from "vitest";
import { createLog } from "../../process/log.ts";
import { type Client, createClient } from "../../runtime/client.ts";
import { openStore } from "../../store/postgres.ts";
import { useDatabase } from "../../testing/database/database.ts";
import { query } from "../../testing/database/sql.ts";
import { eventually } from "../../testing/eventually.ts";
import { Succession } from "../../testing/runtime/succession.ts";
import { VirtualClock } from "../../testing/virtual-clock.ts";
import { Cart } from "./cart.ts";
import { Order } from "./order.ts";
import { Stock } from "./stock.ts";

const database = useDatabase();
let clock: VirtualClock;
let nodes: Succession;
let client: Client;

beforeEach(async () => {
  await query(
    database.url,
    "TRUNCATE actor, durable_state, reply, entry, checkpoint, mailbox, dead_letter, reminder, redrive, tombstone",
  );
  clock = new VirtualClock();
  nodes = new Succession({
    open: () => openStore(database.url, createLog("silent")),
    types: [Cart, Order, Stock],
    clock,
  });
  await nodes.start();
  client = createClient(nodes.runtime);
});
afterEach(() => nodes.stop());

const read = async (type: string, key: string) => (await nodes.runtime.inspector.actor({ type, keyText: key })).state;
const stock = (sku: string) => read("stock", sku);
const nobodyWaits = () =>
  eventually(async () => expect(await query(database.url, "SELECT * FROM mailbox")).toEqual([]));

/** A cart with articles that is ordered; returns its order when everybody has heard of it. */
async function order(cart: string, items: Record<string, number>): Promise<string> {
  const own = client.actor(Cart, [cart]);
  for (const [sku, count] of Object.entries(items)) await own.add({ sku, count });
  const { order } = await own.checkout({});
  await nobodyWaits();
  return order;
}

test("an order reserves its articles, is confirmed, and they are gone", async () => {
  await client.actor(Stock, ["tent"]).restock({ count: 3 });
  await client.actor(Stock, ["rope"]).restock({ count: 5 });
  const confirmed = await order("c1", { tent: 1, rope: 2 });
  expect(await read("order", confirmed)).toMatchObject({ status: "confirmed", reserved: expect.any(Array) });
  expect(await stock("tent")).toEqual({ free: 2, reserved: {} });
  expect(await stock("rope")).toEqual({ free: 3, reserved: {} });
  expect(await read("cart", "c1")).toEqual({ items: {}, order: null, last: { order: confirmed, failed: null } });
  expect(await query(database.url, "SELECT * FROM reminder WHERE name = 'patience'")).toEqual([]);
});

test("an order one of whose articles is short releases the others, and the cart is as it was", async () => {
  await client.actor(Stock, ["tent"]).restock({ count: 3 });
  await client.actor(Stock, ["rope"]).restock({ count: 1 });
  const cancelled = await order("c1", { tent: 1, rope: 2 });
  const reason = "rope: 1 of 2 are there";
  expect(await read("order", cancelled)).toMatchObject({ status: "cancelled", reason });
  expect(await stock("tent")).toEqual({ free: 3, reserved: {} });
  expect(await stock("rope")).toEqual({ free: 1, reserved: {} });
  expect(await read("cart", "c1")).toEqual({
    items: { tent: 1, rope: 2 },
    order: null,
    last: { order: cancelled, failed: reason },
  });
  expect(await query(database.url, "SELECT * FROM reminder WHERE name = 'patience'")).toEqual([]);
});

test("an order whose stock does not answer is given up after a minute, and what is reserved later is released", async () => {
  await client.actor(Stock, ["tent"]).restock({ count: 3 });
  // The stock's code is not there: what is sent to it waits in its mailbox.
  const away = { ...Stock, handlers: new Map(Stock.handlers).set("reserve", unfinished) };
  await nodes.restart([Cart, Order, away]);
  client = createClient(nodes.runtime);
  await client.actor(Cart, ["c1"]).add({ sku: "tent", count: 1 });
  const { order } = await client.actor(Cart, ["c1"]).checkout({});
  await eventually(async () => expect(await read("order", order)).toMatchObject({ status: "reserving" }));
  clock.advance(59_000);
  expect(await read("order", order)).toMatchObject({ status: "reserving" });
  clock.advance(2_000);
  await eventually(async () => {
    clock.advance(100);
    expect(await read("cart", "c1")).toMatchObject({
      order: null,
      last: { failed: "the stock did not answer in time" },
    });
  });
  expect(await read("order", order)).toMatchObject({ status: "cancelled" });
  await nodes.restart([Cart, Order, Stock]);
  await eventually(async () => {
    clock.advance(1_000);
    expect(await query(database.url, "SELECT * FROM mailbox")).toEqual([]);
  });
  expect(await stock("tent")).toEqual({ free: 3, reserved: {} });
  expect(await query(database.url, "SELECT * FROM dead_letter")).toEqual([]);
});

/** A handler of code that cannot do it yet: its message is tried again. */
function unfinished(): never {
  throw new Error("not yet");
}

test("of fifty carts that compete for the last twenty articles, twenty get one, and each is told", async () => {
  await client.actor(Stock, ["tent"]).restock({ count: 20 });
  const carts = Array.from({ length: 50 }, (_, i) => `c${i}`);
  await Promise.all(carts.map((cart) => client.actor(Cart, [cart]).add({ sku: "tent", count: 1 })));
  await Promise.all(carts.map((cart) => client.actor(Cart, [cart]).tell.checkout({})));
  await nodes.start();
  await eventually(async () => {
    const told = await Promise.all(carts.map((cart) => read("cart", cart)));
    expect(told.every((state) => (state as { last: unknown }).last !== null)).toBe(true);
  });
  await nobodyWaits();
  const states = (await Promise.all(carts.map((cart) => read("cart", cart)))) as {
    items: object;
    order: null;
    last: { failed: string | null };
  }[];
  const got = states.filter(({ last }) => last.failed === null);
  expect(got).toHaveLength(20);
  for (const { items } of got) expect(items).toEqual({});
  for (const { items, last } of states.filter((state) => !got.includes(state))) {
    expect({ items, failed: last.failed }).toEqual({ items: { tent: 1 }, failed: "tent: 0 of 1 are there" });
  }
  expect(await stock("tent")).toEqual({ free: 0, reserved: {} });
});
