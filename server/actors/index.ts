import type { ActorType } from "../core/define/define.ts";
import { counterType } from "./counter.ts";
import { Cart } from "./shop/cart.ts";
import { Order } from "./shop/order.ts";
import { Stock } from "./shop/stock.ts";
import { UserState } from "./user-state.ts";

/** What actors need to know of the world around them. */
export interface ActorDependencies {
  /** The address of the service that counters ask for quotes. */
  quoteService: string;
}

/** Every actor type that the server runs. */
export function actorTypes({ quoteService }: ActorDependencies): readonly ActorType[] {
  return [UserState, counterType(quoteService), Cart, Order, Stock];
}
