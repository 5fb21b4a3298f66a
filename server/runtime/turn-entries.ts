import type { TurnResult } from "../core/turn.ts";
import type { EntryBody, Patch, RecordedError } from "../protocol/journal.ts";
import type { Json } from "../protocol/json.ts";
import type { Actor, OpenTurn } from "./actor.ts";

/** Patches of a length that is not worth comparing with that of the state. In characters of JSON. */
const SHORT_PATCHES = 512;

/** What the journal says of a finished turn. */
export function turnEntries(
  actor: Actor,
  turn: OpenTurn,
  before: Json,
  { state, patches, reply, sends, reminders }: Extract<TurnResult, { kind: "done" }>,
): EntryBody[] {
  const { message } = turn;
  const carried = carriedEffects(actor, turn);
  const entry: EntryBody = {
    kind: "turn",
    messageId: message.id,
    ...(actor.open === null && carried.length === 0 ? { message } : {}),
    ...recordedChange(actor, before, state, patches),
    reply: JSON.parse(reply) as Json,
    ...(sends.length === 0 ? {} : { sends: [...sends] }),
    ...(reminders.length === 0 ? {} : { reminders: [...reminders] }),
    version: actor.definition.version,
    code: actor.definition.code,
  };
  return [...carried, entry];
}

/** What the journal says of a change: patches, unless it is the first turn's, or the state itself is shorter. */
function recordedChange(
  actor: Actor,
  before: Json,
  after: Json,
  patches: Patch[],
): { state?: Json; patches?: Patch[] } {
  if (actor.state === undefined) return { state: after };
  if (after === before) return {};
  const length = JSON.stringify(patches).length;
  return length > SHORT_PATCHES && length > JSON.stringify(after).length ? { state: after } : { patches };
}

/** An attempt that begins with effects of an earlier one says so first: whoever replays it must know of them. */
export function carriedEffects(actor: Actor, { message, effects }: OpenTurn): EntryBody[] {
  if (actor.open !== null || effects.length === 0) return [];
  return [{ kind: "received", messageId: message.id, message, effects: [...effects] }];
}

/** What the journal says of an attempt that failed. */
export function failureEntries(actor: Actor, turn: OpenTurn, error: RecordedError, attempt: number): EntryBody[] {
  const { message } = turn;
  const carried = carriedEffects(actor, turn);
  const own = actor.open === null && carried.length === 0 ? { message } : {};
  const { code } = actor.definition;
  return [...carried, { kind: "attempt_failed", messageId: message.id, ...own, attempt, error, code }];
}
