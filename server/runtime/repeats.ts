import type { Delivery } from "./delivery.ts";
import type { Address } from "./ports.ts";

/** Messages on their way that have an idempotency key: a repeat of one of them does not run, but joins it. */
export class Repeats {
  readonly #underWay = new Map<string, Delivery>();
  /** What each of them is known by. */
  readonly #names = new Map<Delivery, string>();

  /** The message that is on its way to the actor under this key. */
  first(address: Address, idempotencyKey: string | undefined): Delivery | undefined {
    return idempotencyKey === undefined ? undefined : this.#underWay.get(nameOf(address, idempotencyKey));
  }

  /** From now on repeats join this message. */
  add(address: Address, delivery: Delivery): void {
    const { idempotencyKey } = delivery;
    if (idempotencyKey === undefined) return;
    const name = nameOf(address, idempotencyKey);
    this.#underWay.set(name, delivery);
    this.#names.set(delivery, name);
  }

  /** The message is over; whether it was ever added or not. */
  remove(delivery: Delivery): void {
    if (delivery.idempotencyKey === undefined) return;
    const name = this.#names.get(delivery);
    if (name === undefined) return;
    this.#names.delete(delivery);
    if (this.#underWay.get(name) === delivery) this.#underWay.delete(name);
  }
}

function nameOf({ type, keyText }: Address, idempotencyKey: string): string {
  return `${type}/${keyText} ${idempotencyKey}`;
}
