import { z } from "zod";

export type {
  AttemptFailedEntry,
  EffectError,
  Entry,
  EntryBody,
  ForkedEntry,
  MigratedEntry,
  Patch,
  RecordedEffect,
  RecordedError,
  RecordedMessage,
  RecordedReminder,
  RecordedSend,
  Sender,
  TurnEntry,
} from "./entries.ts";

/** The kinds of entries. */
export const entryKind = z.enum(["turn", "received", "effect", "attempt_failed", "migrated", "forked", "adopted"]);
export type EntryKind = z.infer<typeof entryKind>;

/** Maximum number of entries on a page. */
const MAX_ENTRIES = 500;

/** The page of a journal: entries after `after`, oldest first; or before `before`, newest first; or the newest. */
export const journalQuery = z.strictObject({
  after: z.coerce.number().int().min(0).optional(),
  before: z.coerce.number().int().min(1).optional(),
  kind: entryKind.optional(),
  limit: z.coerce.number().int().min(1).max(MAX_ENTRIES).default(100),
});
export type JournalQuery = z.infer<typeof journalQuery>;

/** A checkpoint in a list. `bytes` is the size of its state as JSON. */
export interface CheckpointInfo {
  seq: number;
  at: string;
  bytes: number;
  version: number;
  /** Never pruned: time travel uses it. */
  permanent: boolean;
  /** Its checksum does not match: recovery ignores it. */
  damaged: boolean;
}

/** A checkpoint that a recovery skipped, and why. */
export interface DamagedCheckpoint {
  seq: number;
  reason: string;
}

/** How an actor in memory was recovered from its journal. */
export interface Recovery {
  /** ISO, UTC. */
  at: string;
  /** The seq of the checkpoint that it started from; 0 for the start of the journal. */
  checkpoint: number;
  /** Entries folded after the checkpoint. */
  entries: number;
  /** The duration in milliseconds, including the actors recovered by the same statements. */
  ms: number;
  /** Newest first. */
  damaged: DamagedCheckpoint[];
}

/** A running effect. */
export interface RunningEffect {
  /** The command that requested it. */
  command: string;
  name: string;
  /** Counts the message's effects from 0. */
  n: number;
  /** From 1. */
  attempt: number;
  /** When its first attempt started, as far as this node knows. ISO, UTC. */
  since: string;
}
