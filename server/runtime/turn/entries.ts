import type { TurnResult } from "../../core/turn/turn.ts";
import { turnEntryText } from "../../core/turn/turn-entry.ts";
import type { RecordedError } from "../../protocol/journal.ts";
import type { Actor } from "../actor/actor.ts";
import { NewEntry } from "../actor/new-entry.ts";
import type { OpenTurn } from "../actor/staged-turn.ts";

/** The entries of a finished turn. */
export function turnEntries(actor: Actor, turn: OpenTurn, result: Extract<TurnResult, { kind: "done" }>): NewEntry[] {
  const { message } = turn;
  const carried = carriedEffects(actor, turn);
  const text = actor.open === null && carried.length === 0 ? messageText(turn) : null;
  const { definition, state, head } = actor;
  const revision = definition.persistence === "state" ? head + 1 : null;
  const entry = turnEntryText(definition, { id: message.id, text, revision }, state, result);
  return [...carried, new NewEntry("turn", entry)];
}

/** A `RecordedMessage` as JSON, with the payload text of its delivery. */
function messageText({ delivery, message: { id, command, now, idempotencyKey, from } }: OpenTurn): string {
  const key = idempotencyKey === undefined ? "" : `,"idempotencyKey":${JSON.stringify(idempotencyKey)}`;
  const sender = from === undefined ? "" : `,"from":${JSON.stringify(from)}`;
  return `{"id":"${id}","command":${JSON.stringify(command)},"payload":${delivery.payloadText},"now":${now}${key}${sender}}`;
}

/** The entry that an attempt with effects of an earlier attempt begins with, so that a replay knows them. */
export function carriedEffects(actor: Actor, { message, effects }: OpenTurn): NewEntry[] {
  if (actor.open !== null || effects.length === 0) return [];
  return [NewEntry.of({ kind: "received", messageId: message.id, message, effects })];
}

/** The entries of a failed attempt. */
export function failureEntries(actor: Actor, turn: OpenTurn, error: RecordedError, attempt: number): NewEntry[] {
  const { message } = turn;
  const carried = carriedEffects(actor, turn);
  const own = actor.open === null && carried.length === 0 ? { message } : {};
  const { code } = actor.definition;
  const failed = NewEntry.of({ kind: "attempt_failed", messageId: message.id, ...own, attempt, error, code });
  return [...carried, failed];
}
