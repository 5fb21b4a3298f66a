import { fold, type Head } from "../../protocol/fold.ts";
import type { Entry, RecordedMessage } from "../../protocol/journal.ts";
import type { Json } from "../../protocol/json.ts";
import { valueAt } from "../../protocol/past.ts";
import type { Divergence } from "../../protocol/replay.ts";
import type { AddedMessage, Edit, WhatIfDivergence, WhatIfRun, WhatIfStep } from "../../protocol/what-if.ts";
import type { NamedKey } from "../define/context.ts";
import type { ActorType } from "../define/define.ts";
import { GreenroomError } from "../errors.ts";
import { firstDifference } from "../json/equal.ts";
import { Alternative, atPresent, type Ran } from "./alternative.ts";
import { compareFailure, compareTurn, differing, listOf } from "./divergence.ts";
import { type Insertion, insertions, parsed } from "./insertions.ts";
import { attemptOf, type RecordedAttempt } from "./recorded-attempt.ts";

/** A what-if before it runs: where it begins, the recorded entries that follow, and what is done otherwise. */
export interface WhatIfInput {
  base: Head;
  entries: readonly Entry[];
  edits: readonly Edit[];
  /** Milliseconds since 1970: the time of an added message, where no recorded one tells of any. */
  now: number;
}

/**
 * Runs recorded messages through the code of an actor once more, some of them changed, left out or added, and compares
 * with what is recorded. It stops at a message that asks for an effect that nothing answers. Pure: no effect is called and
 * nothing is sent. `base` and `entries` must be the caller's own: they are folded in place.
 * @throws GreenroomError `invalid_payload` or `unknown_command` for an edit that the type does not take, `not_found` for one
 * of a message that is not there, `payload_too_large` when too much comes of it, `handler_failed` when the state cannot be migrated
 */
export function runWhatIf(type: ActorType, key: NamedKey<readonly string[]>, input: WhatIfInput): WhatIfRun {
  return new Line(type, key, input).run();
}

type Told = Omit<WhatIfStep, "head" | "differs">;

/** What becomes of a message that does not run. */
const leftOut = { outcome: "left out", edit: "left out", effects: [], wants: null } satisfies Partial<Told>;
const overBefore = { outcome: "over before", edit: "none", effects: [], wants: null } satisfies Partial<Told>;

/** The messages of a what-if, one after the other, beside what is recorded. */
class Line {
  readonly #type: ActorType;
  readonly #entries: readonly Entry[];
  readonly #edits = new Map<string, Exclude<Edit, AddedMessage>>();
  /** In their order; those that have had their turn are gone. */
  readonly #added: Insertion[];
  readonly #other: Alternative;
  /** What is recorded, up to where the line is. */
  readonly #original: Head;
  /** The messages that are over, and had been tried again when it was recorded. */
  readonly #done = new Set<string>();
  readonly #steps: WhatIfStep[] = [];
  #first: WhatIfDivergence | null = null;

