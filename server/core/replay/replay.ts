import { emptyHead, fold, type Head } from "../../protocol/fold.ts";
import type { Entry, MigratedEntry, RecordedEffect, RecordedMessage, TurnEntry } from "../../protocol/journal.ts";
import type { Json } from "../../protocol/json.ts";
import type { Divergence } from "../../protocol/replay.ts";
import type { NamedKey } from "../define/context.ts";
import type { ActorType } from "../define/define.ts";
import { migrate } from "../define/migrate.ts";
import { GreenroomError } from "../errors.ts";
import { isEqual } from "../json/equal.ts";
import { initialState, runTurn, type TurnResult, unbegun } from "../turn/turn.ts";
import { compareFailure, compareTurn } from "./divergence.ts";
import { attemptOf } from "./recorded-attempt.ts";

type AnyKey = NamedKey<readonly string[]>;
type Done = Extract<TurnResult, { kind: "done" }>;

/**
 * Runs recorded messages through an actor's code again, with their recorded effects, times and seeds, and compares.
 * Pure; effects are never called. After a divergence it goes on from what was recorded. What was recorded while the
 * state had another version is taken as it is: the code that knew that version is gone.
 */
export class Replay {
  readonly #type: ActorType;
  readonly #key: AnyKey;
  readonly #head: Head;
  /** The size of the state, where it is known. */
  #bytes: number | undefined;

  /** @param from where to begin: the head before the first entry, and the replay's own; the journal's begin unless told */
  constructor(type: ActorType, key: AnyKey, from: Head = emptyHead(type.version)) {
    this.#type = type;
    this.#key = key;
    this.#head = from;
  }

  /** Takes the next entry; returns how the code differs from it, or null. */
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

  /** Goes on from what is recorded. `same` is a turn that made the very same of the state: what it made is used. */
  #take(entry: Entry, same: Done | null): void {
    const { state } = this.#head;
    this.#bytes = same?.bytes;
    // A fold changes the state in place; what a turn gave is frozen, and shares parts with the state before it.
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
 * Runs a recorded message on a state, with effects that are over. Pure: no effect is called.
 * @param state undefined before the first turn
 * @param bytes the state's size, where it is known
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
    const gone = new GreenroomError("unknown_command", `${type.type} has no command "${command}" any more`);
    return unbegun(gone, effects);
  }
  try {
    const before = state ?? initialState(type, key, now);
    return runTurn(type, key, before, { id, command, payload, now }, effects, bytes);
  } catch (error) {
    return unbegun(error as GreenroomError, effects);
  }
}

function hasSamePatches(body: TurnEntry, { patches }: Done): boolean {
  return body.state === undefined && isEqual((body.patches ?? []) as unknown as Json, patches as unknown as Json);
}
