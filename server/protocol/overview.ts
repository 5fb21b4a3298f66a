import type { Lifecycle } from "./actors.ts";
import type { MailCounts } from "./mail.ts";
import type { RecoveryNote } from "./type-stats.ts";

/** One second of the server's work. Times are in milliseconds, `at` is the second's end in ms since 1970. */
export interface Sample {
  at: number;
  turns: number;
  commits: number;
  refused: number;
  /** The most messages that were in flight at one time. */
  inFlight: number;
  /** Median and 95th percentile from the batch's begin to its commit; null when nothing committed. */
  commitP50: number | null;
  commitP95: number | null;
  /** Messages in mailboxes, and dead letters, at its end. */
  waiting: number;
  dead: number;
}

/** How many samples an overview carries: five minutes. */
export const MAX_SAMPLES = 300;

/** The whole server at a glance. */
export interface Overview {
  at: string;
  startedAt: string;
  /** The node that leads; `standsBy` when that is another one, which this server stands by for. */
  node: { owner: string; epoch: number; standsBy: { name: string; since: string } | null };
  /** False while the database cannot be reached; `databaseError` says why, and since when. */
  database: { ok: boolean; since: string; error: string | null };
  /** Actors by type and by where they are in their life. */
  types: { type: string; counts: Partial<Record<Lifecycle, number>> }[];
  mail: MailCounts;
  /** Actors that were brought back last, the newest first; at most ten. */
  recoveries: RecoveryNote[];
  inFlight: number;
  maxInFlight: number;
  maxActive: number;
  lastCommitAt: string | null;
  /** Oldest first; a frame after the first carries only those since the frame before. */
  samples: Sample[];
}
