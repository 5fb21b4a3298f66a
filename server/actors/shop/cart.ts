import { z } from "zod";
import { defineActor } from "../../core/define/define.ts";
import { cartMessages, orderMessages } from "./messages.ts";

/** How long a cart that nobody touches keeps what is in it. */
const KEPT = "30d";

/** A customer's cart, kept as one durable state. While an order of it is on its way it takes no change. */
export const Cart = defineActor({
  ...cartMessages,
  persistence: "state",
  state: z.object({
    items: z.record(z.string(), z.number().int()),
    /** The order that is on its way. */
    order: z.string().nullable(),
    /** What became of the last one. */
    last: z.object({ order: z.string(), failed: z.string().nullable() }).nullable(),
  }),
  initial: () => ({ items: {}, order: null, last: null }),
  queries: { items: z.object({}) },
  on: {
    add(c, { sku, count }) {
      if (c.state.order !== null) c.reject("the cart is being ordered");
      c.state.items[sku] = (c.state.items[sku] ?? 0) + count;
      c.remind("abandoned", { after: KEPT }, "abandon", {});
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
