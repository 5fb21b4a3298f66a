import type { DeadLetterGroup, DeadLetterInfo, MailInfo, RedriveInfo, ReminderInfo } from "../../protocol/mail.ts";
import type { ActorId, Address } from "./ids.ts";
import type { DueReminder, Mail, MailRef } from "./mail-rows.ts";

/** Which part of a mailbox is to be read: its first messages, but none of those that are in memory already. */
export interface HeadRequest {
  id: ActorId;
  except: readonly number[];
}

/** The first messages of a mailbox, by their places; `more` when there are others behind them. */
export interface MailboxHead {
  mails: Mail[];
  more: boolean;
}

/** Which dead letters a job takes: those that there are when it starts, and no others. */
export type RedriveSelection = { fingerprint: string } | { messageIds: readonly string[] };

/**
 * The letter that a job tries first: `none` went back yet; it `waits` in its mailbox, or is being tried; it `passed`; it
 * `failed`, and is a dead letter again, of no job.
 */
export type Trial = "none" | "waits" | "passed" | "failed";

/** Mailboxes, dead letters and reminders, as they are read. They are written with the turns, in their batches. */
export interface MailStore {
  /** The heads of mailboxes; `limit` messages at most in all, and about `bytes` of their payloads. */
  heads(wanted: readonly HeadRequest[], limit: number, bytes: number): Promise<MailboxHead[]>;
  /** Messages of actors' mailboxes by their message ids; null for those that are not there. */
  mails(wanted: readonly { id: ActorId; messageId: string }[]): Promise<(Mail | null)[]>;
  /** Actors with something in their mailboxes, by id, after `after`. */
  withMail(after: ActorId, limit: number): Promise<(Address & { id: ActorId })[]>;
  /** Reminders that are due at `now`, the earliest first. */
  dueReminders(now: number, limit: number): Promise<DueReminder[]>;
  /** When the next reminder is due; null when there is none. */
  nextReminder(): Promise<number | null>;
  /** Starts a job that puts dead letters back: from now on they are its own. Null when there are none. */
  startRedrive(id: string, selection: RedriveSelection, now: number): Promise<RedriveInfo | null>;
  /** The next letters of a job, by message id. */
  redriveLetters(job: string, limit: number): Promise<(Address & { id: ActorId; messageId: string })[]>;
  /** Keeps which letter a job tries first, and the place in the mailbox that it is about to get. */
  beginTrial(job: string, messageId: string, place: MailRef): Promise<void>;
  /** What became of the letter that a job tries first. */
  trial(job: string): Promise<Trial>;
  /** The letter that was tried first was processed: the others follow. */
  passTrial(job: string): Promise<void>;
  /** Keeps how far a job has come; `ended` when it is over, with the error of the letter that was tried first. */
  redriveMoved(job: string, ended: "done" | "stopped" | "failed" | null, now: number): Promise<void>;
  /** Jobs that are not over, oldest first. */
  openRedrives(): Promise<RedriveInfo[]>;
  /** Jobs, the newest first. */
  redrives(limit: number): Promise<RedriveInfo[]>;
  redrive(id: string): Promise<RedriveInfo | null>;
  /** A mailbox as people look at it, in order, after a place. */
  mailbox(id: ActorId, after: number, limit: number): Promise<MailInfo[]>;
  /** How many messages wait in a mailbox, counted up to `most`. */
  mailboxDepth(id: ActorId, most: number): Promise<number>;
  reminders(id: ActorId, limit: number): Promise<ReminderInfo[]>;
  deadLetters(request: DeadLetterRequest, limit: number): Promise<DeadLetterInfo[]>;
  /** `limit` groups, each counted up to `most`; the largest first. */
  deadLetterGroups(limit: number, most: number): Promise<DeadLetterGroup[]>;
  /** Messages in mailboxes, and dead letters. Reads whole indexes: asked once, at the start. */
  countMail(): Promise<{ waiting: number; dead: number }>;
}

/** Which dead letters are wanted: of a group, of a type or one actor of it; the newest first, after a cursor. */
export interface DeadLetterRequest {
  fingerprint?: string | undefined;
  actor?: { type: string; keyText?: string | undefined } | undefined;
  after?: DeadLetterCursor | undefined;
}

/** Where a page of dead letters ends: the next begins after it. Newest first. */
export interface DeadLetterCursor {
  at: number;
  messageId: string;
}
