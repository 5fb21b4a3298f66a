import { describe, expect, test } from "vitest";
import { parsePayload } from "../core/define/payload.ts";
import { type ExampleMessage, given } from "../testing/given.ts";
import { counterType } from "./counter.ts";

const Counter = counterType("http://quotes.invalid");
const KEY = ["c1"];

const increment = (by?: number): ExampleMessage => ({ name: "increment", payload: by === undefined ? {} : { by } });
const decrement = (by?: number): ExampleMessage => ({ name: "decrement", payload: by === undefined ? {} : { by } });
const quoted = (quote: string) => ({ quote: { result: quote } });
const failed = { quote: { error: { name: "Error", message: "the quote service answered 500" } } };

type Example = [what: string, given: ExampleMessage[], when: ExampleMessage, state: object, reply: string | number];

describe("a counter", () => {
  test.each<Example>([
    ["begins with nothing, and counts", [], increment(), { value: 1, quote: null }, 1],
    ["counts by the given amount", [increment(), increment(10)], increment(100), { value: 111, quote: null }, 111],
    ["counts down, also below nothing", [increment(2)], decrement(5), { value: -3, quote: null }, -3],
    ["counts down by one", [increment(2)], decrement(), { value: 1, quote: null }, 1],
    [
      "keeps the quote that it asked for",
      [increment(3)],
      { name: "enrich", payload: { symbol: "ACME" }, effects: quoted("100.00") },
      { value: 3, quote: "100.00" },
      "100.00",
    ],
    [
      "keeps the newest quote",
      [{ name: "enrich", payload: { symbol: "ACME" }, effects: quoted("100.00") }, increment()],
      { name: "enrich", payload: { symbol: "ACME" }, effects: quoted("101.50") },
      { value: 1, quote: "101.50" },
      "101.50",
    ],
    [
      "asks for two quotes to compare them",
      [],
      { name: "compare", payload: { symbol: "ACME", other: "BOLT" }, effects: quoted("100.00") },
      { value: 0, quote: "100.00 against 100.00" },
      "100.00 against 100.00",
    ],
  ])("%s", (_, history, message, state, reply) => {
    given(Counter, KEY, ...history)
      .when(message)
      .then({ state: state as never, reply });
    expect(Counter.stateSchema["~standard"].validate(state)).not.toHaveProperty("issues");
  });

  test("returns its value", () => {
    given(Counter, KEY).when({ name: "value" }).then({ reply: 0 });
    given(Counter, KEY, increment(5), decrement(2)).when({ name: "value" }).then({ reply: 3 });
  });

  test.each(["enrich", "compare"])("changes nothing if the service fails permanently: %s", (name) => {
    given(Counter, KEY, increment(3))
      .when({ name, payload: { symbol: "ACME", other: "BOLT" }, effects: failed })
      .then({ state: { value: 3, quote: null }, refused: "handler_failed" });
  });

  test("takes a checkpoint every 10 entries, and is passivated after 30 minutes", () => {
    expect(Counter).toMatchObject({ persistence: "journal", checkpointEvery: 10, passivateAfterMs: 30 * 60_000 });
  });
});

describe("a command is refused", () => {
  test.each([
    ["increment", { by: 0 }, "by"],
    ["increment", { by: 1.5 }, "by"],
    ["decrement", { by: -1 }, "by"],
    ["decrement", { by: 1_000_001 }, "by"],
    ["increment", { by: "1" }, "by"],
    ["enrich", {}, "symbol"],
    ["enrich", { symbol: "" }, "symbol"],
    ["enrich", { symbol: "S".repeat(21) }, "symbol"],
    ["compare", { symbol: "ACME" }, "other"],
  ])("if its payload is invalid: %s %j", (command, input, field) => {
    const schema = Counter.operations.get(command)?.schema;
    expect(() => parsePayload(schema!, input, command)).toThrow(
      expect.objectContaining({
        code: "invalid_payload",
        details: { issues: [{ path: [field], message: expect.any(String) }] },
      }),
    );
  });
});
