import { describe, expect, test } from "vitest";
import { parsePayload } from "../../core/define/payload.ts";
import { seededRandom, uuidFrom } from "../../core/random.ts";
import type { Json } from "../../protocol/journal.ts";
import { type ExampleMessage, given } from "../../testing/given.ts";
import { Cart } from "./cart.ts";
import { Order } from "./order.ts";
import { Stock } from "./stock.ts";

/** The order that a message creates. In an example the messages' ids are m0, m1 and so on. */
const madeBy = (messageId: string) => uuidFrom(seededRandom(messageId));
const send = (type: string, key: string, command: string, payload: Json) => ({ type, key, command, payload });

describe("a cart", () => {
  const add = (sku: string, count: number): ExampleMessage => ({ name: "add", payload: { sku, count } });
  const checkout: ExampleMessage = { name: "checkout" };

  test("adds and removes articles", () => {
    given(Cart, ["c1"], add("tent", 1), add("rope", 2), add("tent", 2))
      .when({ name: "remove", payload: { sku: "rope" } })
      .then({ state: { items: { tent: 3 }, order: null, last: null }, sends: [] });
  });

  test("is ordered as a whole, and cannot be changed meanwhile", () => {
    const ordering = [add("tent", 1), add("rope", 2), checkout];
    const order = madeBy("m2");
    const lines = [
      { sku: "tent", count: 1 },
      { sku: "rope", count: 2 },
    ];
    given(Cart, ["c1"], add("tent", 1), add("rope", 2))
      .when(checkout)
      .then({ reply: { order }, sends: [send("order", order, "place", { cart: "c1", lines })] });
    for (const message of [add("tent", 1), { name: "remove", payload: { sku: "tent" } }, checkout]) {
      given(Cart, ["c1"], ...ordering)
        .when(message)
        .then({ refused: "rejected", sends: [] });
    }
  });

  test("that is empty cannot be ordered", () => {
    given(Cart, ["c1"]).when(checkout).then({ refused: "rejected", sends: [] });
  });

  test("is empty after its order, and restored if that failed; replies to another order are ignored", () => {
    const ordering = [add("tent", 1), checkout];
    const order = madeBy("m1");
    const items = { tent: 1 };
    given(Cart, ["c1"], ...ordering)
      .when({ name: "ordered", payload: { order } })
      .then({ state: { items: {}, order: null, last: { order, failed: null } } });
    given(Cart, ["c1"], ...ordering)
      .when({ name: "orderFailed", payload: { order, reason: "no tents" } })
      .then({ state: { items, order: null, last: { order, failed: "no tents" } } });
    given(Cart, ["c1"], ...ordering)
      .when({ name: "ordered", payload: { order: "another" } })
      .then({ state: { items, order, last: null } });
    given(Cart, ["c1"], ...ordering)
      .when({ name: "orderFailed", payload: { order: "another", reason: "" } })
      .then({ state: { items, order, last: null } });
  });

  test.each(["constructor", "__proto__", "toString", ""])("refuses an article named %j", (sku) => {
    expect(() => parsePayload(Cart.commands.add, { sku }, "cart.add")).toThrow("sku");
  });
});

