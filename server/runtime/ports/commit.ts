import type { LastChange } from "../../protocol/actors.ts";
import type { EntryBody } from "../../protocol/journal.ts";
import type { ActorId } from "./ids.ts";
import type { DeadLetterRow, FiringRow, MailRef, MailRow, NackRow, RedriveRow, ReminderRow } from "./mail-rows.ts";

/** A reply kept under an idempotency key, and the digest of the message that it answered. */
export interface StoredReply {
  digest: string;
  messageId: string;
  /** JSON text; null while the message waits in its mailbox. */
  reply: string | null;
  /** The revision, or seq, of the state that it was made from. */
  head: number;
}

/** A new state of one actor in a batch. `expected` is the revision it replaces; 0 creates it. */
export interface StateRow {
  id: ActorId;
  expected: number;
  revision: number;
  /** JSON text. */
  state: string;
  version: number;
  lastChange: LastChange;
  updatedAt: number;
}

/** An entry to be appended. */
export interface EntryRow {
  id: ActorId;
  seq: number;
  at: number;
  kind: EntryBody["kind"];
  /** JSON text. */
  body: string;
}

/** A reply to keep. */
export interface ReplyRow extends StoredReply {
  id: ActorId;
  idempotencyKey: string;
}

/** All that one group commit writes. `number` is the batch's, one more than that of the lane's batch before. */
export interface BatchRows {
  number: number;
  at: number;
  turns: number;
  /** The highest place that the node has given to a message; kept with the fence. */
  lastMailSeq: number;
  /** How long the lane's batch before took to be committed, in milliseconds; null where this node made none before. */
  previousDurationMs: number | null;
  states: readonly StateRow[];
  /** An entry whose seq is taken is a conflict, as a revision is that is not the expected one. */
  entries: readonly EntryRow[];
  replies: readonly ReplyRow[];
  mails: readonly MailRow[];
  /** Messages that are over, and those that go on waiting; one that is not there is a conflict. */
  acks: readonly MailRef[];
  nacks: readonly NackRow[];
  dead: readonly DeadLetterRow[];
  reminders: readonly ReminderRow[];
  cancelled: readonly { actor: ActorId; name: string }[];
  /** Each becomes a message if it still is what it was when it was read; otherwise nothing. */
  firings: readonly FiringRow[];
  redrives: readonly RedriveRow[];
}

/**
 * What became of a batch.
 * - `committed`: all of it is durable.
 * - `fenced`: another node has taken over; nothing was written, and nothing ever will be.
 * - `conflict`: these actors' revisions are not the expected ones, their seqs are taken, or a message that they processed
 *   is not in their mailbox; nothing was written.
 * - `absent`: these actors, whose mailboxes were to be written to, have been erased; nothing was written.
 * - `refused`: the database refused it and named nobody; nothing was written.
 * - `lost`: the connection broke; whether it committed must be asked with `witness`.
 */
export type CommitOutcome =
  | { kind: "committed" }
  | { kind: "fenced" }
  | { kind: "conflict" | "absent"; ids: readonly ActorId[] }
  | { kind: "refused"; error: Error }
  | { kind: "lost"; error: Error };

/** One lane's own way to the store: one commit at a time, on a connection of its own. */
export interface LaneWriter {
  /** Commits a batch, fence first. Never throws for what the database said: that is in the outcome. */
  commit(rows: BatchRows): Promise<CommitOutcome>;
  /**
   * After `lost`: whether batch `number` committed. Waits until the broken commit is over, one way or the other.
   * @throws when the database cannot be reached
   */
  witness(number: number): Promise<"committed" | "absent" | "fenced">;
  close(): Promise<void>;
}
