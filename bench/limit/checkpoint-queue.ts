import type { ActorId } from "../../server/runtime/ports/ids.ts";
import type { CheckpointRow } from "../../server/runtime/ports/past.ts";
import type { Store } from "../../server/runtime/ports/store.ts";

/** Checkpoints per statement, as in `server/runtime/history/checkpoints.ts`. */
const MAX_ROWS = 100;

/** Writes checkpoints beside the batches, as the runtime does: one statement at a time, the newest of each actor. */
export class CheckpointQueue {
  readonly #store: Store;
  readonly #waiting = new Map<ActorId, CheckpointRow>();
  #writing: Promise<void> | undefined;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Adds checkpoints to write. */
  add(rows: readonly CheckpointRow[]): void {
    for (const row of rows) this.#waiting.set(row.id, row);
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
  }

  /** Resolves when all are written. @throws the store's error */
  async written(): Promise<void> {
    await this.#writing;
  }

  async #write(): Promise<void> {
    while (this.#waiting.size > 0) {
      const rows = [...this.#waiting.values()].slice(0, MAX_ROWS);
      for (const { id } of rows) this.#waiting.delete(id);
      await this.#store.writeCheckpoints(rows);
    }
  }
}
