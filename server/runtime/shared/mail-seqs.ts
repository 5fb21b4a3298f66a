/** Gives messages their places. One node writes at a time, so it may count by itself; a later one goes on from there. */
export class MailSeqs {
  #last: number;

  /** @param last the highest place in the store */
  constructor(last: number) {
    this.#last = last;
  }

  /** The newest that was given. */
  get last(): number {
    return this.#last;
  }

  next(): number {
    this.#last += 1;
    return this.#last;
  }
}