  constructor(type: ActorType, key: NamedKey<readonly string[]>, { base, entries, edits, now }: WhatIfInput) {
    this.#type = type;
    this.#entries = entries;
    this.#original = structuredClone(base);
    this.#other = new Alternative(type, key, base);
    for (const edit of edits) if ("message" in edit) this.#edits.set(edit.message, edit);
    requireAll([...this.#edits.keys()], entries);
    this.#added = insertions(type, base, entries, edits, now);
  }

  run(): WhatIfRun {
    const isOver = this.#entries.every((entry) => this.#addBefore(entry.seq) && this.#pass(entry));
    if (isOver) this.#addBefore(Number.POSITIVE_INFINITY);
    return { entries: this.#other.entries, steps: this.#steps, first: this.#first };
  }

  /** Runs what is added before the message that ends with an entry. Returns whether it can go on. */
  #addBefore(seq: number): boolean {
    for (let next = this.#added[0]; next !== undefined && next.after < seq; next = this.#added[0]) {
      this.#added.shift();
      const { message, effects, after } = next;
      const at = Math.max(message.now, this.#other.turnTime);
      const ran = this.#other.run({ ...message, now: at }, [], effects, 1);
      const difference = wanted(after, ran) ?? this.#unlike(after, [], ran);
      this.#tell(toStep({ ...message, now: at }, null, "added", ran), difference);
      if (ran.wants !== null) return false;
    }
    return true;
  }

  /** Takes the next recorded entry. Returns whether the line goes on. */
  #pass(entry: Entry): boolean {
    const attempt = attemptOf(this.#original, entry);
    if (attempt === null) {
      fold(this.#original, [entry]);
      return true;
    }
    const { seq, message } = attempt;
    const edit = this.#edits.get(message.id);
    const isLeftOut = edit !== undefined && "leaveOut" in edit;
    if (isLeftOut || this.#done.has(message.id)) {
      fold(this.#original, [entry]);
      const told = isLeftOut ? leftOut : overBefore;
      this.#tell({ seq, message, ...told }, this.#unlike(seq, isLeftOut ? sentBy(attempt) : [], null));
      return true;
    }
    const own = this.#edited(message, edit);
    const attempts = attempt.ending.kind === "attempt_failed" ? attempt.ending.attempt : 1;
    const ran = this.#other.run(own, attempt.effects, edit?.effects ?? [], attempts);
    fold(this.#original, [entry]);
    if (ran.result.kind === "done") this.#done.add(message.id);
    this.#tell(toStep(own, seq, edit === undefined ? "none" : "changed", ran), this.#compare(attempt, ran));
    return ran.wants === null;
  }

  #edited(message: RecordedMessage, edit: { payload?: Json | undefined } | undefined): RecordedMessage {
    if (edit?.payload === undefined) return message;
    return { ...message, payload: parsed(this.#type, message.command, edit.payload) };
  }

  #compare({ seq, effects, ending }: RecordedAttempt, ran: Ran): Divergence | null {
    const recorded = atPresent(this.#type, this.#original) ?? null;
    return (
      wanted(seq, ran) ??
      compareEffects(seq, effects, ran) ??
      (ending.kind === "turn"
        ? compareTurn(seq, ending, ran.result, recorded)
        : (compareFailure(seq, ending, ran.result) ?? this.#unlike(seq, [], null)))
    );
  }

  /** In what it differs where there is no turn on both sides: in the state, or in what is sent. */
  #unlike(seq: number, sent: readonly object[], ran: Ran | null): Divergence | null {
    const recorded = atPresent(this.#type, this.#original) ?? null;
    const sends = ran?.result.kind === "done" ? [...ran.result.sends, ...ran.result.reminders] : [];
    return (
      differing(seq, "state", recorded, this.#other.state ?? null) ??
      differing(seq, "send", listOf(sent), listOf(sends))
    );
  }

  #tell(step: Told, difference: Divergence | null): void {
    this.#steps.push({ ...step, head: this.#other.head, differs: difference?.kind ?? null });
    if (difference !== null) this.#first ??= narrowed(difference);
  }
}

function requireAll(messages: readonly string[], entries: readonly Entry[]): void {
  const there = new Set(
    entries.flatMap(({ body }) => (body.kind === "turn" || body.kind === "attempt_failed" ? [body.messageId] : [])),
  );
  const missing = messages.find((id) => !there.has(id));
  if (missing === undefined) return;
  throw new GreenroomError("not_found", `None of the messages that it goes over is ${missing}; nothing was run.`);
}

function wanted(seq: number, { wants }: Ran): Divergence | null {
  return wants === null ? null : { seq, kind: "other effect", recorded: wants.recorded, actual: wants.name };
}

function compareEffects(seq: number, recorded: RecordedAttempt["effects"], { answered }: Ran): Divergence | null {
  for (let n = 0; n < Math.max(recorded.length, answered.length); n++) {
    const [was, is] = [recorded[n]?.name ?? null, answered[n]?.effect.name ?? null];
    if (was !== is) return { seq, kind: is === null ? "missing effect" : "other effect", recorded: was, actual: is };
  }
  return null;
}

function sentBy({ ending }: RecordedAttempt): readonly object[] {
  return ending.kind === "turn" ? [...(ending.sends ?? []), ...(ending.reminders ?? [])] : [];
}

function toStep(message: RecordedMessage, seq: number | null, edit: Told["edit"], ran: Ran): Told {
  const { result, answered, wants } = ran;
  return { seq, message, edit, outcome: outcomeOf(result), effects: answered, wants };
}

function outcomeOf(result: Ran["result"]): "done" | "rejected" | "threw" | "wants" {
  if (result.kind === "effect") return "wants";
  if (result.kind === "done") return "done";
  return result.error.code === "rejected" ? "rejected" : "threw";
}

/** Of states, the values at the first path that differs: copies, since the recorded one goes on. */
function narrowed({ recorded, actual, ...rest }: Divergence): WhatIfDivergence {
  const path = rest.kind === "state" ? (firstDifference(recorded, actual) ?? []) : [];
  const at = (value: Json) => structuredClone(valueAt(value, path) ?? null);
  return { ...rest, path, recorded: at(recorded), actual: at(actual) };
}
