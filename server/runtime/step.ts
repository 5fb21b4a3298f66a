import type { EffectCall } from "../core/effects.ts";
import { describeError, GreenroomError } from "../core/errors.ts";
import { type EffectDivergence, initialState, runTurn, type TurnResult, unbegun } from "../core/turn.ts";
import type { EntryBody, Patch, RecordedError, RecordedMessage } from "../protocol/journal.ts";
import type { Json } from "../protocol/json.ts";
import type { Actor, OpenTurn, Write } from "./actor.ts";
import { answerKept, answerQuery, expired, toAnswer } from "./answers.ts";
import type { Answer, Delivery } from "./delivery.ts";

/** What is to be done after a message was processed as far as it goes. */
export interface Stepped {
  /** Something to commit. */
  write?: Write;
  /** An effect to be run, once all that came before it is durable. */
  effect?: { n: number; call: EffectCall };
  /** The recorded effects are not those that the code asks for: a person has to look. */
  diverged?: EffectDivergence;
}

/** Patches of a length that is not worth comparing with that of the state. In characters of JSON. */
const SHORT_PATCHES = 512;

/**
 * Processes the message at the head of an actor's line, on its newest state. Whatever needs no commit is answered as
 * soon as the state that it saw is durable.
 */
export function step(actor: Actor, delivery: Delivery): Stepped {
  if (delivery.expired) {
    delivery.fail(expired());
    return {};
  }
  if (delivery.kept) {
    answerKept(delivery, delivery.kept);
    return {};
  }
  if (delivery.kind === "query") {
    answerQuery(actor, delivery);
    return {};
  }
  return go(actor, { delivery, message: toRecorded(actor, delivery), effects: [], state: "busy" });
}

/** Goes on with the turn that waited for an effect. */
export function resume(actor: Actor, turn: OpenTurn): Stepped {
  return go(actor, turn);
}

function go(actor: Actor, turn: OpenTurn): Stepped {
  const { message, effects } = turn;
  let before: Json;
  try {
    before = actor.state ?? initialState(actor.definition, actor.namedKey, message.now);
  } catch (error) {
    const result = unbegun(error as GreenroomError, effects);
    return result.kind === "diverged" ? { diverged: result.divergence } : fail(actor, turn, result.error);
  }
  const { id, command, payload, now } = message;
  const asked = { id, operation: command, payload, now };
  const result = runTurn(actor.definition, actor.namedKey, before, asked, effects);
  switch (result.kind) {
    case "done":
      return finish(actor, turn, before, result);
    case "failed":
      return fail(actor, turn, result.error);
    case "diverged":
      return { diverged: result.divergence };
    default:
      return wait(actor, turn, result);
  }
}

function finish(actor: Actor, turn: OpenTurn, before: Json, result: Extract<TurnResult, { kind: "done" }>): Stepped {
  const { delivery, message } = turn;
  const { reply, state } = result;
  const changed = actor.state === undefined || state !== before;
  if (!changed && actor.open === null && delivery.idempotencyKey === undefined) {
    const answer: Answer = { ...toAnswer(delivery, reply, actor.head), unrecorded: true };
    actor.afterNewestWrite({ release: () => delivery.answer(answer), fail: (error) => delivery.fail(error) });
    return {};
  }
  const entries: EntryBody[] = [];
  if (actor.definition.persistence === "journal") {
    entries.push({
      kind: "turn",
      messageId: message.id,
      ...(actor.open === null ? { message } : {}),
      ...recordedChange(actor, before, state, result.patches),
      reply: JSON.parse(reply) as Json,
      version: actor.definition.version,
      code: actor.definition.code,
    });
  }
  const head = entries.length > 0 || changed ? actor.head + migrations(actor) + 1 : actor.head;
  const write = makeWrite(actor, turn, state, entries, head, toAnswer(delivery, reply, head), false);
  actor.turnTime = message.now;
  return { write };
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

function fail(actor: Actor, turn: OpenTurn, error: GreenroomError): Stepped {
  const { delivery, message } = turn;
  const recorded =
    actor.definition.persistence === "journal" && (actor.open !== null || error.code === "handler_failed");
  if (!recorded) {
    actor.afterNewestWrite({ release: () => delivery.fail(error), fail: (cause) => delivery.fail(cause) });
    return {};
  }
  const entry: EntryBody = {
    kind: "attempt_failed",
    messageId: message.id,
    ...(actor.open === null ? { message } : {}),
    attempt: 1,
    error: toRecordedError(error),
    code: actor.definition.code,
  };
  const write = makeWrite(actor, turn, actor.state, [entry], actor.head + migrations(actor) + 1, error, false);
  return { write };
}

/** The handler asks for an effect. Before the first one, that the message was received must become durable. */
function wait(actor: Actor, turn: OpenTurn, { n, call }: Extract<TurnResult, { kind: "effect" }>): Stepped {
  if (actor.definition.persistence !== "journal") {
    return fail(actor, turn, new GreenroomError("handler_failed", "Only an actor with a journal can have effects."));
  }
  if (actor.open !== null) return { effect: { n, call } };
  const { message } = turn;
  const entry: EntryBody = { kind: "received", messageId: message.id, message };
  const write = makeWrite(actor, turn, actor.state, [entry], actor.head + migrations(actor) + 1, null, true);
  actor.open = turn;
  return { write, effect: { n, call } };
}

/** The effect of an open turn is over: what it gave becomes durable before the turn goes on. */
export function effectOver(actor: Actor, turn: OpenTurn): Write {
  const n = turn.effects.length - 1;
  const effect = turn.effects[n] as OpenTurn["effects"][number];
  const entry: EntryBody = { kind: "effect", messageId: turn.message.id, n, effect };
  return makeWrite(actor, turn, actor.state, [entry], actor.head + migrations(actor) + 1, null, true);
}

/** Entries that a state's migration adds ahead of the next one: one when the stored state is of an older version. */
function migrations(actor: Actor): number {
  return isMigrated(actor) && actor.definition.persistence === "journal" ? 1 : 0;
}

function isMigrated({ storedVersion, definition }: Actor): boolean {
  return storedVersion !== 0 && storedVersion !== definition.version;
}

function makeWrite(
  actor: Actor,
  { delivery, message }: OpenTurn,
  after: Json | undefined,
  entries: EntryBody[],
  head: number,
  outcome: Answer | GreenroomError | null,
  open: boolean,
): Write {
  const { definition, storedVersion, state } = actor;
  const migrated: EntryBody[] =
    migrations(actor) === 0
      ? []
      : [{ kind: "migrated", from: storedVersion, to: definition.version, state: state as Json }];
  const write: Write = {
    actor,
    before: state ?? null,
    after: after ?? null,
    expected: actor.head,
    head,
    entries: [...migrated, ...entries],
    message,
    answer: outcome === null ? null : { delivery, outcome },
    open,
    outputs: [],
    broken: false,
  };
  actor.state = after;
  actor.head = head;
  if (after !== undefined) actor.storedVersion = definition.version;
  if (!open) actor.open = null;
  actor.unsettled.push(write);
  return write;
}

function toRecorded(actor: Actor, { message, idempotencyKey }: Delivery): RecordedMessage {
  const { id, operation, payload, now } = message;
  return {
    id,
    command: operation,
    payload,
    now: Math.max(now, actor.turnTime),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  };
}

function toRecordedError(error: GreenroomError): RecordedError {
  const { name, stack } = describeError(error.cause instanceof Error ? error.cause : error);
  return { name, message: describeError(error).message, stack };
}
