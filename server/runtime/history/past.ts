import { GreenroomError } from "../../core/errors.ts";
import type { ActorState } from "../../protocol/actors.ts";
import { emptyHead, fold, type Head } from "../../protocol/fold.ts";
import type { Entry } from "../../protocol/journal.ts";
import type { PastLine, PastWindow } from "../../protocol/past.ts";
import { headAt } from "../actor/recovery.ts";
import type { ActorId } from "../ports/ids.ts";
import type { EntriesPage, Past as StoredPast } from "../ports/past.ts";
import type { Store } from "../ports/store.ts";

/** Entries of a window: as far apart as the checkpoints are that are kept for good. */
const WINDOW = 1_000;
/** Entries that are read and folded at one time, and their bytes of JSON; so many a window has at most, too. */
const STEP = 2 * WINDOW;
const STEP_BYTES = 8 * 1024 * 1024;
/** Later than any entry, in milliseconds. */
const END_OF_TIME = Date.parse("9999-12-31T23:59:59.999Z");

/** What of the store the past needs. */
export type PastStore = Pick<Store, "past" | "entries" | "seqAt">;

/**
 * Makes past states from what is stored: the nearest checkpoint whose checksum holds, and the entries after it, in steps
 * of bounded size. Wakes nobody, writes nothing, runs no code of an actor.
 */
export class Past {
  readonly #store: PastStore;

  constructor(store: PastStore) {
    this.#store = store;
  }

  /**
   * The state that an actor had at a seq.
   * @throws GreenroomError `not_found` when the journal does not reach so far, or what is needed was pruned
   */
  async stateAt(id: ActorId, seq: number): Promise<ActorState> {
    const { state } = await this.headAt(id, seq);
    return { head: seq, state: state ?? null };
  }

  /** All that an actor was at a seq. Throws as `stateAt`. */
  async headAt(id: ActorId, seq: number): Promise<Head> {
    const begin = await this.#store.past({ id, at: seq, before: seq + 1, limit: STEP, bytes: STEP_BYTES });
    const head = headOf(begin);
    for (let { entries } = begin; ; { entries } = await this.#entries(id, head.seq, seq)) {
      advance(head, entries);
      if (head.seq === seq) return head;
      if (entries.length === 0) throw await this.#absent(id, head, seq);
    }
  }

  /** The entries of a range, a step at a time. @throws GreenroomError `not_found` where one is missing */
  async *entries(id: ActorId, from: number, to: number): AsyncGenerator<Entry[]> {
    for (let after = from - 1; after < to; ) {
      const { entries } = await this.#entries(id, after, to);
      const last = entries.at(-1);
      if (last === undefined || entries[0]?.seq !== after + 1) throw endsAt(after, after + 1);
      yield entries;
      after = last.seq;
    }
  }

  /**
   * The last seq that was committed at a time (in milliseconds) or before it; 0 when the journal began later.
   * @throws GreenroomError `not_found` when what was then was pruned
   */
  async seqAt(id: ActorId, time: number): Promise<number> {
    const { seq, begins } = (await this.#store.seqAt(id, time)) ?? { seq: 0, begins: 1 };
    if (seq === 0 || seq >= begins) return seq;
    throw beginsAt(begins);
  }

  /** The window that holds the entry of a seq, with how far it has come before. Throws as `stateAt`. */
  window(id: ActorId, at: number): AsyncGenerator<PastLine> {
    return this.#window(id, at, Math.floor(Math.max(0, at - 1) / WINDOW) * WINDOW);
  }

  /** As `window`, without what comes before. */
  async wholeWindow(id: ActorId, at: number): Promise<PastWindow> {
    for await (const line of this.window(id, at)) if ("window" in line) return line.window;
    throw new Error("A window ended before it was there.");
  }

  /** @param from where it is to begin, below `at`; later where so many entries would be too large */
  async *#window(id: ActorId, at: number, from: number): AsyncGenerator<PastLine> {
    const end = from + WINDOW;
    const begin = await this.#store.past({ id, at: from, before: end + 1, limit: STEP, bytes: STEP_BYTES });
    const base = headOf(begin);
    const { seq: begun } = base;
    for (let { entries, more } = begin; ; { entries, more } = await this.#entries(id, base.seq, end)) {
      const isShort = entries.length === 0 && !more && base.seq < at;
      const first = entries[0]?.seq ?? (isShort ? (await this.range(id)).begins : base.seq + 1);
      // What came before was pruned, but for what a checkpoint stands for.
      if (first > base.seq + 1 && first - 1 > from && first - 1 <= at) return yield* this.#window(id, at, first - 1);
      const within = entries.filter(({ seq }) => seq > from);
      advance(base, entries.slice(0, entries.length - within.length));
      if ((within.at(-1)?.seq ?? base.seq) >= at) {
        requireNext(base, within);
        yield { window: { base, entries: within } };
        return;
      }
      advance(base, within);
      if (!more) throw await this.#absent(id, base, at);
      yield { progress: { from: begun, folded: base.seq, wanted: at } };
    }
  }

  /** The first seq that is kept, and the last; as if there were one to come where none is. */
  async range(id: ActorId): Promise<{ begins: number; head: number }> {
    const { begins, seq } = (await this.#store.seqAt(id, END_OF_TIME)) ?? { begins: 1, seq: 0 };
    return { begins, head: seq };
  }

  async #absent(id: ActorId, { seq: reached }: Head, seq: number): Promise<GreenroomError> {
    const { begins, head } = await this.range(id);
    return reached < begins - 1 && seq <= head ? beginsAt(begins) : endsAt(head, seq);
  }

  #entries(id: ActorId, after: number, end: number): Promise<EntriesPage> {
    return this.#store.entries({ id, after, limit: Math.min(STEP, end - after), bytes: STEP_BYTES });
  }
}

function headOf({ checkpoint }: StoredPast): Head {
  return checkpoint === null ? emptyHead(0) : headAt(checkpoint);
}

function advance(head: Head, entries: readonly Entry[]): void {
  requireNext(head, entries);
  fold(head, entries);
}

function requireNext({ seq }: Head, [first]: readonly Entry[]): void {
  if (first !== undefined && first.seq !== seq + 1) throw beginsAt(first.seq);
}

function beginsAt(seq: number): GreenroomError {
  return new GreenroomError("not_found", `What came before was pruned: the journal begins at ${seq}.`);
}

function endsAt(head: number, seq: number): GreenroomError {
  return new GreenroomError("not_found", `The journal ends at ${head}; ${seq} is not in it.`);
}
