import { GreenroomError } from "../../core/errors.ts";
import { MAX_STATE } from "../../core/json/size.ts";
import type { Address } from "../ports/ids.ts";

/** The store did not answer. Nothing of the request was done. */
export function unavailable(cause: unknown): GreenroomError {
  const message = "The database cannot be reached; nothing was done. Try again.";
  return new GreenroomError("unavailable", message, { retryAfterMs: 1_000 }, { cause });
}

/** Runs `work` and turns the store's `StoreUnavailable` into `unavailable`. Other errors pass. */
export async function orUnavailable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof Error && error.name === "StoreUnavailable" ? unavailable(error) : error;
  }
}

/** The node is stopping and takes no more work. */
export function stopping(): GreenroomError {
  return new GreenroomError("unavailable", "The server is stopping; nothing was done.", { retryAfterMs: 5_000 });
}

/** The actor has work that stands in the way. */
export function busy(what: string): GreenroomError {
  return new GreenroomError("unavailable", `${what}; nothing was done. Try again shortly.`, { retryAfterMs: 1_000 });
}

/** There is no room for another message. */
export function overloaded(what: string, retryAfterMs = 250): GreenroomError {
  return new GreenroomError("overloaded", `Too much to do: ${what}. Try again shortly.`, { retryAfterMs });
}

/** The shortest wait that is suggested to a held-up caller, in milliseconds. */
const MIN_WAIT_MS = 50;

/** The actor waits to retry a message, and runs nothing before it. */
export function heldUp(
  { type, keyText }: Address,
  { id, command }: { id: string; command: string },
  waitMs: number,
): GreenroomError {
  const message = `${type} ${keyText} is waiting to retry message ${id} (${command}). Try again shortly.`;
  return new GreenroomError("overloaded", message, { retryAfterMs: Math.max(MIN_WAIT_MS, waitMs) });
}

/** The actor cannot be loaded. `retryAfterMs` is when loading is tried again; undefined when it is not. */
export function actorFailed({ type, keyText }: Address, reason: string, retryAfterMs?: number): GreenroomError {
  const details = retryAfterMs === undefined ? undefined : { retryAfterMs };
  return new GreenroomError("actor_failed", `${type} ${keyText}: ${reason}`, details);
}

/** The caller's time ran out. The message may still commit. */
export function expired(): GreenroomError {
  return new GreenroomError(
    "timeout",
    "No answer in time; the outcome is not known. Ask again with the same idempotency key.",
  );
}

/** The idempotency key was used for another command or payload. */
export function idempotencyConflict(): GreenroomError {
  return new GreenroomError(
    "idempotency_conflict",
    "This idempotency key was used for another command or payload of this actor. Use a new key for a new command.",
  );
}

/** A command with this idempotency key is in the mailbox and has no reply. */
export function noReplyYet(): GreenroomError {
  return new GreenroomError(
    "timeout",
    "A command with this idempotency key was accepted earlier and has no reply yet: it is queued or dead-lettered.",
    { retryAfterMs: 250 },
  );
}

/** Another node took over before the turn could commit. */
export function fenced(): GreenroomError {
  return new GreenroomError("fenced", "Another server has taken over; nothing of this was kept. Ask again.");
}

/** Another writer changed the actor before the turn could commit. */
export function conflict({ type, keyText }: Address): GreenroomError {
  const message = `${type} ${keyText} was changed by another writer; nothing of this was kept and the actor is loaded again. Ask again.`;
  return new GreenroomError("fenced", message);
}

/** The actor's new state, or one of its entries, is larger than the store takes. */
export function tooLarge({ type, keyText }: Address, what: string): GreenroomError {
  const message = `${what} of ${type} ${keyText} would be larger than ${MAX_STATE} bytes of JSON; nothing was kept.`;
  return new GreenroomError("handler_failed", message);
}

/** The database refused a statement and named no actor. `what` is the subject of the message. */
export function refusedByDatabase(what: string, cause: Error): GreenroomError {
  return new GreenroomError("handler_failed", `The database refused ${what}: ${cause.message}`, undefined, { cause });
}

/** Nothing was ever committed for the actor. */
export function neverUsed({ type, keyText }: Address): GreenroomError {
  return new GreenroomError("not_found", `${type} ${keyText} has never been used: nothing was committed for it.`);
}

/** The actor's type keeps neither a journal nor a history. */
export function withoutHistory(type: string): GreenroomError {
  const message = `${type} keeps its newest state only. A type that is defined with history: true keeps its past.`;
  return new GreenroomError("not_found", message);
}
