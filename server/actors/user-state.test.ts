import { describe, expect, test } from "vitest";
import { parsePayload } from "../core/define/payload.ts";
import { initialState, namedKey } from "../core/turn/turn.ts";
import type { Json } from "../protocol/journal.ts";
import { type ExampleMessage, given } from "../testing/given.ts";
import { UserState } from "./user-state.ts";

const FIRST = "2026-01-01T00:00:00.000Z";
const NOW = "2026-01-02T08:30:00.000Z";
const EARLIER = "2010-12-01T08:26:00Z";

const KEY = ["mall001", "user001"];
const payload = (operation: string, input: unknown): Json => {
  const schema = UserState.operations.get(operation)?.schema;
  if (schema === undefined) throw new Error(`There is no ${operation}.`);
  return parsePayload(schema, input, operation).value;
};

/** The state of a user whose first message came at `FIRST`, with some members changed. */
const user = (changed: object = {}) => ({
  mallId: "mall001",
  userId: "user001",
  lastLogin: null,
  lastCartUsedTime: null,
  recentProducts: [],
  marketingOptIn: false,
  lastEventTime: FIRST,
  ...changed,
});

test("a user's first event is the first message", () => {
  expect(initialState(UserState, namedKey(UserState, KEY), Date.parse(FIRST))).toEqual(user());
});

type Example = [what: string, given: ExampleMessage[], when: ExampleMessage, then: object, action: string];

/** Messages of `given`, each at `FIRST`. */
const viewed = (...products: string[]) =>
  products.map((productId) => ({ name: "viewProduct", payload: { productId }, at: FIRST }));
const loggedIn = { name: "userLogin", payload: {}, at: FIRST };

describe("a user", () => {
  test.each<Example>([
    ["logs in", [], { name: "userLogin" }, { lastLogin: NOW, lastEventTime: NOW }, "login"],
    [
      "logged in earlier",
      [],
      { name: "userLogin", payload: { at: EARLIER } },
      { lastLogin: EARLIER, lastEventTime: EARLIER },
      "login",
    ],
    [
      "logs in again",
      [loggedIn, { name: "useCart", payload: { at: EARLIER }, at: FIRST }],
      { name: "userLogin" },
      { lastLogin: NOW, lastCartUsedTime: EARLIER, lastEventTime: NOW },
      "login",
    ],
    ["uses the cart", [], { name: "useCart" }, { lastCartUsedTime: NOW, lastEventTime: NOW }, "cart_used"],
    [
      "used the cart earlier",
      [loggedIn],
      { name: "useCart", payload: { at: EARLIER } },
      { lastLogin: FIRST, lastCartUsedTime: EARLIER, lastEventTime: EARLIER },
      "cart_used",
    ],
    [
      "views a first product",
      [],
      { name: "viewProduct", payload: { productId: "p1" } },
      { recentProducts: ["p1"], lastEventTime: NOW },
      "product_viewed",
    ],
    [
      "viewed a product earlier",
      [],
      { name: "viewProduct", payload: { productId: "p1", at: EARLIER } },
      { recentProducts: ["p1"], lastEventTime: EARLIER },
      "product_viewed",
    ],
    [
      "views another product, which comes first",
      viewed("p1"),
      { name: "viewProduct", payload: { productId: "p2" } },
      { recentProducts: ["p2", "p1"], lastEventTime: NOW },
      "product_viewed",
    ],
    [
      "views a fourth product, and the oldest is forgotten",
      viewed("p1", "p2", "p3"),
      { name: "viewProduct", payload: { productId: "p4" } },
      { recentProducts: ["p4", "p3", "p2"], lastEventTime: NOW },
      "product_viewed",
    ],
    [
      "views the oldest product again, which comes first and is there once",
      viewed("p1", "p2", "p3"),
      { name: "viewProduct", payload: { productId: "p1" } },
      { recentProducts: ["p1", "p3", "p2"], lastEventTime: NOW },
      "product_viewed",
    ],
    [
      "views the newest product again, and only the time moves",
      viewed("p1", "p2", "p3"),
      { name: "viewProduct", payload: { productId: "p3" } },
      { recentProducts: ["p3", "p2", "p1"], lastEventTime: NOW },
      "product_viewed",
    ],
    [
      "opts in to marketing",
      [],
      { name: "setMarketingOptIn", payload: { optIn: true } },
      { marketingOptIn: true, lastEventTime: NOW },
      "marketing_opt_in_set",
    ],
    [
      "opted out of marketing earlier",
      [{ name: "setMarketingOptIn", payload: { optIn: true }, at: FIRST }],
      { name: "setMarketingOptIn", payload: { optIn: false, at: EARLIER } },
      { marketingOptIn: false, lastEventTime: EARLIER },
      "marketing_opt_in_set",
    ],
  ])("%s", (_, history, message, then, action) => {
    const state = user(then);
    given(UserState, KEY, ...history)
      .when({ ...message, at: NOW })
      .then({ state, reply: { action } });
    expect(UserState.stateSchema["~standard"].validate(state)).not.toHaveProperty("issues");
  });
});

test("a query returns the whole state, and changes nothing", () => {
  const state = user({ lastLogin: FIRST, recentProducts: ["p2", "p1"], lastEventTime: FIRST });
  given(UserState, KEY, loggedIn, ...viewed("p1", "p2"))
    .when({ name: "getUserState" })
    .then({ state, reply: state });
});

describe("a command is refused", () => {
  test.each([
    ["userLogin", { at: "yesterday" }, "at"],
    ["userLogin", { at: "2026-01-01" }, "at"],
    ["userLogin", { at: "2026-01-01T00:00:00+01:00" }, "at"],
    ["useCart", { at: 0 }, "at"],
    ["viewProduct", {}, "productId"],
    ["viewProduct", { productId: "" }, "productId"],
    ["viewProduct", { productId: "p".repeat(201) }, "productId"],
    ["setMarketingOptIn", {}, "optIn"],
    ["setMarketingOptIn", { optIn: "yes" }, "optIn"],
  ])("if its payload is invalid: %s %j", (command, input, field) => {
    expect(() => payload(command, input)).toThrow(
      expect.objectContaining({
        code: "invalid_payload",
        details: { issues: [{ path: [field], message: expect.any(String) }] },
      }),
    );
  });
});
