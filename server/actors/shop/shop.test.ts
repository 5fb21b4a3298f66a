import { describe, expect, test } from "vitest";
import { parsePayload } from "../../core/define/payload.ts";
import { seededRandom, uuidFrom } from "../../core/random.ts";
import type { Json } from "../../protocol/json.ts";
import { type ExampleMessage, given } from "../../testing/given.ts";
import { Cart } from "./cart.ts";
import { Order } from "./order.ts";
import { Stock } from "./stock.ts";

/** The order that a message makes. In an example the messages' ids are m0, m1 and so on. */
const madeBy = (messageId: string) => uuidFrom(seededRandom(messageId));
const send = (type: string, key: string, command: string, payload: Json) => ({ type, key, command, payload });

describe("a cart", () => {
  const add = (sku: string, count: number): ExampleMessage => ({ name: "add", payload: { sku, count } });
  const checkout: ExampleMessage = { name: "checkout" };

  test("holds articles, more and fewer of them", () => {
    given(Cart, ["c1"], add("tent", 1), add("rope", 2), add("tent", 2))
      .when({ name: "remove", payload: { sku: "rope" } })
      .then({ state: { items: { tent: 3 }, order: null, last: null }, sends: [] });
  });

  test("is ordered as a whole, and takes no change meanwhile", () => {
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

  test("that is empty is not ordered", () => {
    given(Cart, ["c1"]).when(checkout).then({ refused: "rejected", sends: [] });
  });

  test("is empty when it was ordered, and as it was when that failed; an answer to another order is none", () => {
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

  test.each(["constructor", "__proto__", "toString", ""])("takes no article of the name %j", (sku) => {
    expect(() => parsePayload(Cart.commands.add, { sku }, "cart.add")).toThrow("sku");
  });
});

describe("an order", () => {
  const lines = [
    { sku: "tent", count: 1 },
    { sku: "rope", count: 2 },
  ];
  const place: ExampleMessage = { name: "place", payload: { cart: "c1", lines } };
  const reserved = (sku: string): ExampleMessage => ({ name: "reserved", payload: { sku } });
  const refused: ExampleMessage = { name: "refused", payload: { sku: "rope", reason: "1 of 2 are there" } };
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
      .when(place)
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
    given(Order, ["o1"], place)
      .when(reserved("tent"))
      .then({ state: state("reserving", { reserved: ["tent"] }), sends: [], reminders: [] });
    given(Order, ["o1"], place, reserved("tent"))
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

  test("is cancelled when one of them is refused: what was reserved is released, and the cart told", () => {
    const reason = "rope: 1 of 2 are there";
    given(Order, ["o1"], place, reserved("tent"))
      .when(refused)
      .then({
        state: state("cancelled", { reserved: ["tent"], reason }),
        sends: [release("tent"), send("cart", "c1", "orderFailed", { order: "o1", reason })],
        reminders: noMore,
      });
  });

  test("gives up when the stock does not answer in time", () => {
    const reason = "the stock did not answer in time";
    given(Order, ["o1"], place)
      .when({ name: "giveUp" })
      .then({ sends: [send("cart", "c1", "orderFailed", { order: "o1", reason })], reminders: noMore });
  });

  test("that was cancelled releases what is reserved too late, and does nothing else", () => {
    given(Order, ["o1"], place, refused)
      .when(reserved("tent"))
      .then({ sends: [release("tent")], reminders: [] });
    given(Order, ["o1"], place, refused).when({ name: "giveUp" }).then({ sends: [], reminders: [] });
    given(Order, ["o1"], place, refused).when(refused).then({ sends: [], reminders: [] });
  });

  test("that is confirmed stays so", () => {
    const confirmed = [place, reserved("tent"), reserved("rope")];
    for (const late of [reserved("tent"), refused, { name: "giveUp" }]) {
      given(Order, ["o1"], ...confirmed)
        .when(late)
        .then({ state: state("confirmed", { reserved: ["tent", "rope"] }), sends: [] });
    }
  });

  test("is placed once, each article in one line", () => {
    given(Order, ["o1"], place).when(place).then({ refused: "rejected" });
    const twice = { cart: "c1", lines: [...lines, ...lines] };
    given(Order, ["o1"]).when({ name: "place", payload: twice }).then({ refused: "rejected", sends: [] });
  });
});

describe("the stock of an article", () => {
  const restock: ExampleMessage = { name: "restock", payload: { count: 3 } };
  const reserve = (order: string, count: number): ExampleMessage => ({ name: "reserve", payload: { order, count } });

  test("reserves for an order what is free, and says so", () => {
    given(Stock, ["tent"], restock)
      .when(reserve("o1", 3))
      .then({ state: { free: 0, reserved: { o1: 3 } }, sends: [send("order", "o1", "reserved", { sku: "tent" })] });
  });

  test("refuses what is not, and keeps what there is", () => {
    const reason = "1 of 2 are there";
    given(Stock, ["tent"], restock, reserve("o1", 2))
      .when(reserve("o2", 2))
      .then({
        state: { free: 1, reserved: { o1: 2 } },
        sends: [send("order", "o2", "refused", { sku: "tent", reason })],
      });
  });

  test("is free again when it is released, and gone when it is shipped; each once", () => {
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
