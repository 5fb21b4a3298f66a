import type { Json, RecordedEffect } from "../../server/protocol/journal.ts";
import type {
  AddedMessage,
  AnsweredEffect,
  Edit,
  EffectChoice,
  WhatIf,
  WhatIfStep,
} from "../../server/protocol/what-if.ts";

/** A message of a what-if: a recorded one by its id, or an added one by its index. */
export type Target = { message: string } | { added: number };

/** One message of a what-if. `key` identifies it in the address: its seq, or `+` and the index of an added one. */
export interface Line {
  key: string;
  step: WhatIfStep;
  target: Target;
  /** The recorded entry to compare with. */
  seq: number;
}

/** The messages of a what-if, in order. */
export function linesOf({ steps, base }: WhatIf): Line[] {
  let added = 0;
  let seq = base.seq;
  return steps.map((step) => {
    seq = step.seq ?? seq;
    if (step.seq !== null) return { key: `${step.seq}`, step, target: { message: step.message.id }, seq };
    const target = { added: added++ };
    return { key: `+${target.added}`, step, target, seq };
  });
}

/** The number of recorded messages that did not run, because one before them needs an effect without a result. */
export function unrunOf({ steps, original }: WhatIf): number {
  const last = steps.at(-1);
  if (last === undefined || last.wants === null) return 0;
  const reached = steps.findLast((step) => step.seq !== null)?.seq ?? 0;
  return original.filter(({ seq, body: { kind } }) => seq > reached && (kind === "turn" || kind === "attempt_failed"))
    .length;
}

/** The edit of a message, if there is one. */
export function editOf(edits: readonly Edit[], target: Target): Edit | undefined {
  if ("added" in target) return addedIn(edits)[target.added];
  return edits.find((edit) => "message" in edit && edit.message === target.message);
}

/** Changes a message's payload; the outcomes of its effects stay. */
export function withPayload(edits: readonly Edit[], target: Target, payload: Json): Edit[] {
  const before = editOf(edits, target);
  return replaced(edits, target, { ...editable(before, target), payload });
}

/** Sets the outcome of an effect; null restores the recorded one. */
export function withChoice(edits: readonly Edit[], target: Target, n: number, choice: EffectChoice | null): Edit[] {
  const before = editable(editOf(edits, target), target);
  const effects = before.effects.filter((other) => other.n !== n);
  const next = { ...before, effects: choice === null ? effects : [...effects, choice] };
  const isNothing = "message" in next && next.payload === undefined && next.effects.length === 0;
  return isNothing ? restored(edits, target) : replaced(edits, target, next);
}

/** Leaves a message out; one that was added is gone. */
export function withoutMessage(edits: readonly Edit[], target: Target): Edit[] {
  return "added" in target ? restored(edits, target) : replaced(edits, target, { ...target, skip: true });
}

/** Removes the edit of a message. */
export function restored(edits: readonly Edit[], target: Target): Edit[] {
  const gone = editOf(edits, target);
  return edits.filter((edit) => edit !== gone);
}

/** Adds a message, after those added at the same seq. */
export function withAdded(edits: readonly Edit[], added: Omit<AddedMessage, "effects">): Edit[] {
  // In the server's order, so that the indexes match.
  const all = [...addedIn(edits), { ...added, effects: [] }].sort((one, other) => one.after - other.after);
  return [...edits.filter((edit) => !("after" in edit)), ...all];
}

/** The index of a message that is added after a seq. */
export function indexOfAdded(edits: readonly Edit[], after: number): number {
  return addedIn(edits).filter((edit) => edit.after <= after).length;
}

/** An effect of a message in a what-if: its outcome, if there is one, and the recorded outcome. */
export interface StepEffect {
  n: number;
  name: string;
  answer: RecordedEffect | null;
  source: AnsweredEffect["source"] | null;
  recorded: RecordedEffect | null;
}

/** The effects of a message, last the one that it needs. */
export function effectsOf({ original }: WhatIf, { message, effects, wants }: WhatIfStep): StepEffect[] {
  const recorded = original.flatMap(({ body }): RecordedEffect[] => {
    if (body.kind === "effect" && body.messageId === message.id) return [body.effect];
    return body.kind === "received" && body.messageId === message.id ? (body.effects ?? []) : [];
  });
  const over = effects.map(({ source, effect }, n): StepEffect => {
    const same = recorded[n]?.name === effect.name ? recorded[n] : undefined;
    return { n, name: effect.name, answer: effect, source, recorded: same ?? null };
  });
  if (wants === null) return over;
  return [...over, { n: wants.n, name: wants.name, answer: null, source: null, recorded: null }];
}

function addedIn(edits: readonly Edit[]): AddedMessage[] {
  return edits.filter((edit) => "after" in edit);
}

type Change = Exclude<Edit, { skip: true }>;

function editable(edit: Edit | undefined, target: Target): Change {
  if (edit !== undefined && !("skip" in edit)) return edit;
  if ("added" in target) throw new Error("No such added message.");
  return { ...target, effects: [] };
}

function replaced(edits: readonly Edit[], target: Target, next: Edit): Edit[] {
  const before = editOf(edits, target);
  return before === undefined ? [...edits, next] : edits.map((edit) => (edit === before ? next : edit));
}
