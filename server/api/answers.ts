/** An answer in the queue; `text` is null until it is known. */
interface Slot {
  readonly cost: number;
  text: string | null;
}

/** A known answer. `last` ends the queue: no more answers are accepted. */
export interface Answer {
  text: string;
  last: boolean;
}

/**
 * Puts concurrent answers back into request order, and limits how many are pending. One reader adds, one writer takes;
 * each waits for the other.
 */
export class Answers {
  readonly #maxSlots: number;
  readonly #maxCost: number;
  readonly #slots: Slot[] = [];
  readonly #hasRoom = new Signal();
  readonly #isReady = new Signal();
  #cost = 0;
  #ended = false;

  /**
   * @param maxSlots maximum number of pending answers
   * @param maxCost maximum total cost of pending answers; a single one may exceed it
   */
  constructor(maxSlots: number, maxCost: number) {
    this.#maxSlots = maxSlots;
    this.#maxCost = maxCost;
  }

  /** True when no more answers are accepted. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Resolves when an answer of this cost fits, or when no more answers are accepted. */
  async room(cost: number): Promise<void> {
    while (!this.#ended && !this.#fits(cost)) await this.#hasRoom.wait();
  }

  /** Reserves the next position. `answer` must not reject. */
  add(cost: number, answer: Promise<Answer>): void {
    const slot: Slot = { cost, text: null };
    this.#slots.push(slot);
    this.#cost += cost;
    void answer.then(({ text, last }) => {
      slot.text = text;
      if (last) this.end();
      if (slot === this.#slots[0]) this.#isReady.give();
    });
  }

  /** Ends the queue. */
  end(): void {
    this.#ended = true;
    this.#hasRoom.give();
    this.#isReady.give();
  }

  /** Returns all texts that can be sent now, joined; waits until there are some. Null after the last one. */
  async take(): Promise<string | null> {
    for (;;) {
      const ready = this.#takeReady();
      if (ready !== "") return ready;
      if (this.#ended && this.#slots.length === 0) return null;
      await this.#isReady.wait();
    }
  }

  #fits(cost: number): boolean {
    if (this.#slots.length === 0) return true;
    return this.#slots.length < this.#maxSlots && this.#cost + cost <= this.#maxCost;
  }

  #takeReady(): string {
    let count = 0;
    let text = "";
    for (const slot of this.#slots) {
      if (slot.text === null) break;
      count += 1;
      text += slot.text;
      this.#cost -= slot.cost;
    }
    if (count > 0) {
      this.#slots.splice(0, count);
      this.#hasRoom.give();
    }
    return text;
  }
}

/** Wakes one waiter. If nobody waits, the next `wait` resolves at once. */
class Signal {
  #given = false;
  #waiter: (() => void) | null = null;

  give(): void {
    const waiter = this.#waiter;
    this.#waiter = null;
    if (waiter === null) this.#given = true;
    else waiter();
  }

  wait(): Promise<void> {
    if (this.#given) {
      this.#given = false;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      this.#waiter = resolve;
    });
  }
}
