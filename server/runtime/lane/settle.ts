import { GreenroomError } from "../../core/errors.ts";
import type { StagedTurn } from "../actor/actor.ts";

/** What callers are told of a turn that another node's takeover kept from committing. */
export function fenced(): GreenroomError {
  return new GreenroomError("fenced", "Another server has taken over; nothing of this was kept. Ask again.");
}

/** Lets the answers go that waited for a write, which is durable now. */
export function settleWrite({ actor, answer, outputs, disposition }: StagedTurn): void {
  actor.unsettled.shift();
  if (disposition?.kind === "ack" || disposition?.kind === "dead") actor.mailbox.drop(disposition.mailSeq);
  if (answer !== null) {
    if (answer.outcome instanceof GreenroomError) answer.delivery.fail(answer.outcome);
    else answer.delivery.answer(answer.outcome);
  }
  for (const output of outputs) output.release();
}

/** Tells the caller of a write that will never be durable, and those who saw its state. */
export function failWrite(write: StagedTurn, error: GreenroomError): void {
  write.broken = true;
  write.answer?.delivery.fail(error);
  for (const output of write.outputs) output.fail(error);
}
