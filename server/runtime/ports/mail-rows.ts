import type { RecordedEffect, RecordedError, RecordedReminder, Sender } from "../../protocol/journal.ts";
import type { ActorId } from "./ids.ts";

/** The part of a stored message that does not change while it waits. */
export interface Envelope {
  messageId: string;
  command: string;
  /** JSON text. */
  payload: string;
  idempotencyKey: string | null;
  /** Null if a client sent it. */
  sender: Sender | null;
  /** When it was sent. Its handler sees this as `c.now`, unless an earlier turn saw a later time. */
  sentAt: number;
}

/** A message's attempts so far. */
export interface Progress {
  /** Attempts that failed or that a crash interrupted, including those before a redrive. */
  attempts: number;
  /** The attempts before the last redrive. They do not count against the type's limit. */
  attemptsBefore: number;
  /** An attempt started and its end is unknown: it may have crashed the process. */
  started: boolean;
  /** The earliest time of the next attempt; null for any time. */
  nextAt: number | null;
  /** Why the last attempt failed; null if none has. */
  error: RecordedError | null;
  /** Finished effects of the attempts so far. */
  effects: readonly RecordedEffect[];
}

/** A message in a mailbox. The mailSeq grows with every message of the node, across all mailboxes. */
export interface Mail extends Envelope, Progress {
  mailSeq: number;
}

/** A message to put into a mailbox. */
export interface MailRow extends Envelope {
  to: ActorId;
  mailSeq: number;
  /** The actor whose turn sends it, and that turn's command; null if no turn does. */
  from: { actor: ActorId; command: string } | null;
}

/** Identifies a message in a mailbox. */
export interface MailRef {
  actor: ActorId;
  mailSeq: number;
}

/** The new progress of a message that stays in its mailbox. */
export interface NackRow extends MailRef, Omit<Progress, "attemptsBefore"> {}

/** A message that becomes a dead letter. */
export interface DeadLetterRow extends MailRef {
  attempts: number;
  error: RecordedError;
  effects: readonly RecordedEffect[];
  fingerprint: string;
  title: string;
  /** The actor's revision or seq at that time. */
  head: number;
  code: string;
}

/** A reminder to store. It replaces one of the same name. */
export interface ReminderRow {
  actor: ActorId;
  name: string;
  generation: number;
  at: number;
  every: number | null;
  command: string;
  /** JSON text. */
  payload: string;
}

/** A reminder that a turn sets or cancels. Its generation is unique, so a late firing of an older one is ignored. */
export interface StagedReminder extends RecordedReminder {
  generation: number;
}

/** A reminder that is due. */
export interface DueReminder {
  actor: ActorId;
  type: string;
  keyText: string;
  name: string;
  generation: number;
  at: number;
  every: number | null;
}

/** A reminder that becomes a message, if its generation is still the same. */
export interface FiringRow {
  actor: ActorId;
  name: string;
  generation: number;
  /** The message's mailSeq, which is also the next generation of a repeating reminder. */
  mailSeq: number;
  messageId: string;
  /** When it fires again; null if it does not repeat. */
  next: number | null;
}

/** A dead letter to return to its mailbox, if it is still part of the job. */
export interface RedriveRow {
  messageId: string;
  job: string;
  mailSeq: number;
}
