import type { ActorType } from "../../core/define/define.ts";
import { type GreenroomError, recordedError } from "../../core/errors.ts";
import { type Fingerprint, fingerprint } from "../../core/turn/fingerprint.ts";
import { backoffMs } from "../../core/turn/retry.ts";
import type { RecordedEffect, RecordedError } from "../../protocol/journal.ts";
import type { Mail, Progress } from "../ports/mail-rows.ts";

/**
 * What becomes of a message's row in its mailbox.
 * - `enter`: it gets one, since its turn is to be gone on with after a crash.
 * - `ack`: it is processed, and leaves.
 * - `begin`: an attempt is about to run that may be the last thing that this process does.
 * - `nack`: it failed, and will be tried again.
 * - `dead`: it is given up, and becomes a dead letter.
 */
export type Disposition =
  | { kind: "enter"; mail: Mail }
  | { kind: "ack"; mailSeq: number }
  | { kind: "begin"; mailSeq: number; progress: Progress }
  | { kind: "nack"; mailSeq: number; progress: Progress }
  | { kind: "dead"; mailSeq: number; letter: Letter };

/** What is kept of a message that is given up, besides the message. */
export interface Letter extends Fingerprint {
  attempts: number;
  error: RecordedError;
  effects: readonly RecordedEffect[];
}

/** Errors that would come again however often the message is tried. */
const FINAL: ReadonlySet<GreenroomError["code"]> = new Set([
  "rejected",
  "invalid_payload",
  "unknown_command",
  "payload_too_large",
]);

/**
 * What becomes of a message from a mailbox whose attempt failed: it is tried again with growing waits, as often as its
 * type allows; then, or when trying again is of no use, it is given up.
 */
export function dispositionOnFailure(
  type: ActorType,
  mail: Mail,
  error: GreenroomError,
  effects: readonly RecordedEffect[],
  now: number,
): Disposition {
  const attempts = attemptOf(mail);
  const recorded = recordedError(error);
  if (FINAL.has(error.code) || attempts - mail.attemptsBefore >= type.attempts) {
    return giveUp(mail, recorded, effects);
  }
  const nextAt = now + backoffMs(attempts - mail.attemptsBefore, mail.messageId);
  const progress = { attempts, attemptsBefore: mail.attemptsBefore, started: false, nextAt, error: recorded, effects };
  return { kind: "nack", mailSeq: mail.mailSeq, progress };
}

/** A message is given up, and kept as a dead letter. */
export function giveUp(mail: Mail, error: RecordedError, effects: readonly RecordedEffect[]): Disposition {
  return {
    kind: "dead",
    mailSeq: mail.mailSeq,
    letter: { ...fingerprint(error), attempts: attemptOf(mail), error, effects },
  };
}

/** Which attempt of its message runs, counted from 1. */
export function attemptOf(mail: Mail | null): number {
  if (mail === null) return 1;
  return mail.started ? mail.attempts : mail.attempts + 1;
}
