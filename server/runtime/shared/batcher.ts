import type { Clock } from "../ports/clock.ts";

interface Waiting<I, O> {
  item: I;
  resolve: (result: O) => void;
  reject: (error: unknown) => void;
}

/**
 * Combines many calls into one: items requested during a call, or in the same tick, go together in the next. It makes one
 * call at a time, with up to `max` items. Callers must bound the number of waiting items.
 */
export class Batcher<I, O> {
  readonly #run: (items: I[]) => Promise<O[]>;
  readonly #max: number;
  readonly #clock: Clock;
  readonly #waiting: Waiting<I, O>[] = [];
  #running = false;

  constructor(run: (items: I[]) => Promise<O[]>, max: number, clock: Clock) {
    this.#run = run;
    this.#max = max;
    this.#clock = clock;
  }

  /** The result for one item. Rejects with the error of its call. */
  ask(item: I): Promise<O> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (this.#running) return;
      this.#running = true;
      this.#clock.soon(() => void this.#drain());
    });
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, this.#max);
      try {
        const results = await this.#run(batch.map((one) => one.item));
        for (const [i, one] of batch.entries()) one.resolve(results[i] as O);
      } catch (error) {
        for (const one of batch) one.reject(error);
      }
    }
    this.#running = false;
  }
}
