import type { Delivery } from "./delivery.ts";

/** The most messages of one mailbox that are in memory, but for the rest of a page that was read. */
const MAX_HEAD = 1_024;
/** What their payloads may have together before no more are taken, in characters of JSON. */
const MAX_LENGTH = 16 * 1024 * 1024;
/** When fewer than these are left in memory, more are read. */
const LOW = 16;

const noHead: ReadonlyMap<number, Delivery> = new Map();
const noAside: ReadonlySet<Delivery> = new Set();

/** The head of one actor's mailbox: the part of it that is in memory. */
export class Mailbox {
  // Most mailboxes are empty most of the time: then these take no memory.
  #aside: Set<Delivery> | undefined;
  #head: Map<number, Delivery> | undefined;
  /** Of the payloads in memory, together. */
  #length = 0;
  #unreadAbove: number | null = null;
  /** Whether it is being read; and what came meanwhile, which the reading may not have seen. */
  #reading = false;
  #missed: number | null = null;
  #forgotten = false;

  /** Those in memory, by their places: in line, aside, or being processed. */
  get head(): ReadonlyMap<number, Delivery> {
    return this.#head ?? noHead;
  }

  /** Those that failed and let others go first, until they are tried again. */
  get aside(): ReadonlySet<Delivery> {
    return this.#aside ?? noAside;
  }

  /** The store has messages above this place that are not in memory; null when all are in memory. */
  get unreadAbove(): number | null {
    return this.#unreadAbove;
  }

  /** Whether it is time to read more: little is left, or the next in line must not run before what is not read. */
  isHungry(next: Delivery | undefined): boolean {
    if (this.#unreadAbove === null || this.#reading || this.aside.size >= MAX_HEAD) return false;
    return this.head.size - this.aside.size < LOW || (next !== undefined && next.mailSeq > this.#unreadAbove);
  }

  /** The store has a message at this place; it is not in memory. */
  missed(mailSeq: number): void {
    this.#unreadAbove = below(this.#unreadAbove, mailSeq);
    if (this.#reading) this.#missed = below(this.#missed, mailSeq);
  }

  /** Takes a message that was committed just now; false when there is no room for it, or others come first. */
  take(delivery: Delivery, mailSeq: number): boolean {
    if (this.#unreadAbove !== null || this.head.size >= MAX_HEAD || this.#length >= MAX_LENGTH) {
      this.missed(mailSeq);
      return false;
    }
    this.keep(mailSeq, delivery);
    return true;
  }

  /** A message is in memory from now on. */
  keep(mailSeq: number, delivery: Delivery): void {
    this.#head ??= new Map();
    this.#head.set(mailSeq, delivery);
    this.#length += lengthOf(delivery);
  }

  /** A message has left the mailbox. */
  drop(mailSeq: number): void {
    const delivery = this.#head?.get(mailSeq);
    if (delivery === undefined) return;
    this.#head?.delete(mailSeq);
    if (this.#head?.size === 0) this.#head = undefined;
    this.#length -= lengthOf(delivery);
  }

  /** A message failed and lets others go first. */
  putAside(delivery: Delivery): void {
    this.#aside ??= new Set();
    this.#aside.add(delivery);
  }

  /** It is tried again. */
  takeBack(delivery: Delivery): void {
    this.#aside?.delete(delivery);
  }

  /** It is being read. What is in memory now will not be among what is read. */
  reads(): void {
    this.#reading = true;
    this.#missed = null;
    this.#forgotten = false;
  }

  /**
   * It has been read up to a place; null when nothing is left. False when what was read is of no use, since what is in
   * memory was forgotten meanwhile.
   */
  hasRead(upTo: number | null): boolean {
    this.#reading = false;
    if (this.#forgotten) return false;
    this.#unreadAbove = this.#missed === null ? upTo : Math.min(upTo ?? this.#missed, this.#missed);
    return true;
  }

  /** It could not be read. */
  failed(): void {
    this.#reading = false;
  }

  /** Forgets what is in memory: it is to be read again, unless there is nothing in it. */
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

/**
 * Puts messages that were read, in the order of their places, into a line: each ahead of whatever was accepted after it.
 */
export function mergeInto(line: Delivery[], read: readonly Delivery[]): void {
  if (read.length === 0) return;
  const merged: Delivery[] = [];
  let next = 0;
  for (const delivery of line) {
    for (let mail = read[next]; mail !== undefined && mail.mailSeq <= delivery.mailSeq; mail = read[++next]) {
      merged.push(mail);
    }
    merged.push(delivery);
  }
  merged.push(...read.slice(next));
  line.splice(0, line.length, ...merged);
}
