import { z } from "zod";
import { contract } from "../../core/define/contract.ts";

/** What states have members by: not what every object has. */
const name = z
  .string()
  .min(1)
  .max(64)
  .refine((text) => !(text in {}), "is no name");
const sku = name;
const order = name;
const count = z.number().int().min(1).max(1_000_000);
const reason = z.string().max(500);

/** How many of which article an order is to have. */
export const line = z.object({ sku, count });

/*
 * What cart, order and stock say to each other. Each sends to the others and none waits, so what they say is told here,
 * ahead of what they do.
 */

/** A customer's cart: it is ordered as a whole, and comes back when that fails. */
export const cartMessages = contract({
  type: "cart",
  key: ["id"],
  commands: {
    add: z.object({ sku, count: count.default(1) }),
    remove: z.object({ sku }),
    checkout: z.object({}),
    abandon: z.object({}),
    ordered: z.object({ order }),
    orderFailed: z.object({ order, reason }),
  },
});

/** An order: it reserves each of its lines, and is confirmed when all are, or cancelled when one cannot be. */
export const orderMessages = contract({
  type: "order",
  key: ["id"],
  commands: {
    place: z.object({ cart: z.string().min(1).max(200), lines: z.array(line).min(1).max(100) }),
    reserved: z.object({ sku }),
    refused: z.object({ sku, reason }),
    giveUp: z.object({}),
  },
});

/** What there is of one article. */
export const stockMessages = contract({
  type: "stock",
  key: ["sku"],
  commands: {
    restock: z.object({ count }),
    reserve: z.object({ order, count }),
    release: z.object({ order }),
    ship: z.object({ order }),
  },
});
