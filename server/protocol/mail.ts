import { z } from "zod";
import type { Page } from "./actors.ts";
import type { Json, RecordedError, Sender } from "./journal.ts";

/** A message in a mailbox. Times are ISO, UTC. */
export interface MailInfo {
  /** Its number in the mailbox: messages run in this order. */
  mailSeq: number;
  messageId: string;
  command: string;
  payload: Json;
  idempotencyKey: string | null;
  /** Its sender; null for a client. */
  sender: Sender | null;
  sentAt: string;
  /** The failed attempts, the error of the last one, and the time of the next. */
  attempts: number;
  nextAt: string | null;
  error: RecordedError | null;
}

/** A page of a mailbox, and the number of messages in it, counted up to `MAX_DEPTH`. */
export interface MailboxInfo extends Page<MailInfo> {
  depth: number;
}

/** The number of messages in mailboxes, and of dead letters. */
export interface MailCounts {
  waiting: number;
  dead: number;
}

/** A failed message that blocks all others of its actor, and its next attempt. */
export interface NextTry {
  messageId: string;
  command: string;
  /** The failed attempts, and the name and message of the last error. */
  attempts: number;
  error: string;
  at: string;
}

export interface ReminderInfo {
  name: string;
  at: string;
  /** The interval in milliseconds; null if it does not repeat. */
  every: number | null;
  command: string;
  payload: Json;
}

/** A dead letter: a message that was given up, and why. */
export interface DeadLetterInfo {
  messageId: string;
  type: string;
  key: string[];
  keyText: string;
  command: string;
  payload: Json;
  idempotencyKey: string | null;
  sender: Sender | null;
  sentAt: string;
  attempts: number;
  error: RecordedError;
  fingerprint: string;
  title: string;
  /** The actor's revision or seq at that time. */
  head: number;
  /** The digest of the code that ran. */
  code: string;
  at: string;
  /** The job that redrives it, if any. */
  redrive: string | null;
}

/** Dead letters with the same cause. */
export interface DeadLetterGroup {
  fingerprint: string;
  title: string;
  /** Counted up to `MAX_DEPTH`. */
  count: number;
  firstAt: string;
  lastAt: string;
  /** The newest letter. */
  newest: { type: string; command: string; error: RecordedError };
}

/** A job that moves dead letters back into their mailboxes. */
export interface RedriveInfo {
  id: string;
  /**
   * A job with several letters first tries one (`trying`). Once that is processed, the others follow (`running`, then
   * `done`). If it becomes a dead letter again, the job has `failed` and the others stay.
   */
  state: "trying" | "running" | "done" | "stopped" | "failed";
  /** The letters of the job, and how many are back in their mailboxes. */
  total: number;
  moved: number;
  startedAt: string;
  endedAt: string | null;
  /** The letter that is tried first, its attempts while it waits or is dead again, and its last error. */
  trial: { messageId: string; attempts: number | null; error: RecordedError | null } | null;
}

/** Maximum number of letters that a request can name. */
const MAX_NAMED = 1_000;

/** Redrives a whole group, or letters by their message ids. */
export const redriveRequest = z.union([
  z.strictObject({ fingerprint: z.string().regex(/^[0-9a-f]{16}$/) }),
  z.strictObject({ messageIds: z.array(z.uuid()).min(1).max(MAX_NAMED) }),
]);
export type RedriveRequest = z.infer<typeof redriveRequest>;

/** The query of a list of dead letters. `cursor` is the `next` of the previous page. */
export const deadLettersQuery = z.object({
  fingerprint: z.string().max(16).optional(),
  type: z.string().optional(),
  key: z.string().optional(),
  cursor: z.string().max(512).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type DeadLettersQuery = z.infer<typeof deadLettersQuery>;

/** The query of a mailbox. `cursor` is the `next` of the previous page. */
export const mailboxQuery = z.strictObject({
  cursor: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type MailboxQuery = z.infer<typeof mailboxQuery>;