describe("an order", () => {
  const lines = [
    { sku: "tent", count: 1 },
    { sku: "rope", count: 2 },
  ];
  const placing: ExampleMessage = { name: "place", payload: { cart: "c1", lines } };
  const reserved = (sku: string): ExampleMessage => ({ name: "reserved", payload: { sku } });
  const refused: ExampleMessage = { name: "refused", payload: { sku: "rope", reason: "1 of 2 are available" } };
  const noMore = [{ name: "patience", cancelled: true as const }];
  const release = (sku: string) => send("stock", sku, "release", { order: "o1" });
  const state = (status: string, more: object = {}) => ({
    status,
    cart: "c1",
    lines,
    reserved: [],
    reason: null,
    ...more,
  });

  test("reserves each of its lines, and waits for a minute", () => {
    given(Order, ["o1"])
      .when(placing)
      .then({
        state: state("reserving"),
        sends: [
          send("stock", "tent", "reserve", { order: "o1", count: 1 }),
          send("stock", "rope", "reserve", { order: "o1", count: 2 }),
        ],
        reminders: [{ name: "patience", at: "2026-01-01T00:01:01.000Z", command: "giveUp", payload: {} }],
      });
  });

  test("is confirmed when all of them are reserved", () => {
    given(Order, ["o1"], placing)
      .when(reserved("tent"))
      .then({ state: state("reserving", { reserved: ["tent"] }), sends: [], reminders: [] });
    given(Order, ["o1"], placing, reserved("tent"))
      .when(reserved("rope"))
      .then({
        state: state("confirmed", { reserved: ["tent", "rope"] }),
        sends: [
          send("stock", "tent", "ship", { order: "o1" }),
          send("stock", "rope", "ship", { order: "o1" }),
          send("cart", "c1", "ordered", { order: "o1" }),
        ],
        reminders: noMore,
      });
  });

  test("is cancelled when one of them is refused: it releases the reservations and informs the cart", () => {
    const reason = "rope: 1 of 2 are available";
    given(Order, ["o1"], placing, reserved("tent"))
      .when(refused)
      .then({
        state: state("cancelled", { reserved: ["tent"], reason }),
        sends: [release("tent"), send("cart", "c1", "orderFailed", { order: "o1", reason })],
        reminders: noMore,
      });
  });

  test("is cancelled if the stock does not reply in time", () => {
    const reason = "the stock did not answer in time";
    given(Order, ["o1"], placing)
      .when({ name: "giveUp" })
      .then({ sends: [send("cart", "c1", "orderFailed", { order: "o1", reason })], reminders: noMore });
  });

  test("that was cancelled releases late reservations, and does nothing else", () => {
    given(Order, ["o1"], placing, refused)
      .when(reserved("tent"))
      .then({ sends: [release("tent")], reminders: [] });
    given(Order, ["o1"], placing, refused).when({ name: "giveUp" }).then({ sends: [], reminders: [] });
    given(Order, ["o1"], placing, refused).when(refused).then({ sends: [], reminders: [] });
  });

  test("that is confirmed stays so", () => {
    const confirmed = [placing, reserved("tent"), reserved("rope")];
    for (const late of [reserved("tent"), refused, { name: "giveUp" }]) {
      given(Order, ["o1"], ...confirmed)
        .when(late)
        .then({ state: state("confirmed", { reserved: ["tent", "rope"] }), sends: [] });
    }
  });

  test("is placed once, each article in one line", () => {
    given(Order, ["o1"], placing).when(placing).then({ refused: "rejected" });
    const twice = { cart: "c1", lines: [...lines, ...lines] };
    given(Order, ["o1"]).when({ name: "place", payload: twice }).then({ refused: "rejected", sends: [] });
  });
});

describe("the stock of an article", () => {
  const restock: ExampleMessage = { name: "restock", payload: { count: 3 } };
  const reserve = (order: string, count: number): ExampleMessage => ({ name: "reserve", payload: { order, count } });

  test("reserves free articles for an order, and replies", () => {
    given(Stock, ["tent"], restock)
      .when(reserve("o1", 3))
      .then({ state: { free: 0, reserved: { o1: 3 } }, sends: [send("order", "o1", "reserved", { sku: "tent" })] });
  });

  test("refuses more than is free, and changes nothing", () => {
    const reason = "1 of 2 are available";
    given(Stock, ["tent"], restock, reserve("o1", 2))
      .when(reserve("o2", 2))
      .then({
        state: { free: 1, reserved: { o1: 2 } },
        sends: [send("order", "o2", "refused", { sku: "tent", reason })],
      });
  });

  test("is free again after a release, and gone after shipping; each counts once", () => {
    const release: ExampleMessage = { name: "release", payload: { order: "o1" } };
    const ship: ExampleMessage = { name: "ship", payload: { order: "o1" } };
    const taken = [restock, reserve("o1", 2)];
    for (const history of [taken, [...taken, release]]) {
      given(Stock, ["tent"], ...history)
        .when(release)
        .then({ state: { free: 3, reserved: {} } });
    }
    for (const history of [taken, [...taken, ship]]) {
      given(Stock, ["tent"], ...history)
        .when(ship)
        .then({ state: { free: 1, reserved: {} } });
    }
    given(Stock, ["tent"], ...taken, ship)
      .when(release)
      .then({ state: { free: 1, reserved: {} } });
  });
});
