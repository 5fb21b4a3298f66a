import type { Delivery } from "./delivery.ts";

/**
 * The messages that an actor has accepted and not run yet, in the order in which they run. Asks are in memory only; a
 * message from the mailbox is in the store too, so it may be dropped here and read again.
 */
export class Inbox {
  #deliveries: Delivery[] = [];

  get length(): number {
    return this.#deliveries.length;
  }

  /** The message that runs next. */
  get first(): Delivery | undefined {
    return this.#deliveries[0];
  }

  [Symbol.iterator](): Iterator<Delivery> {
    return this.#deliveries[Symbol.iterator]();
  }

  /** Adds a message behind all others. */
  push(delivery: Delivery): void {
    this.#deliveries.push(delivery);
  }

  /** Puts a message back in front of all others. */
  putBack(delivery: Delivery): void {
    this.#deliveries.unshift(delivery);
  }

  /** Removes and returns the message that runs next. */
  shift(): Delivery | undefined {
    return this.#deliveries.shift();
  }

  /** Adds messages from the mailbox, in the order of their `mailSeq`: each before the messages accepted after it. */
  merge(mails: readonly Delivery[]): void {
    if (mails.length === 0) return;
    const merged: Delivery[] = [];
    let next = 0;
    for (const delivery of this.#deliveries) {
      for (let mail = mails[next]; mail !== undefined && mail.mailSeq <= delivery.mailSeq; mail = mails[++next]) {
        merged.push(mail);
      }
      merged.push(delivery);
    }
    merged.push(...mails.slice(next));
    this.#deliveries = merged;
  }

  remove(delivery: Delivery): void {
    const at = this.#deliveries.indexOf(delivery);
    if (at >= 0) this.#deliveries.splice(at, 1);
  }

  /** Removes and returns the asks from `first` on, or all of them. Messages from the mailbox stay. */
  takeAsks(first?: Delivery): Delivery[] {
    const from = first === undefined ? 0 : this.#deliveries.indexOf(first);
    const isTaken = (one: Delivery, at: number) => from >= 0 && at >= from && one.mail === null;
    const taken = this.#deliveries.filter(isTaken);
    this.#deliveries = this.#deliveries.filter((one, at) => !isTaken(one, at));
    return taken;
  }

  /** Drops the messages from the mailbox. Asks stay. */
  dropMails(): void {
    this.#deliveries = this.#deliveries.filter(({ mail }) => mail === null);
  }

  /** Removes and returns all messages. */
  takeAll(): Delivery[] {
    return this.#deliveries.splice(0);
  }
}
