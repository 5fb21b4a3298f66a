import type { ActorId } from "./ids.ts";
import type { CheckpointRow } from "./past.ts";

/** Where an actor's entries begin and end, and when the first was committed (milliseconds since 1970). */
export interface Span {
  id: ActorId;
  begins: number;
  head: number;
  firstAt: number;
}

/** What of the past is let go of, and what must stay. */
export interface RetentionPort {
  /**
   * Where the entries begin and end of actors of a type, whose ids are above `after`, in their order; of so many actors.
   * Those that have no entries are left out; `next` is the id to go on after, null when no actors follow.
   */
  spans(type: string, after: number, limit: number): Promise<{ spans: Span[]; next: ActorId | null }>;
  /**
   * The first entry that is kept, and the last that may go: of a journal that of its last checkpoint but one whose
   * checksum holds, so that recovery never needs what is gone; of a durable state's history the last but one. Null where
   * none may.
   */
  prunable(id: ActorId): Promise<{ begins: number; last: number } | null>;
  /** Writes a checkpoint to be kept for good, over one of the same seq; not if the actor has been erased. */
  keepCheckpoint(row: CheckpointRow): Promise<void>;
  /**
   * Deletes an actor's entries up to a seq, and the checkpoints before it, in one statement, and returns how many entries
   * went: none where no valid checkpoint stands for what was up to there, or one is not `prunable`. Seqs are never given
   * again.
   */
  pruneThrough(id: ActorId, seq: number): Promise<number>;
}
