import type { DeadLetterGroup, DeadLetterInfo, MailInfo, RedriveInfo, ReminderInfo } from "../../protocol/mail.ts";
import type { ActorId, Address } from "./ids.ts";
import type { DueReminder, Mail, MailRef } from "./mail-rows.ts";

/** The first messages of a mailbox to read, without those that are in memory already. */
export interface HeadRequest {
  id: ActorId;
  /** By mailSeq. */
  except: readonly number[];
}

/** The first messages of a mailbox, by mailSeq. `more` reports whether others follow. */
export interface MailboxHead {
  mails: Mail[];
  more: boolean;
}

/** The dead letters that a job takes, of those that exist when it starts. */
export type RedriveSelection = { fingerprint: string } | { messageIds: readonly string[] };

/**
 * The state of the letter that a job tries first: `none` is chosen yet; it `waits` in its mailbox or is being processed;
 * it `passed`; it `failed` and is a dead letter again, which belongs to no job.
 */
export type Trial = "none" | "waits" | "passed" | "failed";

/** Reads mailboxes, dead letters and reminders, and manages redrives. Turns write them in their batches. */
export interface MailStore {
  /** The first messages of mailboxes: at most `limit` in all, with about `bytes` of payloads. */
  heads(wanted: readonly HeadRequest[], limit: number, bytes: number): Promise<MailboxHead[]>;
  /** Messages in mailboxes by their message ids; null for those that are not there. */
  mails(wanted: readonly { id: ActorId; messageId: string }[]): Promise<(Mail | null)[]>;
  /** Actors with messages in their mailboxes, by id, after `after`. */
  withMail(after: ActorId, limit: number): Promise<(Address & { id: ActorId })[]>;
  /** Reminders due at `now`, earliest first. */
  dueReminders(now: number, limit: number): Promise<DueReminder[]>;
  /** When the next reminder is due; null when there is none. */
  nextReminder(): Promise<number | null>;
  /** Starts a redrive job and assigns the selected dead letters to it. Null when there are none. */
  startRedrive(id: string, selection: RedriveSelection, now: number): Promise<RedriveInfo | null>;
  /** The next letters of a job, by message id. */
  redriveLetters(job: string, limit: number): Promise<(Address & { id: ActorId; messageId: string })[]>;
  /** Stores which letter a job tries first, and the mailSeq that the letter is about to get. */
  beginTrial(job: string, messageId: string, mail: MailRef): Promise<void>;
  /** The state of the letter that a job tries first. */
  trial(job: string): Promise<Trial>;
  /** Records that the first letter was processed, so that the others follow. */
  passTrial(job: string): Promise<void>;
  /** Stores a job's progress. `ended` is set when it finishes; a failed job gets the error of its first letter. */
  redriveMoved(job: string, ended: "done" | "stopped" | "failed" | null, now: number): Promise<void>;
  /** Unfinished jobs, oldest first. */
  openRedrives(): Promise<RedriveInfo[]>;
  /** Jobs, newest first. */
  redrives(limit: number): Promise<RedriveInfo[]>;
  redrive(id: string): Promise<RedriveInfo | null>;
  /** A page of a mailbox, in order, after a mailSeq. */
  mailbox(id: ActorId, after: number, limit: number): Promise<MailInfo[]>;
  /** The number of messages in a mailbox, counted up to `max`. */
  mailboxDepth(id: ActorId, max: number): Promise<number>;
  reminders(id: ActorId, limit: number): Promise<ReminderInfo[]>;
  deadLetters(request: DeadLetterRequest, limit: number): Promise<DeadLetterInfo[]>;
  /** Up to `limit` groups, each counted up to `max`; the largest first. */
  deadLetterGroups(limit: number, max: number): Promise<DeadLetterGroup[]>;
  /** Counts messages in mailboxes, and dead letters. It reads whole indexes: call it once, at the start. */
  countMail(): Promise<{ waiting: number; dead: number }>;
}

/** A filter for dead letters: a group, a type, or one actor; newest first, after a cursor. */
export interface DeadLetterRequest {
  fingerprint?: string | undefined;
  actor?: { type: string; keyText?: string | undefined } | undefined;
  after?: DeadLetterCursor | undefined;
}

/** The end of a page of dead letters. The next page starts after it. */
export interface DeadLetterCursor {
  at: number;
  messageId: string;
}
