import type { Head } from "../../../server/protocol/fold.ts";

/** An offset in a file between two entries. */
export interface Mark {
  /** The seq of the entry before it. */
  seq: number;
  /** The offset of the next entry, in bytes, and when that entry was committed. */
  offset: number;
  at: number;
  /** The state there, as JSON; null if it must be folded from an earlier mark. */
  head: string | null;
}

/** Offsets in a file from which it can be read, some with their state. */
export class Marks {
  readonly all: Mark[] = [];
  /** Every mark whose index is a multiple of this has its state. */
  #every = 1;
  #size = 0;
  readonly #maxSize: number;

  /** @param maxSize the max total size of the states, in characters */
  constructor(maxSize: number) {
    this.#maxSize = maxSize;
  }

  add(head: Head, offset: number, at: number): void {
    const mark: Mark = { seq: head.seq, offset, at, head: null };
    if (this.all.length % this.#every === 0) mark.head = JSON.stringify(head);
    this.#size += mark.head?.length ?? 0;
    this.all.push(mark);
    while (this.#size > this.#maxSize && this.#every < this.all.length) this.#thin();
  }

  /** The index of the last mark before an entry; 0 for the seq before the first entry. */
  before(seq: number): number {
    return Math.max(
      0,
      this.#last((mark) => mark.seq < seq),
    );
  }

  /** The index of the last mark whose next entry was committed at or before a time; -1 for none. */
  until(time: number): number {
    return this.#last((mark) => mark.at <= time);
  }

  /** The index of the nearest mark with a state, at or before another. The first mark always has one. */
  withState(at: number): number {
    return at - (at % this.#every);
  }

  /** Binary search: if `holds` is true for a mark, it is true for all before it. */
  #last(holds: (mark: Mark) => boolean): number {
    let [low, high] = [-1, this.all.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (holds(this.all[middle] as Mark)) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Drops every second state. */
  #thin(): void {
    for (let i = this.#every; i < this.all.length; i += 2 * this.#every) {
      const mark = this.all[i] as Mark;
      this.#size -= mark.head?.length ?? 0;
      mark.head = null;
    }
    this.#every *= 2;
  }
}
