import { vi } from "vitest";

/** How long something may take that takes no time on a machine with nothing else to do. In milliseconds. */
const PATIENCE_MS = 20_000;

/**
 * Tries a check until it passes, and returns what it gives. `patienceMs` is for what takes its time.
 * @throws whatever it threw last, when it does not in time
 */
export function eventually<T>(check: () => T | Promise<T>, patienceMs = PATIENCE_MS): Promise<T> {
  return vi.waitFor(check, { timeout: patienceMs, interval: 10 });
}
