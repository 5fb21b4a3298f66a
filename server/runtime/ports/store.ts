import type { LastChange } from "../../protocol/actors.ts";
import type { Entry, EntryBody } from "../../protocol/journal.ts";
import type { Json } from "../../protocol/json.ts";
import type { HappenedRequest, StoredHappened } from "./activity-feed.ts";
import type { Claim, LeaseStore } from "./leases.ts";
import type { ListingStore, StoredDetail } from "./listing.ts";
import type { DeadLetterRow, FiringRow, MailPlace, MailRow, NackRow, RedriveRow, ReminderRow } from "./mail-rows.ts";
import type { MailStore } from "./mailboxes.ts";
import type { MessageStore } from "./messages.ts";
import type { PastPort } from "./past.ts";
import type { RetentionPort } from "./retention.ts";

/** Time, as the runtime knows it; the only way that it does. All times are milliseconds since 1970. */
export interface Clock {
  now(): number;
  /** Runs `task` every `ms` milliseconds until the returned function is called. `task` must not throw. */
  every(ms: number, task: () => void): () => void;
  /** Resolves after `ms` milliseconds, or at once when the signal is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Runs `task` soon: after the events that are already there. */
  soon(task: () => void): void;
}

/** Is told when code of an actor runs, to notice from outside when it never ends. Called for every turn. */
export interface Watchdog {
  enter(actor: Address, message: { id: string; operation: string }): void;
  leave(): void;
}

/** The surrogate number of an actor, given by the store. */
export type ActorId = number & { readonly brand: "ActorId" };

/** An actor's type and the text form of its key. */
export interface Address {
  type: string;
  keyText: string;
}

/** An actor with a durable state that is wanted; with `history` also where its history stands. */
export type StateRequest = Address & { history?: boolean };

/** A durable state as the store has it: `state` is null when nothing was committed for it (then `revision` is 0). */
export interface StoredActor {
  id: ActorId;
  revision: number;
  state: Json;
  /** The version of the state's shape; 0 when there is none. */
  version: number;
  /** The time of the last turn that changed it; 0 when there was none. */
  updatedAt: number;
  /** Its newest entry, and the revision that this made; null where there is none, or it was not wanted. */
  newest: { seq: number; revision: number } | null;
  /** Whether its mailbox holds anything. */
  hasMail: boolean;
}

/** A whole state at one seq of a journal, with the checksum that was written with it. */
export interface Checkpoint {
  seq: number;
  /** JSON text. */
  state: string;
  checksum: string;
  version: number;
  /** The time that the newest turn saw. */
  turnTime: number;
  at: number;
}

/** An actor with a journal as the store has it: its newest checkpoint, if there is one at all. */
export interface StoredJournal {
  id: ActorId;
  checkpoint: Checkpoint | null;
  /** Whether its mailbox holds anything. */
  hasMail: boolean;
}

/** A checkpoint to be written. `sparse` ones are kept for time travel; of the others, the last two. */
export interface CheckpointRow extends Checkpoint {
  id: ActorId;
  sparse: boolean;
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

/** Which entries of a journal are wanted: those after `after`, oldest first; or before `before`, newest first. */
export interface EntriesRequest {
  id: ActorId;
  after?: number;
  before?: number;
  kinds?: readonly EntryBody["kind"][];
  limit: number;
  /** How many bytes of JSON they may have in all; of the first one it does not matter. */
  bytes: number;
  /** Whether it is to be told how long their commits took, with what only memory knows of that: of the lanes' last batches. */
  took?: readonly TimedCommit[];
}

/** How long the commit of a lane's batch took, in milliseconds. */
export interface TimedCommit {
  lane: number;
  batch: number;
  took: number;
}

/** Entries that were asked for, and whether there are more after them. */
export interface EntriesPage {
  entries: Entry[];
  more: boolean;
}

/** A reply kept under an idempotency key, and the digest of the message that it answered. */
export interface KeptReply {
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

/** A reply to keep. */
export interface ReplyRow extends KeptReply {
  id: ActorId;
  idempotencyKey: string;
}

/** All that one group commit writes. `number` is the batch's, one more than that of the lane's batch before. */
export interface BatchRows {
  number: number;
  at: number;
  turns: number;
  /** The highest place that the node has given to a message; kept with the fence. */
  lastMail: number;
  /** How long the lane's batch before took to be committed, in milliseconds; null where this node made none before. */
  previousTook: number | null;
  states: readonly StateRow[];
  /** An entry whose seq is taken is a conflict, as a revision is that is not the expected one. */
  entries: readonly EntryRow[];
  replies: readonly ReplyRow[];
  mails: readonly MailRow[];
  /** Messages that are over, and those that go on waiting; one that is not there is a conflict. */
  acks: readonly MailPlace[];
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

/**
 * Where everything durable is. Each method is one operation of bounded size; lists in and lists out have the same
 * order. Every method throws `StoreUnavailable` when the database cannot be reached.
 */
export interface Store extends LeaseStore, ListingStore, MailStore, MessageStore, PastPort, RetentionPort {
  lane(claim: Claim, lane: number): LaneWriter;
  load(wanted: readonly StateRequest[]): Promise<(StoredActor | null)[]>;
  /** Ids for actors, made where there are none; sorted inside, so that lanes cannot deadlock. */
  allocate(addresses: readonly Address[], now: number): Promise<{ id: ActorId; isNew: boolean }[]>;
  /** Actors with a journal, with their newest checkpoints. */
  loadJournals(addresses: readonly Address[]): Promise<(StoredJournal | null)[]>;
  /** The entries after each actor's seq, oldest first, actor by actor; at most `limit` in all. */
  tails(wanted: readonly { id: ActorId; after: number }[], limit: number): Promise<(Entry & { id: ActorId })[]>;
  /** The newest checkpoint of one actor at or below `seq`; null when there is none. */
  checkpointAt(id: ActorId, seq: number): Promise<Checkpoint | null>;
  /**
   * Writes checkpoints, and deletes those that are no longer kept: of each actor, those that are not sparse and older than
   * its last two whose checksums hold.
   */
  writeCheckpoints(rows: readonly CheckpointRow[]): Promise<void>;
  entries(request: EntriesRequest): Promise<EntriesPage>;
  /** An actor's checkpoints below a seq, newest first, without their states; `sound` where the checksum holds. */
  checkpoints(
    id: ActorId,
    before: number,
    limit: number,
  ): Promise<(Omit<Checkpoint, "state"> & { bytes: number; sparse: boolean; sound: boolean })[]>;
  keptReplies(wanted: readonly { id: ActorId; idempotencyKey: string }[]): Promise<(KeptReply | null)[]>;
  /** Writes when actors were last active. */
  touch(activity: readonly { id: ActorId; lastActiveAt: number }[]): Promise<void>;
  /** Deletes replies, what is kept of causes, redrives that are over and commit rows older than `before`, at most `limit` of each kind and lane; returns how many. */
  prune(before: number, limit: number): Promise<number>;
  /** Deletes all that is kept of an actor and leaves a tombstone, unless another node has taken over. */
  erase(claim: Claim, address: Address, now: number): Promise<"erased" | "absent" | "fenced">;
  detail(address: Address): Promise<StoredDetail | null>;
  /** What happened between two positions: entries and dead letters, as far as they are wanted; the newest. */
  happened(request: HappenedRequest): Promise<StoredHappened>;
  /** Settings of the database under which a reply does not mean durable, each with what that costs. */
  weaknesses(): Promise<string[]>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** The database cannot be reached, or not now. */
export class StoreUnavailable extends Error {
  override readonly name = "StoreUnavailable";
}
