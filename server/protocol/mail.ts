import { z } from "zod";
import type { Page } from "./actors.ts";
import type { RecordedError, Sender } from "./journal.ts";
import type { Json } from "./json.ts";

/** A message in a mailbox as it is shown. Times are ISO, UTC. */
export interface MailInfo {
  /** Its place: messages run in the order of their places. */
  mailSeq: number;
  messageId: string;
  command: string;
  payload: Json;
  idempotencyKey: string | null;
  /** What sent it; null for a client. */
  sender: Sender | null;
  sentAt: string;
  /** Attempts until now, the error of the last one, and when the next one is due. */
  attempts: number;
  nextAt: string | null;
  error: RecordedError | null;
}

/** What waits in a mailbox: a page of it, the cursor of the next, and how many wait in all, counted up to 10,000. */
export interface MailboxInfo extends Page<MailInfo> {
  depth: number;
}

/** How many messages are in mailboxes, and how many dead letters there are. */
export interface MailCounts {
  waiting: number;
  dead: number;
}

/** A message that failed, and that all others of its actor wait for: when it is tried again. */
export interface NextTry {
  messageId: string;
  command: string;
  /** Attempts until now, and the error of the last one: its name and message. */
  attempts: number;
  error: string;
  at: string;
}

/** A reminder as it is shown. */
export interface ReminderInfo {
  name: string;
  at: string;
  /** Milliseconds between two; null when it comes once. */
  every: number | null;
  command: string;
  payload: Json;
}

/** A dead letter: a message that was given up, with why. */
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
  /** Where the actor stood: its revision or seq. */
  head: number;
  /** The digest of the code that ran. */
  code: string;
  at: string;
  /** The job that is putting it back, if there is one. */
  redrive: string | null;
}

/** Dead letters with one cause. */
export interface DeadLetterGroup {
  fingerprint: string;
  title: string;
  /** Counted up to `MAX_DEPTH`. */
  count: number;
  firstAt: string;
  lastAt: string;
  /** Of the newest letter. */
  newest: { type: string; command: string; error: RecordedError };
}

/** A job that puts dead letters back into their mailboxes. */
export interface RedriveInfo {
  id: string;
  /**
   * Of several letters one is tried first: `trying`. Once it is processed the others follow: `running`, then `done`. When
   * it becomes a dead letter again, the job has `failed`, and the others stay.
   */
  state: "trying" | "running" | "done" | "stopped" | "failed";
  /** Letters that were its own when it started, and how many of them are back in their mailboxes. */
  total: number;
  moved: number;
  startedAt: string;
  endedAt: string | null;
  /** The letter that is tried first, its attempts while it waits or is dead again, and why the last one failed. */
  trial: { messageId: string; attempts: number | null; error: RecordedError | null } | null;
}

/** The most letters that a redrive may name one by one. */
const MAX_NAMED = 1_000;

/** What a redrive is asked for: a whole group, or letters by their message ids. */
export const redriveRequest = z.union([
  z.strictObject({ fingerprint: z.string().regex(/^[0-9a-f]{16}$/) }),
  z.strictObject({ messageIds: z.array(z.uuid()).min(1).max(MAX_NAMED) }),
]);
export type RedriveRequest = z.infer<typeof redriveRequest>;

/** What a list of dead letters is asked for. `cursor` is the `next` of the page before. */
export const deadLettersQuery = z.object({
  fingerprint: z.string().max(16).optional(),
  type: z.string().optional(),
  key: z.string().optional(),
  cursor: z.string().max(512).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type DeadLettersQuery = z.infer<typeof deadLettersQuery>;

/** What a mailbox is asked for: the messages after a place, which is the `next` of the page before. */
export const mailboxQuery = z.object({
  cursor: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type MailboxQuery = z.infer<typeof mailboxQuery>;
