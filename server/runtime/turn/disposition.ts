import type { ActorType } from "../../core/define/define.ts";
import { type GreenroomError, recordedError } from "../../core/errors.ts";
import { fingerprint } from "../../core/turn/fingerprint.ts";
import { backoffMs } from "../../core/turn/retry.ts";
import type { RecordedEffect, RecordedError } from "../../protocol/journal.ts";
import type { Disposition } from "../actor/staged-turn.ts";
import type { Mail } from "../ports/mail-rows.ts";

/** Errors that another attempt cannot avoid. */
const FINAL: ReadonlySet<GreenroomError["code"]> = new Set([
  "rejected",
  "invalid_payload",
  "unknown_command",
  "payload_too_large",
]);

/**
 * What becomes of a mailbox message whose attempt failed at `now`: it is retried with exponential backoff, as often as
 * its type allows. After that, or when a retry is of no use, it becomes a dead letter.
 */
export function dispositionOnFailure(
  type: ActorType,
  mail: Mail,
  error: GreenroomError,
  effects: readonly RecordedEffect[],
  now: number,
): Disposition {
  const { mailSeq, messageId, attemptsBefore } = mail;
  const attempts = attemptOf(mail);
  const recorded = recordedError(error);
  if (FINAL.has(error.code) || attempts - attemptsBefore >= type.attempts) return giveUp(mail, recorded, effects);
  const nextAt = now + backoffMs(attempts - attemptsBefore, messageId);
  const progress = { attempts, attemptsBefore, started: false, nextAt, error: recorded, effects };
  return { kind: "nack", mailSeq, progress };
}

/** Makes a mailbox message a dead letter. */
export function giveUp(mail: Mail, error: RecordedError, effects: readonly RecordedEffect[]): Disposition {
  const letter = { ...fingerprint(error), attempts: attemptOf(mail), error, effects };
  return { kind: "dead", mailSeq: mail.mailSeq, letter };
}

/** The number of the attempt that runs, from 1. */
export function attemptOf(mail: Mail | null): number {
  if (mail === null) return 1;
  return mail.started ? mail.attempts : mail.attempts + 1;
}
