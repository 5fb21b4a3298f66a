import { emptyHead, fold, type Head } from "../protocol/fold.ts";
import type {
  AttemptFailedEntry,
  Entry,
  EntryBody,
  MigratedEntry,
  RecordedEffect,
  RecordedMessage,
  TurnEntry,
} from "../protocol/journal.ts";
import type { Json } from "../protocol/json.ts";
import type { Divergence } from "../protocol/replay.ts";
import type { NamedKey } from "./context.ts";
import type { ActorType } from "./define.ts";
import { isEqual } from "./equal.ts";
import { GreenroomError } from "./errors.ts";
import { migrate } from "./migrate.ts";
import { initialState, runTurn, type TurnResult, unbegun } from "./turn.ts";

/**
 * Runs recorded messages through an actor's code again, with their recorded effects, times and seeds, and compares.
 * Pure; effects are never called. After a divergence it goes on from what was recorded. What was recorded while the
 * state had another version is taken as it is: the code that knew that version is gone.
 */
export class Replay {
  readonly #type: ActorType;
  readonly #key: NamedKey<readonly string[]>;
  readonly #head: Head;
  /** The size of the state, where it is known. */
  #bytes: number | undefined;

  /** @param from where to begin: the head before the first entry, and the replay's own; the journal's begin unless told */
  constructor(type: ActorType, key: NamedKey<readonly string[]>, from: Head = emptyHead(type.version)) {
    this.#type = type;
    this.#key = key;
    this.#head = from;
  }

  /** Takes the next entry; returns how the code differs from it, or null. */
  next(entry: Entry): Divergence | null {
    const { seq, body } = entry;
    const { state } = this.#head;
    const known = this.#type.version === (body.kind === "turn" ? body.version : this.#head.version);
    const result = body.kind === "turn" && known ? this.#run(body.message) : null;
    const same = body.kind === "turn" && result?.kind === "done" && hasSamePatches(body, result) ? result.state : null;
    const found = body.kind === "turn" ? null : this.#compare(seq, body, known);
    this.#bytes = same === null ? undefined : (result as Extract<TurnResult, { kind: "done" }>).bytes;
    // A fold changes the state in place; what a turn gave is frozen, and shares parts with the state before it.
    this.#head.state = same === null ? structuredClone(state) : undefined;
    fold(this.#head, [same === null ? entry : { ...entry, body: { ...(body as TurnEntry), state: same } }]);
    if (body.kind !== "turn" || result === null) return found;
    return compareTurn(seq, body, result, this.#head.state ?? null);
  }

  #compare(seq: number, body: Exclude<EntryBody, TurnEntry>, known: boolean): Divergence | null {
    switch (body.kind) {
      case "attempt_failed":
        return known ? this.#failed(seq, body) : null;
      case "migrated":
        return this.#migrated(seq, body);
      default:
        return null;
    }
  }

  #failed(seq: number, { message, error }: AttemptFailedEntry): Divergence | null {
    const result = this.#run(message);
    if (result.kind === "failed") return null;
    if (result.kind !== "done") return { seq, ...unfinished(result, error.message) };
    return { seq, kind: "throw", recorded: error.message, actual: null };
  }

  #migrated(seq: number, { from, to, state }: MigratedEntry): Divergence | null {
    try {
      const actual = migrate(this.#type, structuredClone(this.#head.state) as Json, from, to);
      return isEqual(actual, state) ? null : { seq, kind: "state", recorded: state, actual };
    } catch (error) {
      return { seq, kind: "throw", recorded: state, actual: error instanceof Error ? error.message : String(error) };
    }
  }

  #run(own: RecordedMessage | undefined): TurnResult {
    const message = own ?? this.#head.open?.message;
    if (message === undefined) throw new Error("A turn names no message, and none was received.");
    const effects: RecordedEffect[] = own === undefined ? (this.#head.open?.effects ?? []) : [];
    const { id, command: operation, payload, now } = message;
    if (this.#type.operations.get(operation)?.kind !== "command") {
      const gone = new GreenroomError("unknown_command", `${this.#type.type} has no command "${operation}" any more`);
      return unbegun(gone, effects);
    }
    try {
      const before = this.#head.state ?? initialState(this.#type, this.#key, now);
      return runTurn(this.#type, this.#key, before, { id, operation, payload, now }, effects, this.#bytes);
    } catch (error) {
      return unbegun(error as GreenroomError, effects);
    }
  }
}

function hasSamePatches(body: TurnEntry, { patches }: Extract<TurnResult, { kind: "done" }>): boolean {
  return body.state === undefined && isEqual((body.patches ?? []) as unknown as Json, patches as unknown as Json);
}

/** Replies and states are compared, not patches: another way to the same state is no divergence. */
function compareTurn(seq: number, body: TurnEntry, result: TurnResult, recorded: Json): Divergence | null {
  if (result.kind !== "done") return { seq, ...unfinished(result, body.reply) };
  const reply = JSON.parse(result.reply) as Json;
  return (
    differing(seq, "reply", body.reply, reply) ??
    differing(seq, "state", recorded, result.state) ??
    differing(seq, "send", (body.sends ?? []) as unknown as Json, result.sends as unknown as Json) ??
    differing(seq, "reminder", (body.reminders ?? []) as unknown as Json, result.reminders as unknown as Json)
  );
}

function differing(seq: number, kind: Divergence["kind"], recorded: Json, actual: Json): Divergence | null {
  return isEqual(actual, recorded) ? null : { seq, kind, recorded, actual };
}

function unfinished(result: Exclude<TurnResult, { kind: "done" }>, recorded: Json): Omit<Divergence, "seq"> {
  switch (result.kind) {
    case "failed":
      return { kind: "throw", recorded, actual: result.error.message };
    case "diverged": {
      const { kind, recorded: was, actual } = result.divergence;
      return { kind, recorded: was, actual };
    }
    default:
      return { kind: "other effect", recorded: null, actual: result.call.name };
  }
}
