import { seededRandom } from "../random.ts";

/** Default attempts for a mailbox message. With the waits between them they take up to 51 s. */
export const DEFAULT_ATTEMPTS = 10;
/** Maximum number of attempts that a type can allow. */
export const MAX_ATTEMPTS = 100;
/** Maximum wait between two attempts, in milliseconds. */
export const MAX_WAIT_MS = 30_000;
const WAIT_MS = { first: 100, max: MAX_WAIT_MS };

/**
 * The wait after a failed attempt, in milliseconds: exponential backoff, reduced by up to half so that messages that
 * failed together are not all retried at once. Deterministic for a seed and an attempt.
 * @param attempt counted from 1
 * @param seed identifies what is retried
 */
export function backoffMs(attempt: number, seed: string, { first, max } = WAIT_MS): number {
  const full = Math.min(first * 2 ** (attempt - 1), max);
  return Math.ceil(full * (1 - seededRandom(`${seed}/${attempt}`)() / 2));
}
