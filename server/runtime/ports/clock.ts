import type { Address } from "./ids.ts";

/** The runtime's only source of time. All times are milliseconds since 1970. */
export interface Clock {
  now(): number;
  /** Runs `task` every `ms` milliseconds until the returned function is called. `task` must not throw. */
  every(ms: number, task: () => void): () => void;
  /** Resolves after `ms` milliseconds, or at once when the signal is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Runs `task` after the events that are already queued. */
  soon(task: () => void): void;
}

/** Is notified around every turn, so that another thread can detect actor code that never returns. */
export interface Watchdog {
  enter(actor: Address, message: { id: string; command: string }): void;
  leave(): void;
}
