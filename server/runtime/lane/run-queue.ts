import type { Actor } from "../actor/actor.ts";

/** Actors of a lane that have something to do, each once, first in first out. Not a `Set`, for the reason in `InFlight`. */
export class RunQueue {
  readonly #actors: Actor[] = [];

  get length(): number {
    return this.#actors.length;
  }

  add(actor: Actor): void {
    if (actor.isQueued) return;
    actor.setQueued(true);
    this.#actors.push(actor);
  }

  /** Removes actors one by one and runs each, while `mayGoOn`. Actors that are added meanwhile run too. */
  drain(mayGoOn: () => boolean, run: (actor: Actor) => void): void {
    let taken = 0;
    for (const actor of this.#actors) {
      if (!mayGoOn()) break;
      taken += 1;
      actor.setQueued(false);
      run(actor);
    }
    this.#actors.splice(0, taken);
  }
}
