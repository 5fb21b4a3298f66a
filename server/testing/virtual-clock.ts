import type { Clock } from "../runtime/ports/clock.ts";

interface Timer {
  at: number;
  /** Milliseconds between two runs; undefined for one that runs once. */
  every: number | undefined;
  run: () => void;
}

/** A clock that a test moves: what was to happen meanwhile happens in its order. `soon` is real. */
export class VirtualClock implements Clock {
  readonly #timers = new Set<Timer>();
  #now: number;
  /** How far it was set from the time that has passed. */
  #offset = 0;

  constructor(start = Date.parse("2026-01-01T00:00:00Z")) {
    this.#now = start;
  }

  now(): number {
    return this.#now + this.#offset;
  }

  every(ms: number, task: () => void): () => void {
    return this.#add({ at: this.#now + ms, every: ms, run: task });
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const abort = () => {
        remove();
        resolve();
      };
      const run = () => {
        signal?.removeEventListener("abort", abort);
        resolve();
      };
      const remove = this.#add({ at: this.#now + ms, every: undefined, run });
      signal?.addEventListener("abort", abort);
    });
  }

  soon(task: () => void): void {
    setImmediate(task);
  }

  /** Moves time on by `ms` milliseconds, running on its way whatever falls due. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (let timer = this.#next(end); timer !== undefined; timer = this.#next(end)) {
      this.#now = timer.at;
      if (timer.every === undefined) this.#timers.delete(timer);
      else timer.at += timer.every;
      timer.run();
    }
    this.#now = end;
  }

  /**
   * Moves time on by `ms` milliseconds, as for a process that was paused: what repeats runs once, at the last of its times.
   * An hour costs no more than a second.
   */
  skip(ms: number): void {
    const end = this.#now + ms;
    for (const timer of this.#timers) {
      if (timer.every !== undefined && timer.at < end)
        timer.at += timer.every * Math.floor((end - timer.at) / timer.every);
    }
    this.advance(ms);
  }

  /** Sets the clock, back or forward: nobody waits any longer or shorter for that. */
  set(now: number): void {
    this.#offset = now - this.#now;
  }

  #next(end: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.at <= end && (first === undefined || timer.at < first.at)) first = timer;
    }
    return first;
  }

  #add(timer: Timer): () => void {
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }
}
