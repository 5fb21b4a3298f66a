/** Assigns mailSeqs. Only one node writes at a time, so it counts in memory; the next node continues from the store. */
export class MailSeqs {
  #last: number;

  /** @param last the highest mailSeq in the store */
  constructor(last: number) {
    this.#last = last;
  }

  /** The last one assigned. */
  get last(): number {
    return this.#last;
  }

  next(): number {
    this.#last += 1;
    return this.#last;
  }
}
