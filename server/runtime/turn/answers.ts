import type { ActorType } from "../../core/define/define.ts";
import type { GreenroomError } from "../../core/errors.ts";
import { initialState, runQuery } from "../../core/turn/turn.ts";
import type { CommandReply } from "../../protocol/commands.ts";
import type { Json } from "../../protocol/journal.ts";
import type { Actor } from "../actor/actor.ts";
import type { Answer, Delivery } from "../actor/delivery.ts";
import { idempotencyConflict } from "../shared/refusals.ts";

/** The answer to a delivery that was just processed. */
export function toAnswer(delivery: Delivery, reply: string, head: number): Answer {
  return { reply, head, messageId: delivery.message.id, repeated: false };
}

/** The fields of a `CommandReply` besides the reply. */
function factsOf({ persistence }: ActorType, { head, messageId, repeated, unrecorded }: Answer) {
  const facts: Omit<CommandReply, "reply"> =
    persistence === "journal" ? { seq: head, messageId, repeated } : { revision: head, messageId, repeated };
  if (unrecorded === true) facts.unrecorded = true;
  return facts;
}

/** An answer for a caller in this process. */
export function toCommandReply(type: ActorType, answer: Answer): CommandReply {
  return { reply: JSON.parse(answer.reply) as Json, ...factsOf(type, answer) };
}

/** A `CommandReply` as JSON text. The reply is passed on as it is, neither parsed nor serialized again. */
export function toCommandReplyText(type: ActorType, answer: Answer): string {
  return `{"reply":${answer.reply},${JSON.stringify(factsOf(type, answer)).slice(1)}`;
}

/** Answers a query from the newest state, once that is durable. */
export function answerQuery(actor: Actor, delivery: Delivery): void {
  const message = { ...delivery.message, now: Math.max(delivery.message.now, actor.turnTime) };
  const result = queryResult(actor, message);
  const answer = result.kind === "done" ? toAnswer(delivery, result.reply, actor.head) : null;
  actor.afterCommit({
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

/** Answers a repeat with the stored reply; or refuses it when it is another message under the same key. */
export function answerStored(delivery: Delivery, stored: NonNullable<Delivery["storedReply"]>): void {
  if (stored.digest === delivery.digest) {
    const { reply, head, messageId } = stored;
    delivery.answer({ reply: reply ?? "null", head, messageId, repeated: true });
  } else {
    delivery.fail(idempotencyConflict());
  }
}
