import type { Head } from "../../../server/protocol/fold.ts";

/** A place in a file between two entries. */
export interface Mark {
  /** The seq of the entry before it. */
  seq: number;
  /** Where the entry after it begins, in bytes, and when that one was committed. */
  offset: number;
  at: number;
  /** What the actor was there, as JSON; null where that is made from an earlier mark. */
  head: string | null;
}

/** Places in a file from which it can be read on. At some of them the state is kept. */
export class Marks {
  readonly all: Mark[] = [];
  /** At each mark whose number is a multiple of this the state is kept. */
  #every = 1;
  #kept = 0;
  readonly #maxKept: number;

  /** @param maxKept how much text of states is kept, in characters */
  constructor(maxKept: number) {
    this.#maxKept = maxKept;
  }

  add(head: Head, offset: number, at: number): void {
    const mark: Mark = { seq: head.seq, offset, at, head: null };
    if (this.all.length % this.#every === 0) mark.head = JSON.stringify(head);
    this.#kept += mark.head?.length ?? 0;
    this.all.push(mark);
    while (this.#kept > this.#maxKept && this.#every < this.all.length) this.#thin();
  }

  /** The number of the mark that an entry follows, or, of the seq before all entries, that of the first. */
  before(seq: number): number {
    return Math.max(
      0,
      this.#last((mark) => mark.seq < seq),
    );
  }

  /** The number of the last mark whose next entry was committed at a time or before it; -1 for none. */
  until(time: number): number {
    return this.#last((mark) => mark.at <= time);
  }

  /** The number of the nearest mark, at another or before it, at which the state is kept. The first one's always is. */
  kept(at: number): number {
    return at - (at % this.#every);
  }

  /** By halving: what `holds` tells of one it tells of all before it. */
  #last(holds: (mark: Mark) => boolean): number {
    let [low, high] = [-1, this.all.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (holds(this.all[middle] as Mark)) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Lets go of every second state that is kept. */
  #thin(): void {
    for (let i = this.#every; i < this.all.length; i += 2 * this.#every) {
      const mark = this.all[i] as Mark;
      this.#kept -= mark.head?.length ?? 0;
      mark.head = null;
    }
    this.#every *= 2;
  }
}
