import type { Address } from "./ids.ts";

/** Time, as the runtime knows it; the only way that it does. All times are milliseconds since 1970. */
export interface Clock {
  now(): number;
  /** Runs `task` every `ms` milliseconds until the returned function is called. `task` must not throw. */
  every(ms: number, task: () => void): () => void;
  /** Resolves after `ms` milliseconds, or at once when the signal is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Runs `task` soon: after the events that are already there. */
  soon(task: () => void): void;
}

/** Is told when code of an actor runs, to notice from outside when it never ends. Called for every turn. */
export interface Watchdog {
  enter(actor: Address, message: { id: string; command: string }): void;
  leave(): void;
}
