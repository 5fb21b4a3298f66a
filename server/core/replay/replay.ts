import { emptyHead, fold, type Head } from "../../protocol/fold.ts";
import type {
  AttemptFailedEntry,
  Entry,
  Json,
  MigratedEntry,
  RecordedEffect,
  RecordedMessage,
  TurnEntry,
} from "../../protocol/journal.ts";
import type { Divergence } from "../../protocol/what-if.ts";
import type { NamedKey } from "../define/context.ts";
import { type ActorType, migrate } from "../define/define.ts";
import { GreenroomError } from "../errors.ts";
import { isEqual } from "../json/equal.ts";
import { initialState, notStarted, runTurn, type TurnResult } from "../turn/turn.ts";
import { compareFailure, compareTurn } from "./divergence.ts";

type AnyKey = NamedKey<readonly string[]>;
type Done = Extract<TurnResult, { kind: "done" }>;

/** One recorded run of a message: the entry that ended it, and the effects that finished before that. */
export interface RecordedAttempt {
  seq: number;
  message: RecordedMessage;
  effects: readonly RecordedEffect[];
  ending: TurnEntry | AttemptFailedEntry;
}

/** Returns the attempt that an entry ends, or null for an entry that ends none. `head` is the journal before the entry. */
export function attemptOf({ open }: Head, { seq, body }: Entry): RecordedAttempt | null {
  if (body.kind !== "turn" && body.kind !== "attempt_failed") return null;
  if (body.message !== undefined) return { seq, message: body.message, effects: [], ending: body };
  if (open === null) throw new Error("A turn names no message, and none was received.");
  return { seq, message: open.message, effects: open.effects, ending: body };
}

/**
 * Runs recorded messages through an actor's code again, with their recorded effects, times and seeds, and compares the
 * results. Pure; effects are never called. After a divergence it continues from the recorded state. Turns of another
 * state version are not run, because the code for that version no longer exists.
 */
export class Replay {
  readonly #type: ActorType;
  readonly #key: AnyKey;
  readonly #head: Head;
  /** The size of the state, if known. */
  #bytes: number | undefined;

  /** @param from the head before the first entry, which the replay modifies; the start of the journal by default */
  constructor(type: ActorType, key: AnyKey, from: Head = emptyHead(type.version)) {
    this.#type = type;
    this.#key = key;
    this.#head = from;
  }

  /** Processes the next entry. Returns how the code differs from it, or null. */
  next(entry: Entry): Divergence | null {
    const { body } = entry;
    if (body.kind === "turn") return this.#turn(entry, body);
    const known = this.#type.version === this.#head.version;
    const found = this.#compare(entry, known);
    this.#take(entry, null);
    return found;
  }

  #turn(entry: Entry, body: TurnEntry): Divergence | null {
    const result = this.#type.version === body.version ? this.#rerun(entry) : null;
    this.#take(entry, result?.kind === "done" && hasSamePatches(body, result) ? result : null);
    return result === null ? null : compareTurn(entry.seq, body, result, this.#head.state ?? null);
  }

  #compare(entry: Entry, known: boolean): Divergence | null {
    const { seq, body } = entry;
    if (body.kind === "migrated") return this.#migrated(seq, body);
    return body.kind === "attempt_failed" && known ? compareFailure(seq, body, this.#rerun(entry)) : null;
  }

  /** Continues from the recorded entry. `same` is a turn with the same patches: its state is reused. */
  #take(entry: Entry, same: Done | null): void {
    const { state } = this.#head;
    this.#bytes = same?.bytes;
    // A fold changes the state in place, but the state of a turn is frozen and shares parts with the previous one.
    this.#head.state = same === null ? structuredClone(state) : undefined;
    fold(this.#head, [same === null ? entry : { ...entry, body: { ...(entry.body as TurnEntry), state: same.state } }]);
  }

  #migrated(seq: number, { from, to, state }: MigratedEntry): Divergence | null {
    try {
      const actual = migrate(this.#type, structuredClone(this.#head.state) as Json, from, to);
      return isEqual(actual, state) ? null : { seq, kind: "state", recorded: state, actual };
    } catch (error) {
      return { seq, kind: "throw", recorded: state, actual: error instanceof Error ? error.message : String(error) };
    }
  }

  #rerun(entry: Entry): TurnResult {
    const attempt = attemptOf(this.#head, entry);
    if (attempt === null) throw new Error(`Entry ${entry.seq} ends no turn.`);
    return rerun(this.#type, this.#key, this.#head.state, attempt.message, attempt.effects, this.#bytes);
  }
}

/**
 * Runs a recorded message on a state, with finished effects. Pure: no effect is called.
 * @param state undefined before the first turn
 * @param bytes the size of the state, if known
 */
export function rerun(
  type: ActorType,
  key: AnyKey,
  state: Json | undefined,
  { id, command, payload, now }: RecordedMessage,
  effects: readonly RecordedEffect[],
  bytes?: number,
): TurnResult {
  if (type.operations.get(command)?.kind !== "command") {
    const gone = new GreenroomError("unknown_command", `${type.type} no longer has a command "${command}"`);
    return notStarted(gone, effects);
  }
  try {
    const before = state ?? initialState(type, key, now);
    return runTurn(type, key, before, { id, command, payload, now }, effects, bytes);
  } catch (error) {
    return notStarted(error as GreenroomError, effects);
  }
}

function hasSamePatches(body: TurnEntry, { patches }: Done): boolean {
  return body.state === undefined && isEqual((body.patches ?? []) as unknown as Json, patches as unknown as Json);
}
