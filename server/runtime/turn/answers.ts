import type { ActorType } from "../../core/define/define.ts";
import { GreenroomError } from "../../core/errors.ts";
import { initialState, runQuery } from "../../core/turn/turn.ts";
import type { CommandReply } from "../../protocol/commands.ts";
import type { Json } from "../../protocol/json.ts";
import type { Actor } from "../actor/actor.ts";
import type { Answer, Delivery } from "../actor/delivery.ts";

/** The answer to a delivery that was processed just now. */
export function toAnswer(delivery: Delivery, reply: string, head: number): Answer {
  return { reply, head, messageId: delivery.message.id, repeated: false };
}

/** An answer as a caller in this process has it. */
export function toCommandReply(
  { persistence }: ActorType,
  { reply: text, head, messageId, repeated, unrecorded }: Answer,
): CommandReply {
  const reply = JSON.parse(text) as Json;
  const place = persistence === "journal" ? { seq: head } : { revision: head };
  const told: CommandReply = { reply, ...place, messageId, repeated };
  return unrecorded === true ? { ...told, unrecorded } : told;
}

/** Answers a query from the newest state, once that is durable. */
export function answerQuery(actor: Actor, delivery: Delivery): void {
  const message = { ...delivery.message, now: Math.max(delivery.message.now, actor.turnTime) };
  const result = queryResult(actor, message);
  const answer = result.kind === "done" ? toAnswer(delivery, result.reply, actor.head) : null;
  actor.afterNewestWrite({
    release: () =>
      answer === null ? delivery.fail((result as { error: GreenroomError }).error) : delivery.answer(answer),
    fail: (error) => delivery.fail(error),
  });
}

function queryResult(actor: Actor, message: Delivery["message"]): ReturnType<typeof runQuery> {
  try {
    const state = actor.state ?? initialState(actor.definition, actor.namedKey, message.now);
    return runQuery(actor.definition, actor.namedKey, state, message);
  } catch (error) {
    return { kind: "failed", error: error as GreenroomError };
  }
}

/** Answers a repeat with the reply that is kept; or refuses it, when it is another message under the same key. */
export function answerKept(delivery: Delivery, kept: NonNullable<Delivery["storedReply"]>): void {
  if (kept.digest === delivery.digest) {
    delivery.answer({ reply: kept.reply ?? "null", head: kept.head, messageId: kept.messageId, repeated: true });
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
