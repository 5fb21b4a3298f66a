/** The upper ends of a latency histogram's bars, in milliseconds; what took longer is in one more. */
export const LATENCY_BOUNDS_MS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000];
/** Over how many seconds rates are told. */
export const RATE_SECONDS = 60;

/** What one command of a type has done since the server started. */
export interface CommandStats {
  name: string;
  /** Messages that were answered after a commit, and those of them whose handler threw or refused. */
  total: number;
  failed: number;
  /** In each of the last `RATE_SECONDS` seconds, the oldest first. */
  perSecond: number[];
  /** From acceptance to commit: how many by `LATENCY_BOUNDS_MS`, and one more. */
  latency: number[];
}

/** How long actors took to be brought back, in milliseconds, of the newest that are remembered. */
export interface RecoveryStats {
  /** How many since the server started. */
  total: number;
  p50: number | null;
  p95: number | null;
  max: number | null;
}

/** What the actors of one type have done since the server started. */
export interface TypeStats {
  type: string;
  since: string;
  commands: CommandStats[];
  recovery: RecoveryStats;
}

/** An actor that was brought back: when (ISO, UTC), how long it took, and from what. */
export interface RecoveryNote {
  type: string;
  keyText: string;
  at: string;
  ms: number;
  /** The checkpoint it began with (0: none), and the entries folded after it; null where it keeps a state only. */
  checkpoint: number | null;
  entries: number | null;
  damaged: number;
}
