import type { LastChange } from "../../protocol/actors.ts";
import type { EntryBody } from "../../protocol/journal.ts";
import type { ActorId } from "./ids.ts";
import type { DeadLetterRow, FiringRow, MailRef, MailRow, NackRow, RedriveRow, ReminderRow } from "./mail-rows.ts";

/** A reply stored under an idempotency key, with the digest of the message that it answers. */
export interface StoredReply {
  digest: string;
  messageId: string;
  /** JSON text; null while the message waits in its mailbox. */
  reply: string | null;
  /** The revision or seq of the state that produced it. */
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

/** An entry to append. */
export interface EntryRow {
  id: ActorId;
  seq: number;
  at: number;
  kind: EntryBody["kind"];
  /** JSON text. */
  body: string;
}

/** A reply to store. */
export interface ReplyRow extends StoredReply {
  id: ActorId;
  idempotencyKey: string;
}

/** Everything that one group commit writes. `number` is one more than that of the lane's previous batch. */
export interface BatchRows {
  number: number;
  at: number;
  turns: number;
  /** The highest mailSeq that the node has assigned; stored with the fence. */
  lastMailSeq: number;
  /** How long the lane's previous commit took, in milliseconds; null before this node's first. */
  previousDurationMs: number | null;
  states: readonly StateRow[];
  /** An entry whose seq exists already is a conflict, as is an unexpected revision. */
  entries: readonly EntryRow[];
  replies: readonly ReplyRow[];
  mails: readonly MailRow[];
  /** Processed messages, and messages to retry. A message that is not in its mailbox is a conflict. */
  acks: readonly MailRef[];
  nacks: readonly NackRow[];
  dead: readonly DeadLetterRow[];
  reminders: readonly ReminderRow[];
  cancelled: readonly { actor: ActorId; name: string }[];
  /** Each becomes a message if it has not changed since it was read; otherwise it is ignored. */
  firings: readonly FiringRow[];
  redrives: readonly RedriveRow[];
}

/**
 * The outcome of a batch. Except for `committed` and `lost`, nothing was written.
 * - `committed`: all of it is durable.
 * - `fenced`: another node has taken over; this node can never commit again.
 * - `conflict`: these actors have an unexpected revision or an existing seq, or processed a message that is not in their
 *   mailbox.
 * - `absent`: these actors, receivers of messages, have been erased.
 * - `refused`: the database refused it without naming an actor.
 * - `lost`: the connection broke; `witness` finds out whether it committed.
 */
export type CommitOutcome =
  | { kind: "committed" }
  | { kind: "fenced" }
  | { kind: "conflict" | "absent"; ids: readonly ActorId[] }
  | { kind: "refused"; error: Error }
  | { kind: "lost"; error: Error };

/** One lane's connection to the store. It runs one commit at a time. */
export interface LaneWriter {
  /** Commits a batch, fence first. Database errors are returned as the outcome, never thrown. */
  commit(rows: BatchRows): Promise<CommitOutcome>;
  /**
   * After `lost`: reports whether batch `number` committed. Waits until the broken commit has ended either way.
   * @throws when the database cannot be reached
   */
  witness(number: number): Promise<"committed" | "absent" | "fenced">;
  close(): Promise<void>;
}
