import type { ActorType } from "../../core/define/define.ts";
import { GreenroomError } from "../../core/errors.ts";
import type { ActorState } from "../../protocol/actors.ts";
import { emptyHead, fold, type Head } from "../../protocol/fold.ts";
import type { Entry } from "../../protocol/journal.ts";
import type { PastLine, PastWindow } from "../../protocol/past.ts";
import { headAt } from "../actor/recovery.ts";
import type { ActorId, Address } from "../ports/ids.ts";
import type { EntriesPage, Past as StoredPast } from "../ports/past.ts";
import type { Store } from "../ports/store.ts";
import { neverUsed, withoutHistory } from "../shared/refusals.ts";
import type { Types } from "../shared/types.ts";

/** Entries of a window: the distance of permanent checkpoints. */
const WINDOW = 1_000;
/** Limits of one read, in entries and in bytes of JSON. They apply to a window, too. */
const STEP = 2 * WINDOW;
const STEP_BYTES = 8 * 1024 * 1024;
/** Later than any entry, in milliseconds. */
const END_OF_TIME = Date.parse("9999-12-31T23:59:59.999Z");

export type PastStore = Pick<Store, "past" | "entries" | "seqAt">;

/** An actor whose type keeps a journal or a history. */
export interface RecordedActor {
  id: ActorId;
  keyText: string;
  type: ActorType;
}

/**
 * Finds an actor whose past is recorded.
 * @throws GreenroomError `unknown_type`, `invalid_key`; `not_found` when it was never used, or its type keeps no history;
 * StoreUnavailable
 */
export async function recordedActor(
  { store, types }: { store: Pick<Store, "summaries">; types: Types },
  address: Address,
): Promise<RecordedActor> {
  const { definition: type, keyText } = types.named(address);
  if (!type.history) throw withoutHistory(type.type);
  return { id: await idOf(store, address), keyText, type };
}

/** The id of an actor. @throws GreenroomError `not_found` when it was never used; StoreUnavailable */
export async function idOf(store: Pick<Store, "summaries">, address: Address): Promise<ActorId> {
  const [summary] = await store.summaries([address]);
  if (!summary) throw neverUsed(address);
  return summary.id;
}

/**
 * Computes past states from the nearest valid checkpoint and the entries after it, in bounded steps. It loads no actor,
 * writes nothing and runs no actor code.
 */
export class Past {
  readonly #store: PastStore;

  constructor(store: PastStore) {
    this.#store = store;
  }

  /**
   * An actor's state at a seq.
   * @throws GreenroomError `not_found` when the journal ends before it, or a required entry was pruned
   */
  async stateAt(id: ActorId, seq: number): Promise<ActorState> {
    const { state } = await this.headAt(id, seq);
    return { head: seq, state: state ?? null };
  }

  /** An actor's head at a seq. Throws as `stateAt`. */
  async headAt(id: ActorId, seq: number): Promise<Head> {
    const first = await this.#store.past({ id, at: seq, before: seq + 1, limit: STEP, bytes: STEP_BYTES });
    const head = headOf(first);
    for (let { entries } = first; ; { entries } = await this.#entries(id, head.seq, seq)) {
      advance(head, entries);
      if (head.seq === seq) return head;
      if (entries.length === 0) throw await this.#absent(id, head, seq);
    }
  }

  /** The entries of a range, a step at a time. @throws GreenroomError `not_found` if one is missing */
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
   * The last seq committed at or before a time (in milliseconds); 0 when the journal started later.
   * @throws GreenroomError `not_found` when that entry was pruned
   */
  async seqAt(id: ActorId, time: number): Promise<number> {
    const { seq, begins } = (await this.#store.seqAt(id, time)) ?? { seq: 0, begins: 1 };
    if (seq === 0 || seq >= begins) return seq;
    throw beginsAt(begins);
  }

  /** Yields progress and then the window that contains a seq. Throws as `stateAt`. */
  window(id: ActorId, at: number): AsyncGenerator<PastLine> {
    return this.#window(id, at, Math.floor(Math.max(0, at - 1) / WINDOW) * WINDOW);
  }

  /** As `window`, without progress. */
  async wholeWindow(id: ActorId, at: number): Promise<PastWindow> {
    for await (const line of this.window(id, at)) if ("window" in line) return line.window;
    throw new Error("No window was yielded.");
  }

  /** @param from the seq before the window, below `at`. The window starts later if its entries are too large. */
  async *#window(id: ActorId, at: number, from: number): AsyncGenerator<PastLine> {
    const end = from + WINDOW;
    const first = await this.#store.past({ id, at: from, before: end + 1, limit: STEP, bytes: STEP_BYTES });
    const base = headOf(first);
    const startSeq = base.seq;
    for (let { entries, more } = first; ; { entries, more } = await this.#entries(id, base.seq, end)) {
      const isShort = entries.length === 0 && !more && base.seq < at;
      const next = entries[0]?.seq ?? (isShort ? (await this.range(id)).begins : base.seq + 1);
      // The entries before `next` were pruned. A checkpoint replaces them.
      if (next > base.seq + 1 && next - 1 > from && next - 1 <= at) return yield* this.#window(id, at, next - 1);
      const within = entries.filter(({ seq }) => seq > from);
      advance(base, entries.slice(0, entries.length - within.length));
      if ((within.at(-1)?.seq ?? base.seq) >= at) {
        requireNext(base, within);
        yield { window: { base, entries: within } };
        return;
      }
      advance(base, within);
      if (!more) throw await this.#absent(id, base, at);
      yield { progress: { from: startSeq, folded: base.seq, wanted: at } };
    }
  }

  /** The first and the last stored seq; 1 and 0 without entries. */
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
  return new GreenroomError("not_found", `Earlier entries were pruned: the journal starts at ${seq}.`);
}

function endsAt(head: number, seq: number): GreenroomError {
  return new GreenroomError("not_found", `The journal ends at ${head}; it has no entry ${seq}.`);
}
