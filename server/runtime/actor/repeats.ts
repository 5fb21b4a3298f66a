import type { Address } from "../ports/ids.ts";
import type { Delivery } from "./delivery.ts";

/**
 * A pending message, by name. It drops the message when that has finished, since an old table of the map may keep it
 * alive for a while (see `InFlight`).
 */
export interface Pending {
  readonly name: string;
  delivery: Delivery | undefined;
}

/** Pending messages that have an idempotency key. A repeat of one of them does not run, but joins it. */
export class Repeats {
  readonly #pending = new Map<string, Pending>();

  /** The pending message to the actor under this key. */
  first(address: Address, idempotencyKey: string | undefined): Delivery | undefined {
    return idempotencyKey === undefined ? undefined : this.#pending.get(nameOf(address, idempotencyKey))?.delivery;
  }

  /** From now on repeats join this message. */
  add(address: Address, delivery: Delivery): void {
    const { idempotencyKey } = delivery;
    if (idempotencyKey === undefined) return;
    delivery.pending = { name: nameOf(address, idempotencyKey), delivery };
    this.#pending.set(delivery.pending.name, delivery.pending);
  }

  /** The message has finished. It need not have been added. */
  remove({ pending }: Delivery): void {
    if (pending === undefined) return;
    pending.delivery = undefined;
    if (this.#pending.get(pending.name) === pending) this.#pending.delete(pending.name);
  }
}

function nameOf({ type, keyText }: Address, idempotencyKey: string): string {
  return `${type}/${keyText} ${idempotencyKey}`;
}
