import type { Lifecycle } from "../../protocol/actors.ts";
import type { Overview } from "../../protocol/overview.ts";

/** How many actors there are, by type and by where they are in their life: kept, never counted anew. */
export class ActorCounts {
  readonly #stored: Map<string, number>;
  readonly #inMemory = new Map<string, Map<Lifecycle, number>>();
  readonly #unstored = new Map<string, number>();

  /** @param stored the actors in the store, by type */
  constructor(types: readonly string[], stored: ReadonlyMap<string, number>) {
    this.#stored = new Map(stored);
    for (const type of types) this.#inMemory.set(type, new Map());
  }

  /** Actors that came to be in the store; or, with a negative count, that were erased from it. */
  created(type: string, count: number): void {
    this.#stored.set(type, (this.#stored.get(type) ?? 0) + count);
  }

  enter(type: string, lifecycle: Lifecycle): void {
    const counts = this.#inMemory.get(type);
    counts?.set(lifecycle, (counts.get(lifecycle) ?? 0) + 1);
  }

  leave(type: string, lifecycle: Lifecycle): void {
    const counts = this.#inMemory.get(type);
    counts?.set(lifecycle, (counts.get(lifecycle) ?? 0) - 1);
  }

  /** Actors in memory of which nothing is stored; or, with a negative count, that are stored now or are gone. */
  unstored(type: string, count: number): void {
    this.#unstored.set(type, (this.#unstored.get(type) ?? 0) + count);
  }

  /** By type; whatever is stored and not in memory is passivated. */
  counts(): Overview["types"] {
    return [...this.#inMemory].map(([type, inMemory]) => {
      const counts: Overview["types"][number]["counts"] = {};
      let total = 0;
      for (const [lifecycle, count] of inMemory) {
        total += count;
        if (count > 0) counts[lifecycle] = count;
      }
      const passivated = (this.#stored.get(type) ?? 0) - (total - (this.#unstored.get(type) ?? 0));
      if (passivated > 0) counts.passivated = passivated;
      return { type, counts };
    });
  }
}
