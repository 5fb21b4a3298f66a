import type { ActorId } from "../../server/runtime/ports/ids.ts";
import type { CheckpointRow } from "../../server/runtime/ports/past.ts";
import type { Store } from "../../server/runtime/ports/store.ts";

/** Checkpoints in one statement, as in `server/runtime/history/checkpoints.ts`. */
const MAX_ROWS = 100;

/** Writes checkpoints beside the batches, as the runtime does: one statement at a time, of each actor the newest. */
export class CheckpointQueue {
  readonly #store: Store;
  /** One of each actor at most. */
  readonly #waiting = new Map<ActorId, CheckpointRow>();
  #writing: Promise<void> | undefined;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Takes checkpoints that are to be written. */
  add(rows: readonly CheckpointRow[]): void {
    for (const row of rows) this.#waiting.set(row.id, row);
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
  }

  /** Resolves when all are written. @throws what the store threw */
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
