import type { RecordedEffect } from "../../server/protocol/journal.ts";
import type { Json } from "../../server/protocol/json.ts";
import type {
  AddedMessage,
  AnsweredEffect,
  Edit,
  EffectChoice,
  WhatIf,
  WhatIfStep,
} from "../../server/protocol/what-if.ts";

/** A message of a what-if: a recorded one by its id, or one that was added by its place among those, from 0. */
export type Target = { message: string } | { added: number };

/** One message of the line; `key` names it in addresses: its seq, or a plus and its place among those that were added. */
export interface Line {
  key: string;
  step: WhatIfStep;
  target: Target;
  /** The recorded entry that it is compared at. */
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

/** How many recorded messages were not run, since one before them wants an effect that nothing answers. */
export function unrunOf({ steps, original }: WhatIf): number {
  const last = steps.at(-1);
  if (last === undefined || last.wants === null) return 0;
  const reached = steps.findLast((step) => step.seq !== null)?.seq ?? 0;
  return original.filter(({ seq, body: { kind } }) => seq > reached && (kind === "turn" || kind === "attempt_failed"))
    .length;
}

/** What is done to a message, if anything is. */
export function editOf(edits: readonly Edit[], target: Target): Edit | undefined {
  if ("added" in target) return addedIn(edits)[target.added];
  return edits.find((edit) => "message" in edit && edit.message === target.message);
}

/** Changes a message's payload; what its effects answer stays. */
export function withPayload(edits: readonly Edit[], target: Target, payload: Json): Edit[] {
  const before = editOf(edits, target);
  return replaced(edits, target, { ...changeOf(before, target), payload });
}

/** Has one effect of a message answer otherwise; null for what is recorded. */
export function withChoice(edits: readonly Edit[], target: Target, n: number, choice: EffectChoice | null): Edit[] {
  const before = changeOf(editOf(edits, target), target);
  const effects = before.effects.filter((other) => other.n !== n);
  const next = { ...before, effects: choice === null ? effects : [...effects, choice] };
  const isNothing = "message" in next && next.payload === undefined && next.effects.length === 0;
  return isNothing ? restored(edits, target) : replaced(edits, target, next);
}

/** Leaves a message out; one that was added is gone. */
export function withoutMessage(edits: readonly Edit[], target: Target): Edit[] {
  return "added" in target ? restored(edits, target) : replaced(edits, target, { ...target, skip: true });
}

/** Does nothing to a message any more. */
export function restored(edits: readonly Edit[], target: Target): Edit[] {
  const gone = editOf(edits, target);
  return edits.filter((edit) => edit !== gone);
}

/** Adds a message, after those that were added at the same place. */
export function withAdded(edits: readonly Edit[], added: Omit<AddedMessage, "effects">): Edit[] {
  // As the server orders them, so that each keeps its place.
  const all = [...addedIn(edits), { ...added, effects: [] }].sort((one, other) => one.after - other.after);
  return [...edits.filter((edit) => !("after" in edit)), ...all];
}

/** The place that a message would have among those that are added, were it added after a seq. */
export function indexOfAdded(edits: readonly Edit[], after: number): number {
  return addedIn(edits).filter((edit) => edit.after <= after).length;
}

/** An effect of a message in a what-if: what answered it, if anything did, and what the journal has in its place. */
export interface StepEffect {
  n: number;
  name: string;
  answer: RecordedEffect | null;
  source: AnsweredEffect["source"] | null;
  recorded: RecordedEffect | null;
}

/** The effects that a message asked for, the one that it wants last. */
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

function changeOf(edit: Edit | undefined, target: Target): Change {
  if (edit !== undefined && !("skip" in edit)) return edit;
  if ("added" in target) throw new Error("There is no such message that was added.");
  return { ...target, effects: [] };
}

function replaced(edits: readonly Edit[], target: Target, next: Edit): Edit[] {
  const before = editOf(edits, target);
  return before === undefined ? [...edits, next] : edits.map((edit) => (edit === before ? next : edit));
}
