import type { ActorType } from "../core/define/define.ts";
import { counterType } from "./counter.ts";
import { Cart } from "./shop/cart.ts";
import { Order } from "./shop/order.ts";
import { Stock } from "./shop/stock.ts";
import { UserState } from "./user-state.ts";

/** The external services of the actors. */
export interface ActorDependencies {
  /** The base URL of the quote service that counters call. */
  quoteService: string;
}

export function actorTypes({ quoteService }: ActorDependencies): readonly ActorType[] {
  return [UserState, counterType(quoteService), Cart, Order, Stock];
}
