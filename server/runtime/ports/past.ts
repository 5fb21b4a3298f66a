import type { Entry, EntryBody, EntryKind } from "../../protocol/journal.ts";
import type { Lineage, Timeline } from "../../protocol/past.ts";
import type { ActorId, Address } from "./ids.ts";
import type { Claim } from "./leases.ts";

/** The state at one seq of a journal, with its checksum. */
export interface Checkpoint {
  seq: number;
  /** JSON text. */
  state: string;
  checksum: string;
  version: number;
  /** The newest turn's `c.now`. */
  turnTime: number;
  at: number;
}

/** A checkpoint without its state. `valid` if the checksum matches. */
export interface CheckpointSummary extends Omit<Checkpoint, "state"> {
  /** Of the state as JSON. */
  bytes: number;
  permanent: boolean;
  valid: boolean;
}

/** A checkpoint to write. `permanent` ones stay for time travel; of the others, the last two stay. */
export interface CheckpointRow extends Checkpoint {
  id: ActorId;
  permanent: boolean;
}

/** A page of a journal: entries after `after`, oldest first; or before `before`, newest first. */
export interface EntriesRequest {
  id: ActorId;
  after?: number;
  before?: number;
  kinds?: readonly EntryBody["kind"][];
  limit: number;
  /** The maximum total size as JSON. The first entry may exceed it. */
  bytes: number;
  /** If set, entries include how long their commits took. These are the lanes' last commits, which are not stored yet. */
  commits?: readonly TimedCommit[];
}

/** How long the commit of a lane's batch took, in milliseconds. */
export interface TimedCommit {
  lane: number;
  batch: number;
  durationMs: number;
}

/** Entries, and whether more follow. */
export interface EntriesPage {
  entries: Entry[];
  more: boolean;
}

/**
 * Reads what a past state is computed from: the newest valid checkpoint at or below `at`, and the entries after it and
 * below `before`. `limit` and `bytes` are as in `EntriesRequest`.
 */
export interface PastRequest {
  id: ActorId;
  at: number;
  before: number;
  limit: number;
  bytes: number;
}

/** A checkpoint and the entries after it; without one, the journal's first entries. */
export interface Past extends EntriesPage {
  checkpoint: Checkpoint | null;
}

/** A fork to create: its entries, each body as JSON text, and the newest revision if it has a durable state. */
export interface ForkRow {
  id: ActorId;
  parent: { id: ActorId; keyText: string; seq: number };
  entries: readonly { kind: EntryKind; body: string }[];
  state: { revision: number; state: string; version: number; updatedAt: number } | null;
  at: number;
}

/** Reads the store as of one moment. */
export interface SnapshotReader extends Pick<PastPort, "past" | "seqAt"> {
  entries(request: EntriesRequest): Promise<EntriesPage>;
  /** Null for an actor that was never used. */
  idOf(address: Address): Promise<ActorId | null>;
  /** Up to `limit` actors of a type that were active since a time. The same store returns the same ones. */
  sample(type: string, activeSince: number, limit: number): Promise<{ id: ActorId; keyText: string }[]>;
}

/** Reads the past of actors that have entries, and forks them. */
export interface PastPort {
  /** One statement. */
  past(request: PastRequest): Promise<Past>;
  /**
   * The last seq committed at or before a time, and the first stored seq. `seq` is `begins` - 1 when all entries came
   * later. Null without entries.
   */
  seqAt(id: ActorId, time: number): Promise<{ seq: number; begins: number } | null>;
  /**
   * Divides a journal into stretches and counts the entries of each up to `counted`. Includes its newest checkpoints and
   * failures, up to `marks`.
   */
  timeline(id: ActorId, bounds: { stretches: number; counted: number; marks: number }): Promise<Timeline>;
  /** Runs `work` in a read-only transaction: it sees the store as of one moment, whatever is committed meanwhile. */
  snapshot<T>(work: (reader: SnapshotReader) => Promise<T>): Promise<T>;
  /** Creates an actor with entries, unless it exists or another node has taken over. */
  fork(claim: Claim, lane: number, row: ForkRow): Promise<"forked" | "taken" | "fenced">;
  /** The actor that this one was forked from, and its newest forks. */
  lineage(id: ActorId, limit: number): Promise<Lineage>;
}

/** The range of an actor's stored entries, and when the first was committed (milliseconds since 1970). */
export interface Span {
  id: ActorId;
  begins: number;
  head: number;
  firstAt: number;
}

/** Prunes journals and histories. */
export interface RetentionPort {
  /**
   * The spans of up to `limit` actors of a type, by id, after `after`. Actors without entries are left out. `next` is the
   * id to continue after; null at the end.
   */
  spans(type: string, after: number, limit: number): Promise<{ spans: Span[]; next: ActorId | null }>;
  /**
   * The first stored entry and the last that may be deleted; null if none may. A journal may be pruned up to its second
   * last valid checkpoint, so that recovery never needs a deleted entry; a durable state's history up to its second last
   * entry.
   */
  prunable(id: ActorId): Promise<{ begins: number; last: number } | null>;
  /** Writes a permanent checkpoint, replacing one of the same seq, unless the actor has been erased. */
  writePermanentCheckpoint(row: CheckpointRow): Promise<void>;
  /**
   * Deletes an actor's entries up to a seq and the checkpoints before it, in one statement. Returns how many entries it
   * deleted: 0 unless a valid checkpoint is at that seq and every entry is `prunable`. Seqs are never reused.
   */
  pruneThrough(id: ActorId, seq: number): Promise<number>;
}
