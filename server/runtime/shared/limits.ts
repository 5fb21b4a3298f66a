/** Limits that an operator may set. Times in milliseconds. */
export interface Limits {
  /** Actors in memory at one time; the least recently used are passivated first. */
  maxActive: number;
  /** Accepted, unfinished messages; more are refused as `overloaded`. */
  maxInFlight: number;
  /** How often idle actors are passivated. */
  inactivityCheckMs: number;
  /** Overrides the idle time after which each type's actors are passivated. */
  passivateAfterMs: number | undefined;
}

export const defaultLimits: Limits = {
  maxActive: 100_000,
  maxInFlight: 20_000,
  inactivityCheckMs: 5 * 60_000,
  passivateAfterMs: undefined,
};

/** Lanes of a node. With two, one commits while the other prepares its batch. */
export const LANES = 2;
/** Messages in one actor's inbox; more are refused as `overloaded`. */
export const MAX_INBOX = 10_000;
/** Turns in one group commit. */
export const MAX_BATCH = 2_000;
/** Turns that one actor runs before the next actor runs. */
export const TURNS_AT_A_TIME = 64;
/** Messages that a lane runs before it yields to the event loop. */
export const MESSAGES_A_CYCLE = 500;
/** How long an ask waits for its reply before it fails with `timeout`. */
export const ASK_TIMEOUT_MS = 30_000;
/** Actors loaded or replies looked up in one statement. */
export const MAX_LOOKUP = 1_000;
/** The size limit of an effect's result, in bytes of JSON. */
export const MAX_RESULT = 1024 * 1024;
/** How long the lease lasts unless it is renewed, and how often it is renewed. */
export const LEASE_MS = 3_000;
export const HEARTBEAT_MS = 1_000;
/** How often the times of last activity are stored. */
export const ACTIVITY_MS = 60_000;
/** How long replies and commit rows are stored. */
export const KEEP_MS = 7 * 24 * 3_600_000;
/** How often older ones are deleted, and the maximum number of rows per run. */
export const PRUNE_MS = 60_000;
export const PRUNE_ROWS = 10_000;
/** How often the retention of types is applied. */
export const RETENTION_MS = 3_600_000;
/** The first and the longest wait between attempts to reach a database that is down. */
export const RETRY_MS = { first: 50, max: 1_000 };
/** How long a stopping runtime waits for the database before it abandons unfinished work. */
export const STOP_GRACE_MS = 7_000;
/** How often mailboxes are swept for messages whose actors are not awake. */
export const SWEEP_MS = 30_000;
