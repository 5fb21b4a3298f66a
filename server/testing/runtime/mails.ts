import type { Mail } from "../../runtime/ports/mail-rows.ts";

/** A message of a client in a mailbox, without attempts. */
export function mailAt(mailSeq: number, more: Partial<Mail> = {}): Mail {
  return {
    mailSeq,
    messageId: `m-${mailSeq}`,
    command: "leave",
    payload: "{}",
    idempotencyKey: null,
    sender: null,
    sentAt: 0,
    attempts: 0,
    attemptsBefore: 0,
    started: false,
    nextAt: null,
    error: null,
    effects: [],
    ...more,
  };
}
