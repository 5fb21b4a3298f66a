import type { Log } from "../../process/log.ts";
import type { Clock } from "../ports/clock.ts";
import type { ActorId } from "../ports/ids.ts";
import type { Store } from "../ports/store.ts";
import { ACTIVITY_MS } from "../shared/limits.ts";
import type { Actor } from "./actor.ts";

/** With more actors than this, their times are written before the minute has passed. */
const MAX_DIRTY = 50_000;

/** Collects the times of last activity and writes them in bulk. */
export class Activity {
  readonly #store: Store;
  readonly #log: Log;
  readonly #stop: () => void;
  readonly #dirty = new Map<ActorId, Actor>();
  #writing: Promise<void> | undefined;

  constructor(store: Store, clock: Clock, log: Log) {
    this.#store = store;
    this.#log = log;
    this.#stop = clock.every(ACTIVITY_MS, () => void this.flush());
  }

  /** A stored actor was active. */
  mark(actor: Actor): void {
    if (actor.id === null) return;
    this.#dirty.set(actor.id, actor);
    if (this.#dirty.size >= MAX_DIRTY) void this.flush();
  }

  /** Actors whose newest activity has not been written yet. */
  unwritten(): ReadonlyMap<ActorId, Actor> {
    return this.#dirty;
  }

  /** Writes what has been collected. What cannot be written is written next time. */
  async flush(): Promise<void> {
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
    return this.#writing;
  }

  async close(): Promise<void> {
    this.#stop();
    await this.#writing;
    await this.flush();
  }

  async #write(): Promise<void> {
    const rows = [...this.#dirty].map(([id, { lastActiveAt }]) => ({ id, lastActiveAt }));
    if (rows.length === 0) return;
    try {
      await this.#store.touch(rows);
      for (const { id, lastActiveAt } of rows) {
        if (this.#dirty.get(id)?.lastActiveAt === lastActiveAt) this.#dirty.delete(id);
      }
    } catch (error) {
      this.#log.warn({ err: error }, "the times of last activity could not be written; they will be written next time");
    }
  }
}
