import { create } from "mutative";
import { fold, type Head } from "../../server/protocol/fold.ts";
import type { Entry } from "../../server/protocol/journal.ts";
import type { PastWindow } from "../../server/protocol/past.ts";

/** Every so many entries of a window the state is kept: from there to any other it is less than as many folds. */
const KEYFRAME = 32;
/** The states that were asked for last are kept: they are asked for again and again, and must be the very same. */
const MAX_MADE = 64;
/** The most windows that are kept; those farthest from where the reader is go first. */
const MAX_WINDOWS = 12;

/** One window with the states that were made of it. */
interface Loaded {
  from: number;
  to: number;
  entries: readonly Entry[];
  keyframes: Head[];
}

/**
 * What is known of an actor's past: windows of its journal, and the states in them, made by the very fold that recovers
 * actors. States share what they have in common, so the one before is kept rather than computed back.
 */
export class KnownPast {
  #windows: Loaded[] = [];
  readonly #made = new Map<number, Head>();

  /** Adds a window in place of those that it covers. `near` is where the reader is. */
  add({ base, entries }: PastWindow, near: number): void {
    const from = base.seq;
    const to = entries.at(-1)?.seq ?? from;
    const others = this.#windows.filter((other) => other.from < from || other.to > to);
    others.sort((a, b) => distance(a, near) - distance(b, near));
    this.#windows = [{ from, to, entries, keyframes: [base] }, ...others.slice(0, MAX_WINDOWS - 1)];
  }

  /** Adds entries that were committed meanwhile to the window that they follow; whether there was one. */
  append(reported: readonly Entry[]): boolean {
    let isLonger = false;
    for (const entry of reported) {
      const window = this.#windows.find(({ to }) => to === entry.seq - 1);
      if (window === undefined || this.entry(entry.seq) !== undefined) continue;
      window.entries = [...window.entries, entry];
      window.to = entry.seq;
      isLonger = true;
    }
    return isLonger;
  }

  /** The entry of a seq, if it is known. */
  entry(seq: number): Entry | undefined {
    const window = this.#windows.find(({ from, to }) => from < seq && seq <= to);
    return window?.entries[seq - window.from - 1];
  }

  /** What the actor was at a seq; null where that is not known. Never changed later. */
  headAt(seq: number): Head | null {
    const known = this.#made.get(seq);
    const head = known ?? this.#make(seq);
    if (head === null) return null;
    // What is asked for again is the last to go.
    this.#made.delete(seq);
    this.#made.set(seq, head);
    if (this.#made.size > MAX_MADE) this.#made.delete(this.#made.keys().next().value as number);
    return head;
  }

  #make(seq: number): Head | null {
    const window = this.#windows.find(({ from, to }) => from <= seq && seq <= to);
    if (window === undefined) return null;
    const { from, entries, keyframes } = window;
    const wanted = Math.floor((seq - from) / KEYFRAME);
    while (keyframes.length <= wanted) {
      const start = (keyframes.length - 1) * KEYFRAME;
      keyframes.push(entries.slice(start, start + KEYFRAME).reduce(after, keyframes.at(-1) as Head));
    }
    return entries.slice(wanted * KEYFRAME, seq - from).reduce(after, keyframes[wanted] as Head);
  }

  /** Which entry to read next: that of `at`, or those ahead and behind that come soon; null for none. */
  wanted(at: number, begins: number, head: number): number | null {
    const window = this.#windows.find(({ from, to }) => from <= at && at <= to && (at > from || at === begins - 1));
    if (window === undefined) return Math.max(at, begins - 1);
    const margin = 250;
    const ahead = window.to + 1;
    if (at > window.to - margin && ahead <= head && this.entry(ahead) === undefined) return ahead;
    if (at < window.from + margin && window.from >= begins && this.entry(window.from) === undefined) return window.from;
    return null;
  }
}

/** One create for each entry: what an entry brings is not to be changed by those after it. */
function after(head: Head, entry: Entry): Head {
  return create(head as object, (draft) => void fold(draft as Head, [entry])) as Head;
}

function distance({ from, to }: Loaded, seq: number): number {
  return Math.max(0, from - seq, seq - to);
}
