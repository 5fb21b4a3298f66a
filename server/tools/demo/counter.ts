import { counterType } from "../../actors/counter.ts";
import type { ActorType } from "../../core/define/define.ts";
import type { Address } from "../../runtime/ports/ids.ts";

/** The counter as replay needs it: that calls no effect, so there is no service. */
export const Counter = counterType("http://nowhere.invalid");

/** The demo's counter. */
export const key = ["c1"];
export const address: Address = { type: "counter", keyText: "c1" };

/** The most that one increment may add, by the changed rule. */
export const MOST = 7;

/** The counter with one rule changed: an increment adds `MOST` at most. */
export function withChangedRule(type: ActorType): ActorType {
  const increment = (c: { state: { value: number } }, { by }: { by: number }) => {
    c.state.value += Math.min(by, MOST);
    return c.state.value;
  };
  return { ...type, handlers: new Map(type.handlers).set("increment", increment) };
}
