import type { Lifecycle } from "./actors.ts";
import type { MailCounts } from "./mail.ts";

/** One second of the server's work. Durations are in milliseconds; `at` is the end of the second in ms since 1970. */
export interface Sample {
  at: number;
  turns: number;
  commits: number;
  refused: number;
  /** The maximum number of messages in flight. */
  inFlight: number;
  /** Median and 95th percentile of the time from the start of a batch to its commit; null if nothing committed. */
  commitP50: number | null;
  commitP95: number | null;
  /** Messages in mailboxes, and dead letters, at the end of the second. */
  waiting: number;
  dead: number;
}

/** Maximum number of samples in an overview: five minutes. */
export const MAX_SAMPLES = 300;

/** The state of the whole server. */
export interface Overview {
  at: string;
  startedAt: string;
  /** The leading node. `standsBy` is set if this server is a standby for another node. */
  node: { owner: string; epoch: number; standsBy: { name: string; since: string } | null };
  /** `ok` is false while the database cannot be reached; `error` says why, `since` since when. */
  database: { ok: boolean; since: string; error: string | null };
  /** Actors by type and lifecycle. */
  types: { type: string; counts: Partial<Record<Lifecycle, number>> }[];
  mail: MailCounts;
  /** The latest recoveries, newest first; at most ten. */
  recoveries: RecoveryNote[];
  inFlight: number;
  maxInFlight: number;
  maxActive: number;
  lastCommitAt: string | null;
  /** Oldest first. After the first frame, only the samples since the previous frame. */
  samples: Sample[];
}

/** Upper bounds of a latency histogram's bars, in milliseconds; slower messages are in one additional bar. */
export const LATENCY_BOUNDS_MS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000];
/** The window of rates, in seconds. */
export const RATE_SECONDS = 60;

/** Statistics of one command since the server started. */
export interface CommandStats {
  name: string;
  /** Messages answered after a commit, and how many of them a handler failed or rejected. */
  total: number;
  failed: number;
  /** Messages in each of the last `RATE_SECONDS` seconds, oldest first. */
  perSecond: number[];
  /** Time from acceptance to commit: counts by `LATENCY_BOUNDS_MS`, and one for slower messages. */
  latency: number[];
}

/** Duration of the latest recoveries, in milliseconds. */
export interface RecoveryStats {
  /** The number of recoveries since the server started. */
  total: number;
  p50: number | null;
  p95: number | null;
  max: number | null;
}

/** Statistics of one actor type since the server started. */
export interface TypeStats {
  type: string;
  since: string;
  commands: CommandStats[];
  recovery: RecoveryStats;
}

/** A recovery: when (ISO, UTC) and how long it took, in milliseconds. */
export interface RecoveryNote {
  type: string;
  keyText: string;
  at: string;
  ms: number;
  /** The checkpoint it started from (0: none), and the entries folded after it; null for a durable state. */
  checkpoint: number | null;
  entries: number | null;
  damaged: number;
}

/** The letter of each lifecycle in a map. */
export const lifecycleLetters: Record<Lifecycle, string> = {
  passivated: "p",
  activating: "a",
  recovering: "r",
  active: "A",
  processing: "P",
  waiting: "w",
  failed: "f",
  fenced: "F",
};

/** The actors of one type, in order of creation. */
export interface MapGroup {
  type: string;
  /** Their keys in text form. If the keys are very long, only the first ones are included; the rest are null. */
  keys: (string | null)[];
  /** One letter per actor. */
  cells: string;
}

/** The lifecycles of all actors, or the changes since the previous frame, by type. */
export interface MapFrame {
  /** The full map, to be applied before the other members; null if there are more than `MAX_CELLS` actors. */
  groups?: MapGroup[] | null;
  /** New actors, at the end of their type: key and letter. */
  added: Record<string, [string, string][]>;
  /** Changed cells: index and letter. */
  changes: Record<string, [number, string][]>;
  /** Cells of actors that committed since the previous frame. */
  worked: Record<string, number[]>;
}
