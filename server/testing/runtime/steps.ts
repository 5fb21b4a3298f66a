import { MailSeqs } from "../../runtime/shared/mail-seqs.ts";
import type { StepContext } from "../../runtime/turn/step.ts";

/** The context of a step in a test: every type runs here, and no mailSeq is assigned. */
export function stepContext(now = 0): StepContext {
  return { now, mailSeqs: new MailSeqs(0), knows: () => true };
}

/** The part of a batch that leaves mailboxes unchanged. */
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
