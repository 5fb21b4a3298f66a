import type { Actor } from "../actor/actor.ts";

/**
 * Actors of a lane that have something to do, each once, first in first out. Not a `Set`, for the sake of garbage
 * collection; see `InFlight`.
 */
export class RunQueue {
  readonly #actors: Actor[] = [];

  get length(): number {
    return this.#actors.length;
  }

  add(actor: Actor): void {
    if (actor.runnable) return;
    actor.runnable = true;
    this.#actors.push(actor);
  }

  /** Takes out one after the other and runs it, those too that are added meanwhile, as long as it may go on. */
  drain(mayGoOn: () => boolean, run: (actor: Actor) => void): void {
    let taken = 0;
    for (const actor of this.#actors) {
      if (!mayGoOn()) break;
      taken += 1;
      actor.runnable = false;
      run(actor);
    }
    this.#actors.splice(0, taken);
  }
}
