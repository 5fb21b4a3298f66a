/** One answer, on its way or there: the text to send. */
interface Slot {
  readonly cost: number;
  text: string | null;
}

/** What an answer is once it is known. After a `last` one no more are taken. */
export interface Answer {
  text: string;
  last: boolean;
}

/**
 * Puts answers that come in any order back into the order in which they were asked for, and bounds how much is asked
 * for at one time. One reader adds, one writer takes; each waits for the other.
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
   * @param maxSlots the most answers that are waited for
   * @param maxCost the most that they may cost together; a single one may cost more
   */
  constructor(maxSlots: number, maxCost: number) {
    this.#maxSlots = maxSlots;
    this.#maxCost = maxCost;
  }

  /** True when no more is taken. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Resolves when there is room for an answer of this cost, or when no more are taken. */
  async room(cost: number): Promise<void> {
    while (!this.#ended && !this.#fits(cost)) await this.#hasRoom.wait();
  }

  /** Takes the next place in the order. `answer` must not reject. */
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

  /** Says that no more come. */
  end(): void {
    this.#ended = true;
    this.#hasRoom.give();
    this.#isReady.give();
  }

  /** All that may be sent now, as one text; waits until there is something. Null when the last was taken. */
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

/** Lets one waiter go on; when given before anybody waits, the next one does not wait. */
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
