import { MailIds } from "../runtime/shared/mail-ids.ts";
import type { StepContext } from "../runtime/turn/step.ts";

/** What a step needs of the world, in a test: every type runs here, and no message was given a place yet. */
export function stepContext(now = 0): StepContext {
  return { now, ids: new MailIds(0), knows: () => true };
}

/** The part of a batch that does nothing to mailboxes. */
export const noMail = {
  lastMail: 0,
  previousTook: null,
  mails: [],
  acks: [],
  nacks: [],
  dead: [],
  reminders: [],
  cancelled: [],
  firings: [],
  redrives: [],
} as const;
