import { z } from "zod";
import { defineActor } from "../core/define/define.ts";

/** Number of recent products in the state. */
const RECENT_PRODUCTS = 3;

const time = z.iso.datetime();
const id = z.string().min(1).max(200);
/** The time of the event; default: the time of the message. */
const at = time.optional().describe("When it happened; default now");

/**
 * A shop's data on one user: last login, last use of the cart, the last three products viewed, consent to marketing. It
 * is the durable state of the Pekko example that the README names.
 */
export const UserState = defineActor({
  type: "user-state",
  key: ["mallId", "userId"],
  persistence: "state",
  history: true,
  state: z.object({
    mallId: z.string(),
    userId: z.string(),
    lastLogin: time.nullable(),
    lastCartUsedTime: time.nullable(),
    recentProducts: z.array(z.string()).max(RECENT_PRODUCTS),
    marketingOptIn: z.boolean(),
    lastEventTime: time,
  }),
  initial: ({ mallId, userId }, now) => ({
    mallId,
    userId,
    lastLogin: null,
    lastCartUsedTime: null,
    recentProducts: [],
    marketingOptIn: false,
    lastEventTime: now,
  }),
  commands: {
    userLogin: z.object({ at }),
    useCart: z.object({ at }),
    viewProduct: z.object({ productId: id, at }),
    setMarketingOptIn: z.object({ optIn: z.boolean(), at }),
  },
  queries: { getUserState: z.object({}) },
  on: {
    userLogin(c, { at = c.now }) {
      c.state.lastLogin = at;
      c.state.lastEventTime = at;
      return { action: "login" };
    },
    useCart(c, { at = c.now }) {
      c.state.lastCartUsedTime = at;
      c.state.lastEventTime = at;
      return { action: "cart_used" };
    },
    viewProduct(c, { productId, at = c.now }) {
      const others = c.state.recentProducts.filter((other) => other !== productId);
      c.state.recentProducts = [productId, ...others].slice(0, RECENT_PRODUCTS);
      c.state.lastEventTime = at;
      return { action: "product_viewed" };
    },
    setMarketingOptIn(c, { optIn, at = c.now }) {
      c.state.marketingOptIn = optIn;
      c.state.lastEventTime = at;
      return { action: "marketing_opt_in_set" };
    },
    getUserState: (c) => c.state,
  },
  passivateAfter: "30m",
});
