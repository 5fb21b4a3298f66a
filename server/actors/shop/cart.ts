import { z } from "zod";
import { defineActor } from "../../core/define/define.ts";
import { cartMessages, orderMessages } from "./messages.ts";

/** How long an unused cart keeps its items. */
const EXPIRY = "30d";

/** A customer's cart with a durable state. It cannot be changed while it is being ordered. */
export const Cart = defineActor({
  ...cartMessages,
  persistence: "state",
  state: z.object({
    items: z.record(z.string(), z.number().int()),
    /** The order in progress. */
    order: z.string().nullable(),
    /** The result of the last order. */
    last: z.object({ order: z.string(), failed: z.string().nullable() }).nullable(),
  }),
  initial: () => ({ items: {}, order: null, last: null }),
  queries: { items: z.object({}) },
  on: {
    add(c, { sku, count }) {
      if (c.state.order !== null) c.reject("the cart is being ordered");
      c.state.items[sku] = (c.state.items[sku] ?? 0) + count;
      c.remind("abandoned", { after: EXPIRY }, "abandon", {});
    },
    remove(c, { sku }) {
      if (c.state.order !== null) c.reject("the cart is being ordered");
      delete c.state.items[sku];
    },
    checkout(c) {
      const lines = Object.entries(c.state.items).map(([sku, count]) => ({ sku, count }));
      if (c.state.order !== null) c.reject("the cart is being ordered");
      if (lines.length === 0) c.reject("the cart is empty");
      const order = c.uuid();
      c.state.order = order;
      c.send(orderMessages, [order], "place", { cart: c.key.id, lines });
      return { order };
    },
    abandon(c) {
      if (c.state.order === null) c.state.items = {};
    },
    ordered(c, { order }) {
      if (c.state.order !== order) return;
      c.state.items = {};
      c.state.order = null;
      c.state.last = { order, failed: null };
      c.cancelReminder("abandoned");
    },
    orderFailed(c, { order, reason }) {
      if (c.state.order !== order) return;
      c.state.order = null;
      c.state.last = { order, failed: reason };
    },
    items: (c) => c.state.items,
  },
  passivateAfter: "30m",
});
