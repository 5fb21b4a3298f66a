import type { Lifecycle } from "../../protocol/actors.ts";
import type { Overview } from "../../protocol/overview.ts";

/** How many actors there are, by type and lifecycle. Updated with each change, never recounted. */
export class ActorCounts {
  readonly #stored: Map<string, number>;
  readonly #inMemory = new Map<string, Map<Lifecycle, number>>();
  readonly #unstored = new Map<string, number>();

  /** @param stored how many actors the store has, by type */
  constructor(types: readonly string[], stored: ReadonlyMap<string, number>) {
    this.#stored = new Map(stored);
    for (const type of types) this.#inMemory.set(type, new Map());
  }

  /** Actors were added to the store; or erased from it, with a negative count. */
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

  /** Actors in memory that the store does not have; with a negative count, actors that are stored now or are gone. */
  unstored(type: string, count: number): void {
    this.#unstored.set(type, (this.#unstored.get(type) ?? 0) + count);
  }

  /** The counts by type. An actor that is stored and not in memory is passivated. */
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
