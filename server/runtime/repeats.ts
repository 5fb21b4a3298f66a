import type { Delivery } from "./delivery.ts";
import type { Address } from "./ports.ts";

/** Messages on their way that have an idempotency key: a repeat of one of them does not run, but joins it. */
export class Repeats {
  readonly #underWay = new Map<string, Delivery>();

  /** The message that is on its way to the actor under this key. */
  first(address: Address, idempotencyKey: string | undefined): Delivery | undefined {
    return idempotencyKey === undefined ? undefined : this.#underWay.get(nameOf(address, idempotencyKey));
  }

  /** From now on repeats join this message. */
  add(address: Address, delivery: Delivery): void {
    const { idempotencyKey } = delivery;
    if (idempotencyKey !== undefined) this.#underWay.set(nameOf(address, idempotencyKey), delivery);
  }

  /** The message is over; whether it was ever added or not. */
  remove(address: Address, delivery: Delivery): void {
    const { idempotencyKey } = delivery;
    if (idempotencyKey === undefined) return;
    const name = nameOf(address, idempotencyKey);
    if (this.#underWay.get(name) === delivery) this.#underWay.delete(name);
  }
}

function nameOf({ type, keyText }: Address, idempotencyKey: string): string {
  return `${type}/${keyText} ${idempotencyKey}`;
}
