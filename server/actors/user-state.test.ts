import { describe, expect, test } from "vitest";
import { parsePayload } from "../core/payload.ts";
import { initialState, namedKey, runQuery, runTurn } from "../core/turn.ts";
import type { Json } from "../protocol/json.ts";
import { UserState } from "./user-state.ts";

const FIRST = "2026-01-01T00:00:00.000Z";
const NOW = "2026-01-02T08:30:00.000Z";
const EARLIER = "2010-12-01T08:26:00Z";

const key = namedKey(UserState, ["mall001", "user001"]);
const payload = (operation: string, input: unknown): Json => {
  const schema = UserState.operations.get(operation)?.schema;
  if (schema === undefined) throw new Error(`There is no ${operation}.`);
  return parsePayload(schema, input, operation).value;
};
const message = (operation: string, input: unknown) => ({
  id: "m-1",
  operation,
  payload: payload(operation, input),
  now: Date.parse(NOW),
});

/** The state of a user whose first message came at `FIRST`, but for what is told. */
const user = (told: object = {}) => ({
  mallId: "mall001",
  userId: "user001",
  lastLogin: null,
  lastCartUsedTime: null,
  recentProducts: [],
  marketingOptIn: false,
  lastEventTime: FIRST,
  ...told,
});

test("a user begins with no event but the first message", () => {
  expect(initialState(UserState, key, Date.parse(FIRST))).toEqual(user());
});

type Example = [what: string, given: object, command: string, payload: object, then: object, action: string];

describe("a user", () => {
  test.each<Example>([
    ["logs in", {}, "userLogin", {}, { lastLogin: NOW, lastEventTime: NOW }, "login"],
    ["logged in earlier", {}, "userLogin", { at: EARLIER }, { lastLogin: EARLIER, lastEventTime: EARLIER }, "login"],
    [
      "logs in again",
      { lastLogin: EARLIER, lastCartUsedTime: EARLIER },
      "userLogin",
      {},
      { lastLogin: NOW, lastCartUsedTime: EARLIER, lastEventTime: NOW },
      "login",
    ],
    ["uses the cart", {}, "useCart", {}, { lastCartUsedTime: NOW, lastEventTime: NOW }, "cart_used"],
    [
      "used the cart earlier",
      { lastLogin: FIRST },
      "useCart",
      { at: EARLIER },
      { lastLogin: FIRST, lastCartUsedTime: EARLIER, lastEventTime: EARLIER },
      "cart_used",
    ],
    [
      "views a first product",
      {},
      "viewProduct",
      { productId: "p1" },
      { recentProducts: ["p1"], lastEventTime: NOW },
      "product_viewed",
    ],
    [
      "viewed a product earlier",
      {},
      "viewProduct",
      { productId: "p1", at: EARLIER },
      { recentProducts: ["p1"], lastEventTime: EARLIER },
      "product_viewed",
    ],
    [
      "views another product, which comes first",
      { recentProducts: ["p1"] },
      "viewProduct",
      { productId: "p2" },
      { recentProducts: ["p2", "p1"], lastEventTime: NOW },
      "product_viewed",
    ],
    [
      "views a fourth product, and the oldest is forgotten",
      { recentProducts: ["p3", "p2", "p1"] },
      "viewProduct",
      { productId: "p4" },
      { recentProducts: ["p4", "p3", "p2"], lastEventTime: NOW },
      "product_viewed",
    ],
    [
      "views the oldest product again, which comes first and is there once",
      { recentProducts: ["p3", "p2", "p1"] },
      "viewProduct",
      { productId: "p1" },
      { recentProducts: ["p1", "p3", "p2"], lastEventTime: NOW },
      "product_viewed",
    ],
    [
      "views the newest product again, and only the time moves",
      { recentProducts: ["p3", "p2", "p1"] },
      "viewProduct",
      { productId: "p3" },
      { recentProducts: ["p3", "p2", "p1"], lastEventTime: NOW },
      "product_viewed",
    ],
    [
      "opts in to marketing",
      {},
      "setMarketingOptIn",
      { optIn: true },
      { marketingOptIn: true, lastEventTime: NOW },
      "marketing_opt_in_set",
    ],
    [
      "opted out of marketing earlier",
      { marketingOptIn: true },
      "setMarketingOptIn",
      { optIn: false, at: EARLIER },
      { marketingOptIn: false, lastEventTime: EARLIER },
      "marketing_opt_in_set",
    ],
  ])("%s", (_, given, command, input, then, action) => {
    const result = runTurn(UserState, key, user(given), message(command, input));
    expect(result).toEqual({ ok: true, state: user({ ...given, ...then }), reply: JSON.stringify({ action }) });
    expect(result.ok && UserState.stateSchema["~standard"].validate(result.state)).not.toHaveProperty("issues");
  });
});

test("a query gets the whole state, and changes nothing", () => {
  const state = user({ lastLogin: NOW, recentProducts: ["p2", "p1"] });
  const result = runQuery(UserState, key, state, message("getUserState", {}));
  expect(result).toEqual({ ok: true, state, reply: JSON.stringify(state) });
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
  ])("when its payload does not fit: %s %j", (command, input, field) => {
    expect(() => payload(command, input)).toThrow(
      expect.objectContaining({
        code: "invalid_payload",
        details: { issues: [{ path: [field], message: expect.any(String) }] },
      }),
    );
  });
});
