import type { Entry, EntryBody, EntryKind } from "../../protocol/journal.ts";
import type { Lineage, Timeline } from "../../protocol/past.ts";
import type { ActorId, Address } from "./ids.ts";
import type { Claim } from "./leases.ts";

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

/** A checkpoint without its state, as lists need it. `valid` where the checksum holds. */
export interface CheckpointSummary extends Omit<Checkpoint, "state"> {
  /** Of the state as JSON. */
  bytes: number;
  permanent: boolean;
  valid: boolean;
}

/** A checkpoint to be written. `permanent` ones are kept for time travel; of the others, the last two. */
export interface CheckpointRow extends Checkpoint {
  id: ActorId;
  permanent: boolean;
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
  commits?: readonly TimedCommit[];
}

/** How long the commit of a lane's batch took, in milliseconds. */
export interface TimedCommit {
  lane: number;
  batch: number;
  durationMs: number;
}

/** Entries that were asked for, and whether there are more after them. */
export interface EntriesPage {
  entries: Entry[];
  more: boolean;
}

/**
 * What a past state is made of: the newest valid checkpoint at or below `at`, and the entries after it and below `before`;
 * as many of them, and as many bytes, as `EntriesRequest` says.
 */
export interface PastRequest {
  id: ActorId;
  at: number;
  before: number;
  limit: number;
  bytes: number;
}

/** What a past state is made of; without a checkpoint the entries begin with the journal. */
export interface Past extends EntriesPage {
  checkpoint: Checkpoint | null;
}

/**
 * An actor that begins as a fork of another: its entries from the first on, each body JSON text; and `state`, its newest
 * revision, where it has a durable state.
 */
export interface ForkRow {
  id: ActorId;
  parent: { id: ActorId; keyText: string; seq: number };
  entries: readonly { kind: EntryKind; body: string }[];
  state: { revision: number; state: string; version: number; updatedAt: number } | null;
  at: number;
}

/** The store as it was at one moment. */
export interface SnapshotReader extends Pick<PastPort, "past" | "seqAt"> {
  entries(request: EntriesRequest): Promise<EntriesPage>;
  /** Null for one that was never used. */
  idOf(address: Address): Promise<ActorId | null>;
  /** Some actors of a type that were active since a time, always the same ones for the same store; at most `limit`. */
  sample(type: string, activeSince: number, limit: number): Promise<{ id: ActorId; keyText: string }[]>;
}

/** What the store knows of the past of actors with entries. */
export interface PastPort {
  /** What a past state is made of, in one statement. */
  past(request: PastRequest): Promise<Past>;
  /**
   * The last seq that was committed at a time or before it, one less than `begins` when all came after it; and the first
   * seq that is kept. Null when no entry is.
   */
  seqAt(id: ActorId, time: number): Promise<{ seq: number; begins: number } | null>;
  /** A journal in so many stretches, of each so many entries counted; with its newest checkpoints and failures. */
  timeline(id: ActorId, bounds: { stretches: number; counted: number; marks: number }): Promise<Timeline>;
  /**
   * Has `work` read the store as it is at one moment, however long it takes and whatever is committed meanwhile, in a
   * transaction that cannot write.
   */
  snapshot<T>(work: (reader: SnapshotReader) => Promise<T>): Promise<T>;
  /** Begins an actor with entries, all or none, unless it has begun or another node has taken over. */
  fork(claim: Claim, lane: number, row: ForkRow): Promise<"forked" | "taken" | "fenced">;
  /** Whom an actor was forked from, and its newest forks. */
  lineage(id: ActorId, limit: number): Promise<Lineage>;
}
