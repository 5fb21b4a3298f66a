import { fold, type Head } from "../../protocol/fold.ts";
import type { Entry, Json, RecordedMessage } from "../../protocol/journal.ts";
import { valueAt } from "../../protocol/past.ts";
import type {
  AddedMessage,
  Divergence,
  Edit,
  EffectChoice,
  WhatIfDivergence,
  WhatIfRun,
  WhatIfStep,
} from "../../protocol/what-if.ts";
import type { NamedKey } from "../define/context.ts";
import type { ActorType } from "../define/define.ts";
import { parseCommand } from "../define/payload.ts";
import { GreenroomError } from "../errors.ts";
import { firstDifference } from "../json/equal.ts";
import { seededRandom, uuidFrom } from "../random.ts";
import { Alternative, migratedState, type Ran } from "./alternative.ts";
import { compareFailure, compareTurn, differing, listOf } from "./divergence.ts";
import { attemptOf, type RecordedAttempt } from "./replay.ts";

/** The input of a what-if: where it starts, the recorded entries that follow, and the edits. */
export interface WhatIfInput {
  base: Head;
  entries: readonly Entry[];
  edits: readonly Edit[];
  /** The time of an added message, in milliseconds since 1970, if no recorded message provides one. */
  now: number;
}

/**
 * Runs recorded messages through an actor's code again, with some of them changed, skipped or added, and compares the
 * results with the record. It stops at a message that wants an effect that nothing answers. Pure: no effect is called,
 * nothing is sent. `entries` must be the caller's own: they are folded in place.
 * @throws GreenroomError `invalid_payload` or `unknown_command` for an edit that the type does not accept, `not_found`
 * for a message that is not among the entries, `payload_too_large` when the result is too large, `handler_failed` when
 * the state cannot be migrated
 */
export function runWhatIf(type: ActorType, key: NamedKey<readonly string[]>, input: WhatIfInput): WhatIfRun {
  return new WhatIfReplay(type, key, input).run();
}

type Step = Omit<WhatIfStep, "head" | "differs">;

/** The steps of messages that do not run. */
const skipped = { outcome: "skipped", edit: "skipped", effects: [], wants: null } satisfies Partial<Step>;
const doneEarlier = { outcome: "done earlier", edit: "none", effects: [], wants: null } satisfies Partial<Step>;

/** Runs the messages of a what-if in order, beside the recorded history. */
class WhatIfReplay {
  readonly #type: ActorType;
  readonly #entries: readonly Entry[];
  readonly #edits = new Map<string, Exclude<Edit, AddedMessage>>();
  /** Sorted by position; a message is removed once it has run. */
  readonly #added: Insertion[];
  readonly #alternative: Alternative;
  /** The recorded history, up to the current entry. */
  readonly #original: Head;
  /** Messages that are done here, although the recorded history retried them. */
  readonly #done = new Set<string>();
  readonly #steps: WhatIfStep[] = [];
  #first: WhatIfDivergence | null = null;

