import { z } from "zod";
import { defineActor } from "../../core/define/define.ts";
import { orderMessages, stockMessages } from "./messages.ts";

/** What there is of one article, kept as a journal: how much is free, and what is reserved for which order. */
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
        c.send(orderMessages, [order], "refused", { sku, reason: `${c.state.free} of ${count} are there` });
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
