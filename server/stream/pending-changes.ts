import type { LastChange } from "../protocol/actors.ts";
import type { Entry } from "../protocol/journal.ts";
import { MAX_FRAME_BYTES, MAX_FRAME_ENTRIES } from "../protocol/stream.ts";
import type { ActorChange } from "../runtime/shared/events.ts";

/** Entries in a frame that cannot have all: enough to fill a screen. */
const SOME = 50;

/**
 * The changes of one actor since the last frame of its room. Changes that no frame will carry are dropped early, before
 * the garbage collector promotes them.
 */
export class PendingChanges {
  /** Oldest first. For an actor with a history, each has at least one entry. */
  #changes: ActorChange[] = [];
  #after = 0;

  get isEmpty(): boolean {
    return this.#changes.length === 0;
  }

  get newest(): ActorChange | undefined {
    return this.#changes.at(-1);
  }

  get lastChange(): LastChange | null {
    for (const { lastChange } of this.#changes.toReversed()) {
      if (lastChange !== null) return lastChange;
    }
    return null;
  }

  add(change: ActorChange): void {
    const changes = this.#changes;
    if (changes.length === 0) this.#after = change.seq - change.entries.length;
    changes.push(change);
    if (changes.length > MAX_FRAME_ENTRIES) changes.shift();
    if (!this.#isTooMuch) return;
    while (changes.length > 1 && change.seq - (changes[0] as ActorChange).seq >= SOME) changes.shift();
  }

  /**
   * The entries for the next frame: all, or some of the newest if there are too many (the reader fetches the rest).
   * Empty if even the newest is too large.
   */
  entries(): Entry[] {
    const max = this.#isTooMuch ? SOME : MAX_FRAME_ENTRIES;
    const found: Entry[] = [];
    let bytes = 0;
    for (const change of this.#changes.toReversed()) {
      for (const entry of change.entries.toReversed()) {
        bytes += entry.bytes;
        if (bytes > MAX_FRAME_BYTES || found.length === max) return found.reverse();
        found.push({ seq: entry.seq, at: entry.at, durationMs: entry.durationMs, body: entry.body });
      }
    }
    return found.reverse();
  }

  clear(): void {
    this.#changes = [];
  }

  get #isTooMuch(): boolean {
    const { newest } = this;
    return newest !== undefined && newest.seq - this.#after > MAX_FRAME_ENTRIES;
  }
}
