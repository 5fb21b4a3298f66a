import type { LastChange } from "../protocol/actors.ts";
import type { Entry } from "../protocol/journal.ts";
import { MAX_FRAME_BYTES, MAX_FRAME_ENTRIES } from "../protocol/stream.ts";
import type { ActorChange } from "../runtime/shared/events.ts";

/** Entries that a frame has where it cannot have all: what a screen shows. */
const SOME = 50;

/**
 * What one actor did since the last frame of its room. It is looked at when a frame is made; of what none will tell, little
 * is held meanwhile: what is held survives the collections of garbage.
 */
export class PendingChanges {
  /** Oldest first. Each of an actor with a history has an entry, or more. */
  #changes: ActorChange[] = [];
  /** The seq before the first of them. */
  #after = 0;

  get isEmpty(): boolean {
    return this.#changes.length === 0;
  }

  /** The newest of all. */
  get newest(): ActorChange | undefined {
    return this.#changes.at(-1);
  }

  /** The newest change to the state itself. */
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
   * The entries, where one frame carries them; else its reader asks for the rest anyway, and it has some of the newest:
   * none, where the very newest is too large for it.
   */
  entries(): Entry[] {
    const most = this.#isTooMuch ? SOME : MAX_FRAME_ENTRIES;
    const found: Entry[] = [];
    let bytes = 0;
    for (const change of this.#changes.toReversed()) {
      for (const entry of change.entries.toReversed()) {
        bytes += entry.bytes;
        if (bytes > MAX_FRAME_BYTES || found.length === most) return found.reverse();
        found.push({ seq: entry.seq, at: entry.at, durationMs: entry.durationMs, body: entry.body });
      }
    }
    return found.reverse();
  }

  /** All is told, or holds no more. */
  clear(): void {
    this.#changes = [];
  }

  get #isTooMuch(): boolean {
    const { newest } = this;
    return newest !== undefined && newest.seq - this.#after > MAX_FRAME_ENTRIES;
  }
}
