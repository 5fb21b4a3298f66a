/** The bounds that an operator may set. Times in milliseconds. */
export interface Limits {
  /** Actors in memory at one time; the least recently used go first. */
  maxActive: number;
  /** Messages accepted and not finished; beyond it they are refused as `overloaded`. */
  maxInFlight: number;
  /** How often idle actors are looked for. */
  inactivityCheckMs: number;
  /** When set, the idle time after which any actor is let go, whatever its type says. */
  passivateAfterMs: number | undefined;
}

/** What holds where nothing is set. */
export const defaultLimits: Limits = {
  maxActive: 100_000,
  maxInFlight: 20_000,
  inactivityCheckMs: 5 * 60_000,
  passivateAfterMs: undefined,
};

/** Commit lines of a node. Two keep one commit in flight while the other lane's is being made ready. */
export const LANES = 2;
/** Messages in one actor's inbox. Beyond it they are refused as `overloaded`. */
export const MAX_INBOX = 10_000;
/** Turns in one group commit. */
export const MAX_BATCH = 2_000;
/** Turns that one actor runs before the next one has its go. */
export const TURNS_AT_A_TIME = 64;
/** Messages that a lane runs before it lets other work of the process go on. */
export const MESSAGES_A_CYCLE = 500;
/** How long an ask waits for its reply before its caller is told `timeout`. */
export const ASK_TIMEOUT_MS = 30_000;
/** Actors loaded, or replies looked up, in one statement. */
export const MAX_LOOKUP = 1_000;
/** The most bytes that the result of an effect may have as JSON. */
export const MAX_RESULT = 1024 * 1024;
/** How long the right to write lasts unless it is renewed. */
export const LEASE_MS = 3_000;
/** How often it is renewed. */
export const HEARTBEAT_MS = 1_000;
/** How often it is written when actors were last active. */
export const ACTIVITY_MS = 60_000;
/** How long replies, and the rows of commits, are kept. */
export const KEEP_MS = 7 * 24 * 3_600_000;
/** How often what is older is deleted, and how many rows at most in one go. */
export const PRUNE_MS = 60_000;
export const PRUNE_ROWS = 10_000;
/** How often what types keep no longer of their actors' pasts is looked for. */
export const RETENTION_MS = 3_600_000;
/** The first and the longest wait between two tries to reach a database that is down. */
export const RETRY_MS = { first: 50, max: 1_000 };
/** How long a stopping runtime waits for the database before it gives up what is in hand. */
export const STOP_GRACE_MS = 7_000;
/** How often mailboxes are looked through for messages that nobody woke an actor for. */
export const SWEEP_MS = 30_000;
