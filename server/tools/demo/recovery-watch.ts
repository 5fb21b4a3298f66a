import type { Store } from "../../runtime/ports/store.ts";
import type { RuntimeEvent } from "../../runtime/shared/events.ts";
import type { Recovery } from "./messages.ts";

/** Measures the recovery of a node's one actor: what was read of the store for it, and how long it took. */
export class RecoveryWatch {
  /** The store, for the runtime to read from. */
  readonly store: Store;
  readonly #recovered: (recovery: Recovery) => void;
  #checkpoint = 0;
  #entries = 0;
  #begunAt: number | null = null;

  /** @param recovered called when an actor that was in the store is back */
  constructor(store: Store, recovered: (recovery: Recovery) => void) {
    this.#recovered = recovered;
    this.store = {
      ...store,
      loadJournals: async (addresses) => {
        const journals = await store.loadJournals(addresses);
        for (const journal of journals) this.#checkpoint = journal?.checkpoint?.seq ?? 0;
        return journals;
      },
      tails: async (wanted, limit) => {
        const entries = await store.tails(wanted, limit);
        this.#entries += entries.length;
        return entries;
      },
    };
  }

  /** To be told of every event of the runtime. */
  see(event: RuntimeEvent): void {
    if (event.kind !== "life") return;
    if (event.lifecycle === "recovering") this.#begunAt = performance.now();
    else if (this.#begunAt !== null) this.#done(performance.now() - this.#begunAt);
  }

  #done(ms: number): void {
    this.#begunAt = null;
    if (this.#checkpoint + this.#entries === 0) return;
    this.#recovered({ checkpoint: this.#checkpoint, entries: this.#entries, ms });
  }
}
