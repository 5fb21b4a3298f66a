import { z } from "zod";
import { defineActor } from "../../core/define/define.ts";
import { orderMessages, stockMessages } from "./messages.ts";

/** The stock of one article, with a journal: the free quantity, and the quantity reserved by order. */
export const Stock = defineActor({
  ...stockMessages,
  persistence: "journal",
  state: z.object({ free: z.number().int(), reserved: z.record(z.string(), z.number().int()) }),
  initial: () => ({ free: 0, reserved: {} }),
  queries: { level: z.object({}) },
  on: {
    restock(c, { count }) {
      c.state.free += count;
      return c.state.free;
    },
    reserve(c, { order, count }) {
      const { sku } = c.key;
      if (count > c.state.free) {
        c.send(orderMessages, [order], "refused", { sku, reason: `${c.state.free} of ${count} are available` });
        return;
      }
      c.state.free -= count;
      c.state.reserved[order] = count;
      c.send(orderMessages, [order], "reserved", { sku });
    },
    release(c, { order }) {
      c.state.free += c.state.reserved[order] ?? 0;
      delete c.state.reserved[order];
    },
    ship(c, { order }) {
      delete c.state.reserved[order];
    },
    level: (c) => c.state,
  },
  passivateAfter: "30m",
});
