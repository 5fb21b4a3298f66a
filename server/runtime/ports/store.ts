import type { Entry } from "../../protocol/journal.ts";
import type { Json } from "../../protocol/json.ts";
import type { ActivityRequest, StoredActivity } from "./activity-feed.ts";
import type { LaneWriter, StoredReply } from "./commit.ts";
import type { ActorId, Address } from "./ids.ts";
import type { Claim, LeaseStore } from "./leases.ts";
import type { ListingStore, StoredDetail } from "./listing.ts";
import type { MailStore } from "./mailboxes.ts";
import type { MessageStore } from "./messages.ts";
import type { Checkpoint, CheckpointRow, CheckpointSummary, EntriesPage, EntriesRequest, PastPort } from "./past.ts";
import type { RetentionPort } from "./retention.ts";

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

/** An actor with a journal as the store has it: its newest checkpoint, if there is one at all. */
export interface StoredJournal {
  id: ActorId;
  checkpoint: Checkpoint | null;
  /** Whether its mailbox holds anything. */
  hasMail: boolean;
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
   * Writes checkpoints, and deletes those that are no longer kept: of each actor, those that are not permanent and older than
   * its last two whose checksums hold.
   */
  writeCheckpoints(rows: readonly CheckpointRow[]): Promise<void>;
  entries(request: EntriesRequest): Promise<EntriesPage>;
  /** An actor's checkpoints below a seq, newest first. */
  checkpoints(id: ActorId, before: number, limit: number): Promise<CheckpointSummary[]>;
  storedReplies(wanted: readonly { id: ActorId; idempotencyKey: string }[]): Promise<(StoredReply | null)[]>;
  /** Writes when actors were last active. */
  touch(activity: readonly { id: ActorId; lastActiveAt: number }[]): Promise<void>;
  /** Deletes replies, what is kept of causes, redrives that are over and commit rows older than `before`, at most `limit` of each kind and lane; returns how many. */
  prune(before: number, limit: number): Promise<number>;
  /** Deletes all that is kept of an actor and leaves a tombstone, unless another node has taken over. */
  erase(claim: Claim, address: Address, now: number): Promise<"erased" | "absent" | "fenced">;
  detail(address: Address): Promise<StoredDetail | null>;
  /** What happened between two positions: entries and dead letters, as far as they are wanted; the newest. */
  activity(request: ActivityRequest): Promise<StoredActivity>;
  /** Settings of the database under which a reply does not mean durable, each with what that costs. */
  weaknesses(): Promise<string[]>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** The database cannot be reached, or not now. */
export class StoreUnavailable extends Error {
  override readonly name = "StoreUnavailable";
}
