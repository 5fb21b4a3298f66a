import { MailSeqs } from "../../runtime/shared/mail-seqs.ts";
import type { StepContext } from "../../runtime/turn/step.ts";

/** What a step needs of the world, in a test: every type runs here, and no message was given a place yet. */
export function stepContext(now = 0): StepContext {
  return { now, mailSeqs: new MailSeqs(0), knows: () => true };
}

/** The part of a batch that does nothing to mailboxes. */
export const noMail = {
  lastMailSeq: 0,
  previousDurationMs: null,
  mails: [],
  acks: [],
  nacks: [],
  dead: [],
  reminders: [],
  cancelled: [],
  firings: [],
  redrives: [],
} as const;
