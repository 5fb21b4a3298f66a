import { z } from "zod";
import type { TurnContext } from "../../core/define/context.ts";
import { defineActor } from "../../core/define/define.ts";
import { cartMessages, line, orderMessages, stockMessages } from "./messages.ts";

/** How long an order waits for replies from the stock. */
const PATIENCE = "1m";

const state = z.object({
  status: z.enum(["new", "reserving", "confirmed", "cancelled"]),
  cart: z.string(),
  lines: z.array(line),
  reserved: z.array(z.string()),
  /** Why it was cancelled. */
  reason: z.string().nullable(),
});

/**
 * An order with a journal: a saga. It asks the stock to reserve each line and waits for the replies without blocking
 * anything. When all lines are reserved, the order is confirmed. When one is refused, or a reply is late, the
 * reservations are released.
 */
export const Order = defineActor({
  ...orderMessages,
  persistence: "journal",
  state,
  initial: () => ({ status: "new" as const, cart: "", lines: [], reserved: [], reason: null }),
  queries: { status: z.object({}) },
  on: {
    place(c, { cart, lines }) {
      if (c.state.status !== "new") c.reject("the order was placed before");
      if (new Set(lines.map(({ sku }) => sku)).size < lines.length) c.reject("an article stands in two lines");
      c.state.status = "reserving";
      c.state.cart = cart;
      c.state.lines = lines;
      for (const { sku, count } of lines) c.send(stockMessages, [sku], "reserve", { order: c.key.id, count });
      c.remind("patience", { after: PATIENCE }, "giveUp", {});
    },
    reserved(c, { sku }) {
      // Too late: the order was cancelled while the stock reserved.
      if (c.state.status === "cancelled") return c.send(stockMessages, [sku], "release", { order: c.key.id });
      if (c.state.status !== "reserving" || c.state.reserved.includes(sku)) return;
      c.state.reserved.push(sku);
      if (c.state.reserved.length < c.state.lines.length) return;
      c.state.status = "confirmed";
      c.cancelReminder("patience");
      for (const line of c.state.lines) c.send(stockMessages, [line.sku], "ship", { order: c.key.id });
      c.send(cartMessages, [c.state.cart], "ordered", { order: c.key.id });
    },
    refused(c, { sku, reason }) {
      if (c.state.status === "reserving") cancel(c, `${sku}: ${reason}`);
    },
    giveUp(c) {
      if (c.state.status === "reserving") cancel(c, "the stock did not answer in time");
    },
    status: (c) => c.state,
  },
  passivateAfter: "30m",
});

/** Releases the reservations and informs the cart. */
function cancel(c: TurnContext<z.infer<typeof state>, ["id"]>, reason: string): void {
  c.state.status = "cancelled";
  c.state.reason = reason;
  c.cancelReminder("patience");
  for (const sku of c.state.reserved) c.send(stockMessages, [sku], "release", { order: c.key.id });
  c.send(cartMessages, [c.state.cart], "orderFailed", { order: c.key.id, reason });
}
