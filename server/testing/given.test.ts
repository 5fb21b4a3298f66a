import { describe, expect, test } from "vitest";
import { z } from "zod";
import { Order } from "../actors/shop/order.ts";
import { defineActor } from "../core/define/define.ts";
import { given } from "./given.ts";
import { ledgerType, World } from "./types/ledger.ts";
import { Note } from "./types/note.ts";

const Ledger = ledgerType(new World());
const add = (amount: number) => ({ name: "add", payload: { amount } });

describe("an example", () => {
  test("holds when state, reply or refusal is what was expected, and looks at nothing else", () => {
    given(Ledger, ["a"], add(1), add(2))
      .when(add(3))
      .then({ state: { total: 6, notes: [] }, reply: 6 });
    given(Ledger, ["a"], add(1)).when({ name: "refuse" }).then({ refused: "rejected" });
    given(Ledger, ["a"]).when(add(1)).then({});
  });

  test.each([
    [{ state: { total: 7, notes: [] } }, 'The state is {"total":6,"notes":[]}; expected {"total":7,"notes":[]}.'],
    [{ reply: 7 }, "The reply is 6; expected 7."],
    [{ refused: "rejected" }, 'The refused is undefined; expected "rejected".'],
  ])("says what came instead: %j", (expected, message) => {
    expect(() => given(Ledger, ["a"], add(3)).when(add(3)).then(expected)).toThrow(message);
  });

  test("expects what is sent, and the reminders that are set and taken back", () => {
    const order = { name: "place", payload: { cart: "c1", lines: [{ sku: "tent", count: 2 }] } };
    const reserve = { type: "stock", key: "tent", command: "reserve", payload: { order: "o1", count: 2 } };
    const patience = { name: "patience", at: "2026-01-01T00:01:01.000Z", command: "giveUp", payload: {} };
    given(Order, ["o1"])
      .when(order)
      .then({ sends: [reserve], reminders: [patience] });
    given(Order, ["o1"], order)
      .when({ name: "giveUp" })
      .then({ reminders: [{ name: "patience", cancelled: true }] });
    given(Order, ["o1"], order).when(order).then({ refused: "rejected", sends: [], reminders: [] });
    expect(() => given(Order, ["o1"]).when(order).then({ sends: [] })).toThrow("The sends are [");
  });

  test("may end with a query", () => {
    given(Ledger, ["a"], add(4))
      .when({ name: "total" })
      .then({ reply: 4, state: { total: 4, notes: [] } });
  });

  test("gives effects their outcomes, and reports an effect without one", () => {
    const ask = { name: "ask", payload: { names: ["x", "y"] } };
    given(Ledger, ["a"])
      .when({ ...ask, effects: { x: { result: 1 }, y: { result: 2 } } })
      .then({ reply: 3 });
    given(Ledger, ["a"])
      .when({ name: "askOrNote", effects: { risky: { error: { name: "Error", message: "no line" } } } })
      .then({ state: { total: 0, notes: ['effect "risky" failed: no line'] } });
    expect(() =>
      given(Ledger, ["a"])
        .when({ ...ask, effects: { x: { result: 1 } } })
        .then({}),
    ).toThrow('"ask" asks for the effect "y", which the example does not give.');
  });

  test("refuses unknown operations and invalid payloads", () => {
    expect(() => given(Ledger, ["a"]).when({ name: "subtract" }).then({})).toThrow('ledger has no "subtract".');
    expect(() => given(Ledger, ["a"]).when({ name: "add" }).then({})).toThrow("amount");
  });

  test("advances a second between messages, or to the given times", () => {
    const Watch = defineActor({
      type: "watch",
      key: ["id"],
      persistence: "state",
      state: z.object({ seen: z.array(z.string()) }),
      initial: () => ({ seen: [] as string[] }),
      commands: { look: z.object({}) },
      queries: {},
      on: {
        look(c) {
          c.state.seen.push(c.now);
        },
      },
      passivateAfter: "1m",
    });
    given(Watch, ["w"], { name: "look" }, { name: "look" }, { name: "look", at: "2026-05-01T00:00:00.000Z" })
      .when({ name: "look" })
      .then({
        state: {
          seen: [
            "2026-01-01T00:00:01.000Z",
            "2026-01-01T00:00:02.000Z",
            "2026-05-01T00:00:00.000Z",
            "2026-05-01T00:00:01.000Z",
          ],
        },
      });
  });
});

test("an example fails when a restart makes a difference", () => {
  // Negative zero is the one value that is written as another, and a handler can tell.
  const Sign = defineActor({
    type: "sign",
    key: ["id"],
    persistence: "journal",
    state: z.object({ n: z.number() }),
    initial: () => ({ n: 1 }),
    commands: { flip: z.object({}), negative: z.object({}) },
    queries: {},
    on: {
      flip(c) {
        c.state.n = -0;
      },
      negative: (c) => Object.is(c.state.n, -0),
    },
    passivateAfter: "1m",
  });
  expect(() => given(Sign, ["s"], { name: "flip" }).when({ name: "negative" }).then({ reply: true })).toThrow(
    "The reply after a restart is false; expected true.",
  );
  given(Note, ["n"], { name: "write", payload: { text: "kept" } })
    .when({ name: "retouch" })
    .then({ state: { text: "kept", edits: 2 } });
});
