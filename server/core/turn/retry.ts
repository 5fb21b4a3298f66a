import { seededRandom } from "../random.ts";

/** How often a message from a mailbox is tried, unless its type says otherwise: with the waits, for up to 51 s. */
export const DEFAULT_ATTEMPTS = 10;
/** The most attempts that a type may allow. */
export const MAX_ATTEMPTS = 100;
/** The longest wait between two attempts, in milliseconds. */
export const MAX_WAIT_MS = 30_000;
/** The first and the longest. */
const WAIT_MS = { first: 100, most: MAX_WAIT_MS };

/**
 * How long to wait after a failed attempt (counted from 1), in milliseconds: twice as long each time, shortened by up to
 * a half, so that what failed together does not come back together. The same for the same message and attempt.
 */
export function backoffMs(attempt: number, seed: string, { first, most } = WAIT_MS): number {
  const full = Math.min(first * 2 ** (attempt - 1), most);
  return Math.ceil(full * (1 - seededRandom(`${seed}/${attempt}`)() / 2));
}
