import type { RecordedEffect, RecordedError, RecordedReminder, Sender } from "../../protocol/journal.ts";
import type { ActorId } from "./ids.ts";

/** What a mailbox holds of a message, and what does not change while it waits. */
export interface Envelope {
  messageId: string;
  command: string;
  /** JSON text. */
  payload: string;
  idempotencyKey: string | null;
  /** Null where a client sent it. */
  sender: Sender | null;
  /** When it was sent: what its handler sees as `c.now`, unless a later turn came first. */
  sentAt: number;
}

/** How far a message has come. */
export interface Progress {
  /** Attempts that failed, or that a crash cut short; those before it was redriven count on. */
  attempts: number;
  /** How many of them were before it was last redriven: they do not count against what its type allows. */
  attemptsBefore: number;
  /** An attempt was begun, and nothing is known of its end: a crash may have come of it. */
  started: boolean;
  /** Not to be tried before; null when it may be tried at any time. */
  nextAt: number | null;
  /** Why the last attempt failed; null where none has. */
  error: RecordedError | null;
  /** Effects that are over, of the attempts until now. */
  effects: readonly RecordedEffect[];
}

/** A message in a mailbox. `id` is its place: it grows with every message of the node, whichever the mailbox. */
export interface Mail extends Envelope, Progress {
  mailSeq: number;
}

/** A message to be put into a mailbox. */
export interface MailRow extends Envelope {
  to: ActorId;
  mailSeq: number;
  /** The actor whose turn sends it, and the command of that turn; null where none does. */
  from: { actor: ActorId; command: string } | null;
}

/** Names one message of one mailbox. */
export interface MailRef {
  actor: ActorId;
  mailSeq: number;
}

/** What is to be kept of a message that goes on waiting. */
export interface NackRow extends MailRef, Omit<Progress, "attemptsBefore"> {}

/** A message that is given up. */
export interface DeadLetterRow extends MailRef {
  attempts: number;
  error: RecordedError;
  effects: readonly RecordedEffect[];
  fingerprint: string;
  title: string;
  /** Where the actor stood: its revision or seq. */
  head: number;
  code: string;
}

/** A reminder to be kept, in place of one of the same name. */
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

/** A reminder that a turn sets or takes back. Each has a generation of its own: what comes late is of an older one. */
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

/** A reminder that becomes a message, if it is still the one of that generation. */
export interface FiringRow {
  actor: ActorId;
  name: string;
  generation: number;
  /** The message's place and id; the place is also the generation of what remains of a repeated reminder. */
  mailSeq: number;
  messageId: string;
  /** When it comes again; null when it does not. */
  next: number | null;
}

/** A dead letter that goes back into its mailbox, if it is still part of the job. */
export interface RedriveRow {
  messageId: string;
  job: string;
  mailSeq: number;
}
