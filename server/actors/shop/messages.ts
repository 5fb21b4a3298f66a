import { z } from "zod";
import { contract } from "../../core/define/contract.ts";

/** A name that is not a member of every object, because states use it as a member. */
const name = z
  .string()
  .min(1)
  .max(64)
  .refine((text) => !(text in {}), "is a reserved name");
const sku = name;
const order = name;
const count = z.number().int().min(1).max(1_000_000);
const reason = z.string().max(500);

/** An article and its quantity in an order. */
export const line = z.object({ sku, count });

/* The messages of cart, order and stock. They send to each other, so their contracts are declared before the types. */

/** A customer's cart. If its order fails, it is restored. */
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

/** An order reserves each of its lines. It is confirmed when all are reserved, or cancelled when one cannot be. */
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

/** The stock of one article. */
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
