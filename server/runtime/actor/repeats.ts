import type { Address } from "../ports/ids.ts";
import type { Delivery } from "./delivery.ts";

/**
 * What a message on its way is known by. It lets go of the message in the end: an old table of the map may keep it for
 * a while (see `InFlight`).
 */
export interface UnderWay {
  readonly name: string;
  delivery: Delivery | undefined;
}

/** Messages on their way that have an idempotency key: a repeat of one of them does not run, but joins it. */
export class Repeats {
  readonly #underWay = new Map<string, UnderWay>();

  /** The message that is on its way to the actor under this key. */
  first(address: Address, idempotencyKey: string | undefined): Delivery | undefined {
    return idempotencyKey === undefined ? undefined : this.#underWay.get(nameOf(address, idempotencyKey))?.delivery;
  }

  /** From now on repeats join this message. */
  add(address: Address, delivery: Delivery): void {
    const { idempotencyKey } = delivery;
    if (idempotencyKey === undefined) return;
    delivery.underWay = { name: nameOf(address, idempotencyKey), delivery };
    this.#underWay.set(delivery.underWay.name, delivery.underWay);
  }

  /** The message is over; whether it was ever added or not. */
  remove({ underWay }: Delivery): void {
    if (underWay === undefined) return;
    underWay.delivery = undefined;
    if (this.#underWay.get(underWay.name) === underWay) this.#underWay.delete(underWay.name);
  }
}

function nameOf({ type, keyText }: Address, idempotencyKey: string): string {
  return `${type}/${keyText} ${idempotencyKey}`;
}
