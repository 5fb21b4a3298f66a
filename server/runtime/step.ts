import { GreenroomError } from "../core/errors.ts";
import { initialState, runQuery, runTurn } from "../core/turn.ts";
import type { Json } from "../protocol/json.ts";
import type { Actor, Turn } from "./actor.ts";
import type { Answer, Delivery } from "./delivery.ts";

/**
 * Processes the message at the head of an actor's line, on its newest state.
 * @returns the turn, when there is something to commit; the delivery is finished otherwise, and answered as soon as the
 * state that it saw is durable
 */
export function step(actor: Actor, delivery: Delivery): Turn | undefined {
  if (delivery.expired) {
    delivery.fail(expired());
    return undefined;
  }
  if (delivery.kept) {
    answerKept(delivery, delivery.kept);
    return undefined;
  }
  const message = { ...delivery.message, now: Math.max(delivery.message.now, actor.turnTime) };
  let before: Json;
  try {
    before = actor.state === undefined ? initialState(actor.definition, actor.namedKey, message.now) : actor.state;
  } catch (error) {
    refuse(actor, delivery, error as GreenroomError);
    return undefined;
  }
  const run = delivery.kind === "command" ? runTurn : runQuery;
  const result = run(actor.definition, actor.namedKey, before, message);
  if (!result.ok) {
    refuse(actor, delivery, result.error);
    return undefined;
  }
  const changed = delivery.kind === "command" && (actor.state === undefined || result.state !== before);
  if (!changed && delivery.idempotencyKey === undefined) {
    const answer = toAnswer(delivery, result.reply, actor.revision);
    actor.afterNewestTurn({ release: () => delivery.answer(answer), fail: (error) => delivery.fail(error) });
    return undefined;
  }
  const turn: Turn = {
    actor,
    delivery,
    before: actor.state ?? null,
    after: result.state,
    expected: actor.revision,
    revision: changed ? actor.revision + 1 : actor.revision,
    at: message.now,
    reply: result.reply,
    outputs: [],
    broken: false,
  };
  actor.state = turn.after;
  actor.revision = turn.revision;
  actor.turnTime = message.now;
  actor.unsettled.push(turn);
  return turn;
}

/** The answer to a delivery that was processed just now. */
export function toAnswer(delivery: Delivery, reply: string, revision: number): Answer {
  return { reply, revision, messageId: delivery.message.id, repeated: false };
}

function answerKept(delivery: Delivery, kept: NonNullable<Delivery["kept"]>): void {
  if (kept.digest === delivery.digest) {
    delivery.answer({ reply: kept.reply, revision: kept.revision, messageId: kept.messageId, repeated: true });
  } else {
    delivery.fail(idempotencyConflict());
  }
}

/** What a caller is told whose time ran out. */
export function expired(): GreenroomError {
  return new GreenroomError(
    "timeout",
    "No answer in time, and the outcome is not known. Ask again with the same idempotency key.",
  );
}

/** The refusal of a message whose idempotency key was used for another. */
export function idempotencyConflict(): GreenroomError {
  return new GreenroomError(
    "idempotency_conflict",
    "This idempotency key was used for another command or payload of this actor. Use a new key for a new command.",
  );
}

function refuse(actor: Actor, delivery: Delivery, error: GreenroomError): void {
  actor.afterNewestTurn({ release: () => delivery.fail(error), fail: (cause) => delivery.fail(cause) });
}
