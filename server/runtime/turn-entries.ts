import type { TurnResult } from "../core/turn.ts";
import type { RecordedError } from "../protocol/journal.ts";
import type { Json } from "../protocol/json.ts";
import type { Actor, OpenTurn } from "./actor.ts";
import { NewEntry } from "./new-entry.ts";

/** Patches of a length that is not worth comparing with the size of the state. In characters of JSON. */
const SHORT_PATCHES = 512;

/**
 * What the journal, or the history, says of a finished turn: a `TurnEntry`, put together from what is JSON text already (the reply), and
 * from what must be written anyway to know which is shorter.
 */
export function turnEntries(
  actor: Actor,
  turn: OpenTurn,
  before: Json,
  result: Extract<TurnResult, { kind: "done" }>,
): NewEntry[] {
  const { message } = turn;
  const carried = carriedEffects(actor, turn);
  const { version, code, persistence } = actor.definition;
  const revision = persistence === "state" ? `,"revision":${actor.head + 1}` : "";
  const own = actor.open === null && carried.length === 0 ? `,"message":${messageText(turn)}` : "";
  // Ids and digests have no sign that JSON would write otherwise.
  const text =
    `{"kind":"turn","messageId":"${message.id}"${own}${recordedChange(actor, before, result)}` +
    `,"reply":${result.reply}${list("sends", result.sends)}${list("reminders", result.reminders)}` +
    `,"version":${version},"code":"${code}"${revision}}`;
  return [...carried, new NewEntry("turn", text)];
}

/** What the journal says of a change: patches, unless it is the first turn's, or the state itself is shorter. */
function recordedChange(
  actor: Actor,
  before: Json,
  { state, bytes, patches }: Extract<TurnResult, { kind: "done" }>,
): string {
  if (actor.state === undefined) return `,"state":${JSON.stringify(state)}`;
  if (state === before) return "";
  const text = JSON.stringify(patches);
  return text.length > SHORT_PATCHES && text.length > bytes
    ? `,"state":${JSON.stringify(state)}`
    : `,"patches":${text}`;
}

/** A `RecordedMessage` as JSON, its payload as it was written when it was accepted. */
function messageText({ delivery, message: { id, command, now, idempotencyKey, from } }: OpenTurn): string {
  const key = idempotencyKey === undefined ? "" : `,"idempotencyKey":${JSON.stringify(idempotencyKey)}`;
  const sender = from === undefined ? "" : `,"from":${JSON.stringify(from)}`;
  return `{"id":"${id}","command":${JSON.stringify(command)},"payload":${delivery.payloadText},"now":${now}${key}${sender}}`;
}

function list(name: string, items: readonly object[]): string {
  return items.length === 0 ? "" : `,"${name}":${JSON.stringify(items)}`;
}

/** An attempt that begins with effects of an earlier one says so first: whoever replays it must know of them. */
export function carriedEffects(actor: Actor, { message, effects }: OpenTurn): NewEntry[] {
  if (actor.open !== null || effects.length === 0) return [];
  return [NewEntry.of({ kind: "received", messageId: message.id, message, effects })];
}

/** What the journal says of an attempt that failed. */
export function failureEntries(actor: Actor, turn: OpenTurn, error: RecordedError, attempt: number): NewEntry[] {
  const { message } = turn;
  const carried = carriedEffects(actor, turn);
  const own = actor.open === null && carried.length === 0 ? { message } : {};
  const { code } = actor.definition;
  const failed = NewEntry.of({ kind: "attempt_failed", messageId: message.id, ...own, attempt, error, code });
  return [...carried, failed];
}