  constructor(type: ActorType, key: NamedKey<readonly string[]>, { base, entries, edits, now }: WhatIfInput) {
    this.#type = type;
    this.#entries = entries;
    this.#original = structuredClone(base);
    this.#alternative = new Alternative(type, key, base);
    for (const edit of edits) if ("message" in edit) this.#edits.set(edit.message, edit);
    requireAll([...this.#edits.keys()], entries);
    this.#added = insertions(type, base, entries, edits, now);
  }

  run(): WhatIfRun {
    const isComplete = this.#entries.every((entry) => this.#addBefore(entry.seq) && this.#pass(entry));
    if (isComplete) this.#addBefore(Number.POSITIVE_INFINITY);
    return { entries: this.#alternative.entries, steps: this.#steps, first: this.#first };
  }

  /** Runs the messages that are added before an entry. Returns whether the run can continue. */
  #addBefore(seq: number): boolean {
    for (let next = this.#added[0]; next !== undefined && next.after < seq; next = this.#added[0]) {
      this.#added.shift();
      const { message, effects, after } = next;
      const at = Math.max(message.now, this.#alternative.turnTime);
      const ran = this.#alternative.run({ ...message, now: at }, [], effects, 1);
      const difference = wanted(after, ran) ?? this.#compareWithoutTurn(after, [], ran);
      this.#push(toStep({ ...message, now: at }, null, "added", ran), difference);
      if (ran.wants !== null) return false;
    }
    return true;
  }

  /** Processes the next recorded entry. Returns whether the run can continue. */
  #pass(entry: Entry): boolean {
    const attempt = attemptOf(this.#original, entry);
    if (attempt === null) {
      fold(this.#original, [entry]);
      return true;
    }
    const { seq, message } = attempt;
    const edit = this.#edits.get(message.id);
    const isSkipped = edit !== undefined && "skip" in edit;
    if (isSkipped || this.#done.has(message.id)) {
      fold(this.#original, [entry]);
      const step = isSkipped ? skipped : doneEarlier;
      this.#push({ seq, message, ...step }, this.#compareWithoutTurn(seq, isSkipped ? sentBy(attempt) : [], null));
      return true;
    }
    const own = this.#edited(message, edit);
    const attempts = attempt.ending.kind === "attempt_failed" ? attempt.ending.attempt : 1;
    const ran = this.#alternative.run(own, attempt.effects, edit?.effects ?? [], attempts);
    fold(this.#original, [entry]);
    if (ran.result.kind === "done") this.#done.add(message.id);
    this.#push(toStep(own, seq, edit === undefined ? "none" : "changed", ran), this.#compare(attempt, ran));
    return ran.wants === null;
  }

  #edited(message: RecordedMessage, edit: { payload?: Json | undefined } | undefined): RecordedMessage {
    if (edit?.payload === undefined) return message;
    return { ...message, payload: parseCommand(this.#type, message.command, edit.payload) };
  }

  #compare({ seq, effects, ending }: RecordedAttempt, ran: Ran): Divergence | null {
    const recorded = migratedState(this.#type, this.#original) ?? null;
    return (
      wanted(seq, ran) ??
      compareEffects(seq, effects, ran) ??
      (ending.kind === "turn"
        ? compareTurn(seq, ending, ran.result, recorded)
        : (compareFailure(seq, ending, ran.result) ?? this.#compareWithoutTurn(seq, [], null)))
    );
  }

  /** Compares states and sends where not both sides have a turn. */
  #compareWithoutTurn(seq: number, sent: readonly object[], ran: Ran | null): Divergence | null {
    const recorded = migratedState(this.#type, this.#original) ?? null;
    const sends = ran?.result.kind === "done" ? [...ran.result.sends, ...ran.result.reminders] : [];
    return (
      differing(seq, "state", recorded, this.#alternative.state ?? null) ??
      differing(seq, "send", listOf(sent), listOf(sends))
    );
  }

  #push(step: Step, difference: Divergence | null): void {
    this.#steps.push({ ...step, head: this.#alternative.head, differs: difference?.kind ?? null });
    if (difference !== null) this.#first ??= narrowed(difference);
  }
}

/** A message that a what-if adds after a seq. */
interface Insertion {
  after: number;
  message: RecordedMessage;
  effects: readonly EffectChoice[];
}

/**
 * The messages that edits add, in order. Their ids are deterministic, so a fork of the what-if stores what the handlers
 * made of them.
 * @param fallback their time in milliseconds since 1970, if no recorded message provides one
 * @throws GreenroomError `not_found` for a seq outside the entries; and as `parseCommand`
 */
function insertions(
  type: ActorType,
  base: Head,
  entries: readonly Entry[],
  edits: readonly Edit[],
  fallback: number,
): Insertion[] {
  const added = edits.filter((edit) => "after" in edit).sort((one, other) => one.after - other.after);
  const to = entries.at(-1)?.seq ?? base.seq;
  const now = base.turnTime > 0 ? base.turnTime : (timeOf(entries) ?? fallback);
  return added.map(({ after, command, payload, effects }, i) => {
    if (after < base.seq || after > to) {
      throw new GreenroomError(
        "not_found",
        `A message can be added after a seq from ${base.seq} to ${to}, not ${after}.`,
      );
    }
    const id = uuidFrom(seededRandom(`${base.seq} ${i} ${after} ${command} ${JSON.stringify(payload)}`));
    return { after, message: { id, command, payload: parseCommand(type, command, payload), now }, effects };
  });
}

/** The time of the first recorded message. */
function timeOf(entries: readonly Entry[]): number | undefined {
  const first = entries.find(({ body }) => "message" in body && body.message !== undefined)?.body;
  return first !== undefined && "message" in first ? first.message?.now : undefined;
}

function requireAll(messages: readonly string[], entries: readonly Entry[]): void {
  const there = new Set(
    entries.flatMap(({ body }) => (body.kind === "turn" || body.kind === "attempt_failed" ? [body.messageId] : [])),
  );
  const missing = messages.find((id) => !there.has(id));
  if (missing === undefined) return;
  throw new GreenroomError(
    "not_found",
    `There is no message ${missing} among the entries of the what-if; nothing was run.`,
  );
}

function wanted(seq: number, { wants }: Ran): Divergence | null {
  return wants === null ? null : { seq, kind: "other effect", recorded: wants.recorded, actual: wants.name };
}

function compareEffects(seq: number, recorded: RecordedAttempt["effects"], { answered }: Ran): Divergence | null {
  for (let n = 0; n < Math.max(recorded.length, answered.length); n++) {
    const [expected, actual] = [recorded[n]?.name ?? null, answered[n]?.effect.name ?? null];
    const kind = actual === null ? "missing effect" : "other effect";
    if (expected !== actual) return { seq, kind, recorded: expected, actual };
  }
  return null;
}

function sentBy({ ending }: RecordedAttempt): readonly object[] {
  return ending.kind === "turn" ? [...(ending.sends ?? []), ...(ending.reminders ?? [])] : [];
}

function toStep(message: RecordedMessage, seq: number | null, edit: Step["edit"], ran: Ran): Step {
  const { result, answered, wants } = ran;
  return { seq, message, edit, outcome: outcomeOf(result), effects: answered, wants };
}

function outcomeOf(result: Ran["result"]): "done" | "rejected" | "threw" | "wants" {
  if (result.kind === "effect") return "wants";
  if (result.kind === "done") return "done";
  return result.error.code === "rejected" ? "rejected" : "threw";
}

/**
 * For states, reduces the divergence to the values at the first path that differs. Copies them, because the recorded
 * state is folded further.
 */
function narrowed({ recorded, actual, ...rest }: Divergence): WhatIfDivergence {
  const path = rest.kind === "state" ? (firstDifference(recorded, actual) ?? []) : [];
  const at = (value: Json) => structuredClone(valueAt(value, path) ?? null);
  return { ...rest, path, recorded: at(recorded), actual: at(actual) };
}
