import { create } from "mutative";
import { fold, type Head } from "../../server/protocol/fold.ts";
import type { Entry } from "../../server/protocol/journal.ts";
import type { PastWindow } from "../../server/protocol/past.ts";

/** The interval of keyframes in a window, in entries. */
const KEYFRAME = 32;
/** The number of recent states to cache. Callers rely on getting the same object. */
const MAX_CACHED = 64;
/** The max number of windows; those farthest from the viewer are dropped first. */
const MAX_WINDOWS = 12;

/** One window and its keyframes. */
interface Loaded {
  from: number;
  to: number;
  entries: readonly Entry[];
  keyframes: Head[];
}

/**
 * The known part of an actor's past: windows of its journal and the states in them, computed by the fold that recovers
 * actors. States share their unchanged parts.
 */
export class KnownPast {
  #windows: Loaded[] = [];
  readonly #cache = new Map<number, Head>();

  /** Adds a window and drops those it covers. `near` is the viewer's seq. */
  add({ base, entries }: PastWindow, near: number): void {
    const from = base.seq;
    const to = entries.at(-1)?.seq ?? from;
    const others = this.#windows.filter((other) => other.from < from || other.to > to);
    others.sort((a, b) => distance(a, near) - distance(b, near));
    this.#windows = [{ from, to, entries, keyframes: [base] }, ...others.slice(0, MAX_WINDOWS - 1)];
  }

  /** Adds new entries to the window that they follow; returns whether there was one. */
  append(entries: readonly Entry[]): boolean {
    let isLonger = false;
    for (const entry of entries) {
      const window = this.#windows.find(({ to }) => to === entry.seq - 1);
      if (window === undefined || this.entry(entry.seq) !== undefined) continue;
      window.entries = [...window.entries, entry];
      window.to = entry.seq;
      isLonger = true;
    }
    return isLonger;
  }

  /** The entry of a seq, if known. */
  entry(seq: number): Entry | undefined {
    const window = this.#windows.find(({ from, to }) => from < seq && seq <= to);
    return window?.entries[seq - window.from - 1];
  }

  /** The state at a seq, immutable; null if unknown. */
  headAt(seq: number): Head | null {
    const known = this.#cache.get(seq);
    const head = known ?? this.#make(seq);
    if (head === null) return null;
    // Moves it to the end of the cache.
    this.#cache.delete(seq);
    this.#cache.set(seq, head);
    if (this.#cache.size > MAX_CACHED) this.#cache.delete(this.#cache.keys().next().value as number);
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

  /** The next entry to read: the one at `at`, then those soon ahead or behind; null for none. */
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

/** Folds one entry with its own `create`, so that later entries cannot change its values. */
function after(head: Head, entry: Entry): Head {
  return create(head as object, (draft) => void fold(draft as Head, [entry])) as Head;
}

function distance({ from, to }: Loaded, seq: number): number {
  return Math.max(0, from - seq, seq - to);
}
