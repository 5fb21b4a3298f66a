import type { Delivery } from "./delivery.ts";

/** Messages of one mailbox in memory. The rest of a page that was read may exceed it. */
const MAX_HEAD = 1_024;
/** Their payloads together, in characters of JSON. Beyond it no more are taken. */
const MAX_LENGTH = 16 * 1024 * 1024;
/** With fewer than these in memory, more are read. */
const LOW = 16;

const noHead: ReadonlyMap<number, Delivery> = new Map();
const noAside: ReadonlySet<Delivery> = new Set();

/** The part of one actor's mailbox that is in memory. The store has all of it. */
export class Mailbox {
  // Undefined while empty, as most mailboxes are, so that they take no memory.
  #aside: Set<Delivery> | undefined;
  #head: Map<number, Delivery> | undefined;
  /** The length of the payloads in memory. */
  #length = 0;
  #unreadAbove: number | null = null;
  /** Whether it is being read, and the lowest message that came meanwhile and may be missing in what is read. */
  #reading = false;
  #missed: number | null = null;
  #forgotten = false;

  /** The messages in memory, by number: in the inbox, aside, or being processed. */
  get head(): ReadonlyMap<number, Delivery> {
    return this.#head ?? noHead;
  }

  /** Failed messages that let others run before their retry. */
  get aside(): ReadonlySet<Delivery> {
    return this.#aside ?? noAside;
  }

  /** The store has messages above this number that are not in memory; null when all are in memory. */
  get unreadAbove(): number | null {
    return this.#unreadAbove;
  }

  /** Whether to read more: few are left, or an unread message comes before `next`, which runs next. */
  shouldRead(next: Delivery | undefined): boolean {
    if (this.#unreadAbove === null || this.#reading || this.aside.size >= MAX_HEAD) return false;
    return this.head.size - this.aside.size < LOW || (next !== undefined && next.mailSeq > this.#unreadAbove);
  }

  /** The store has this message; it is not in memory. */
  missed(mailSeq: number): void {
    this.#unreadAbove = below(this.#unreadAbove, mailSeq);
    if (this.#reading) this.#missed = below(this.#missed, mailSeq);
  }

  /** Takes a message that was just committed. Returns false when there is no room for it, or unread ones come first. */
  take(delivery: Delivery, mailSeq: number): boolean {
    if (this.#unreadAbove !== null || this.head.size >= MAX_HEAD || this.#length >= MAX_LENGTH) {
      this.missed(mailSeq);
      return false;
    }
    this.add(mailSeq, delivery);
    return true;
  }

  /** Adds a message. */
  add(mailSeq: number, delivery: Delivery): void {
    this.#head ??= new Map();
    this.#head.set(mailSeq, delivery);
    this.#length += lengthOf(delivery);
  }

  /** Removes a message that has left the mailbox. */
  drop(mailSeq: number): void {
    const delivery = this.#head?.get(mailSeq);
    if (delivery === undefined) return;
    this.#head?.delete(mailSeq);
    if (this.#head?.size === 0) this.#head = undefined;
    this.#length -= lengthOf(delivery);
  }

  /** A failed message lets others run first. */
  putAside(delivery: Delivery): void {
    this.#aside ??= new Set();
    this.#aside.add(delivery);
  }

  /** A message that was put aside is retried. */
  takeBack(delivery: Delivery): void {
    this.#aside?.delete(delivery);
  }

  /** Starts to read it. What is in memory now is left out. */
  startReading(): void {
    this.#reading = true;
    this.#missed = null;
    this.#forgotten = false;
  }

  /**
   * It was read up to a message; null when nothing is left. Returns false when the messages in memory were forgotten
   * meanwhile, and what was read is of no use.
   */
  finishReading(upTo: number | null): boolean {
    this.#reading = false;
    if (this.#forgotten) return false;
    this.#unreadAbove = this.#missed === null ? upTo : Math.min(upTo ?? this.#missed, this.#missed);
    return true;
  }

  /** Reading failed. */
  readFailed(): void {
    this.#reading = false;
  }

  /** Forgets the messages in memory. They are read again if `hasMail`. */
  forget(hasMail = true): void {
    this.#head = undefined;
    this.#length = 0;
    this.#aside = undefined;
    this.#unreadAbove = hasMail ? 0 : null;
    this.#forgotten = true;
  }
}

function lengthOf({ mail }: Delivery): number {
  return mail?.payload.length ?? 0;
}

function below(mark: number | null, mailSeq: number): number {
  return Math.min(mark ?? mailSeq - 1, mailSeq - 1);
}
