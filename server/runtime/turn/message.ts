import { parsePayload } from "../../core/define/payload.ts";
import { GreenroomError } from "../../core/errors.ts";
import type { RecordedMessage } from "../../protocol/journal.ts";
import type { Actor } from "../actor/actor.ts";
import type { Delivery } from "../actor/delivery.ts";
import type { Mail } from "../ports/mail-rows.ts";

/** A message as its turn sees it, and as the journal keeps it. */
export function toRecorded(actor: Actor, { message, idempotencyKey, sender }: Delivery): RecordedMessage {
  const { id, operation, payload, now } = message;
  return {
    id,
    command: operation,
    payload,
    now: Math.max(now, actor.turnTime),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    ...(sender === null ? {} : { from: sender }),
  };
}

/** A message that nobody had put into the mailbox, as it stands there from now on. */
export function toMail(
  { id: messageId, command, payload, now, idempotencyKey, from }: RecordedMessage,
  mailSeq: number,
): Mail {
  const envelope = { messageId, command, payload: JSON.stringify(payload), idempotencyKey: idempotencyKey ?? null };
  const progress = { attempts: 0, attemptsBefore: 0, started: false, nextAt: null, error: null, effects: [] };
  return { ...envelope, ...progress, mailSeq, sender: from ?? null, sentAt: now };
}

/** Why the code that runs now cannot take a message that was put into the mailbox by an earlier one; or null. */
export function unfit({ definition }: Actor, { message }: Delivery): GreenroomError | null {
  const { operation, payload } = message;
  const taken = definition.operations.get(operation);
  if (taken?.kind !== "command") {
    return new GreenroomError("unknown_command", `${definition.type} has no command "${operation}".`);
  }
  try {
    parsePayload(taken.schema, payload, `${definition.type}.${operation}`);
    return null;
  } catch (error) {
    return error as GreenroomError;
  }
}

/** Whether the process has ended during a message as often as it may be tried. */
export function isSpent({ definition }: Actor, { started, attempts, attemptsBefore }: Mail): boolean {
  return started && attempts - attemptsBefore >= definition.attempts;
}
