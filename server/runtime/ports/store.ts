import type { Entry, Json } from "../../protocol/journal.ts";
import type { ActivityRequest, StoredActivity } from "./activity-feed.ts";
import type { LaneWriter, StoredReply } from "./commit.ts";
import type { ActorId, Address } from "./ids.ts";
import type { Claim, LeaseStore } from "./leases.ts";
import type { ListingStore, StoredDetail } from "./listing.ts";
import type { MailStore } from "./mailboxes.ts";
import type { MessageStore } from "./messages.ts";
import type {
  Checkpoint,
  CheckpointRow,
  CheckpointSummary,
  EntriesPage,
  EntriesRequest,
  PastPort,
  RetentionPort,
} from "./past.ts";

/** An actor with a durable state to load. With `history`, its newest entry is read too. */
export type StateRequest = Address & { history?: boolean };

/** A durable state, as stored. When nothing was committed, `state` is null and `revision` is 0. */
export interface StoredActor {
  id: ActorId;
  revision: number;
  state: Json;
  /** The schema version of the state; 0 when there is none. */
  version: number;
  /** The time of the last turn that changed it; 0 if there was none. */
  updatedAt: number;
  /** Its newest entry, and the revision that the entry created; null if there is none or it was not requested. */
  newest: { seq: number; revision: number } | null;
  /** Whether its mailbox holds anything. */
  hasMail: boolean;
}

/** An actor with a journal, as stored: its newest checkpoint, if there is one. */
export interface StoredJournal {
  id: ActorId;
  checkpoint: Checkpoint | null;
  /** Whether its mailbox holds anything. */
  hasMail: boolean;
}

/**
 * All durable data. Each method is one operation of bounded size and throws `StoreUnavailable` when the database cannot be
 * reached. A method that takes a list returns its results in the same order.
 */
export interface Store extends LeaseStore, ListingStore, MailStore, MessageStore, PastPort, RetentionPort {
  lane(claim: Claim, lane: number): LaneWriter;
  load(wanted: readonly StateRequest[]): Promise<(StoredActor | null)[]>;
  /** The ids of actors, created where missing. Rows are locked in sorted order, so that lanes cannot deadlock. */
  allocate(addresses: readonly Address[], now: number): Promise<{ id: ActorId; isNew: boolean }[]>;
  /** Actors with a journal, with their newest checkpoints. */
  loadJournals(addresses: readonly Address[]): Promise<(StoredJournal | null)[]>;
  /** The entries after each actor's seq, oldest first, actor by actor; up to `limit` in all. */
  tails(wanted: readonly { id: ActorId; after: number }[], limit: number): Promise<(Entry & { id: ActorId })[]>;
  /** The newest checkpoint of one actor at or below `seq`; null when there is none. */
  checkpointAt(id: ActorId, seq: number): Promise<Checkpoint | null>;
  /** Writes checkpoints, and deletes each actor's non-permanent ones that are older than its last two valid ones. */
  writeCheckpoints(rows: readonly CheckpointRow[]): Promise<void>;
  entries(request: EntriesRequest): Promise<EntriesPage>;
  /** An actor's checkpoints below a seq, newest first. */
  checkpoints(id: ActorId, before: number, limit: number): Promise<CheckpointSummary[]>;
  storedReplies(wanted: readonly { id: ActorId; idempotencyKey: string }[]): Promise<(StoredReply | null)[]>;
  /** Stores when actors were last active. */
  touch(activity: readonly { id: ActorId; lastActiveAt: number }[]): Promise<void>;
  /**
   * Deletes replies, causes, finished redrives and commit rows older than `before`, up to `limit` of each kind and lane.
   * Returns how many.
   */
  prune(before: number, limit: number): Promise<number>;
  /** Deletes all data of an actor and leaves a tombstone, unless another node has taken over. */
  erase(claim: Claim, address: Address, now: number): Promise<"erased" | "absent" | "fenced">;
  detail(address: Address): Promise<StoredDetail | null>;
  /** The newest entries and dead letters between two positions that match the request. */
  activity(request: ActivityRequest): Promise<StoredActivity>;
  /** Database settings under which a committed reply may be lost, each with its consequence. */
  weaknesses(): Promise<string[]>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** The database cannot be reached at the moment. */
export class StoreUnavailable extends Error {
  override readonly name = "StoreUnavailable";
}
