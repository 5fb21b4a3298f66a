import { parsePayload } from "../../core/define/payload.ts";
import { GreenroomError } from "../../core/errors.ts";
import type { RecordedMessage } from "../../protocol/journal.ts";
import type { Actor } from "../actor/actor.ts";
import type { Delivery } from "../actor/delivery.ts";
import type { Mail } from "../ports/mail-rows.ts";

/** A message as its turn sees it and the journal records it. */
export function toRecorded(actor: Actor, { message, idempotencyKey, sender }: Delivery): RecordedMessage {
  return {
    ...message,
    now: Math.max(message.now, actor.turnTime),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    ...(sender === null ? {} : { from: sender }),
  };
}

/** The mailbox row of a message that was asked and now enters the mailbox. */
export function toMail(
  { id: messageId, command, payload, now, idempotencyKey, from }: RecordedMessage,
  mailSeq: number,
): Mail {
  const envelope = { messageId, command, payload: JSON.stringify(payload), idempotencyKey: idempotencyKey ?? null };
  return { ...envelope, ...untried, mailSeq, sender: from ?? null, sentAt: now };
}

/** The progress of a message that no attempt was made of. */
export const untried = { attempts: 0, attemptsBefore: 0, started: false, nextAt: null, error: null, effects: [] };

/** Why the running code cannot take a message that earlier code put into the mailbox; null when it can. */
export function misfit({ definition }: Actor, { message }: Delivery): GreenroomError | null {
  const { command, payload } = message;
  const operation = definition.operations.get(command);
  if (operation?.kind !== "command") {
    return new GreenroomError("unknown_command", `${definition.type} has no command "${command}".`);
  }
  try {
    parsePayload(operation.schema, payload, `${definition.type}.${command}`);
    return null;
  } catch (error) {
    return error as GreenroomError;
  }
}

/** Whether the process has ended during a message as often as its type allows attempts. */
export function isSpent({ definition }: Actor, { started, attempts, attemptsBefore }: Mail): boolean {
  return started && attempts - attemptsBefore >= definition.attempts;
}
