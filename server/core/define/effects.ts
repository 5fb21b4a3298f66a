import type { EffectError, Json } from "../../protocol/journal.ts";
import { checkJson } from "../json/json.ts";
import { type Duration, durationMs } from "../time.ts";
import { MAX_ATTEMPTS } from "../turn/retry.ts";

/** The argument of an effect's function. */
export interface EffectCallContext {
  /** Aborted when the attempt times out, or the server stops. */
  signal: AbortSignal;
  /**
   * `messageId/n`: the same for all attempts and after restarts. Pass it on, so that the callee can act exactly once.
   */
  idempotencyKey: string;
  /** From 1. */
  attempt: number;
}

/** Timeout and attempts of an effect. */
export interface EffectOptions {
  /** Timeout of one attempt; default `"30s"`. */
  timeout?: Duration;
  /** Attempts before the handler receives the error; default 5, maximum 100. */
  attempts?: number;
}

/** An effect requested by a handler. */
export interface EffectCall {
  name: string;
  run: (context: EffectCallContext) => unknown;
  timeoutMs: number;
  attempts: number;
}

/** Thrown by an effect's function to prevent further attempts: the handler receives the error at once. */
export class TerminalError extends Error {
  override readonly name = "TerminalError";
}

/** Thrown into the handler when an effect failed: after its last attempt, or by a `TerminalError`. */
export class EffectFailed extends Error {
  override readonly name = "EffectFailed";
  readonly effect: string;
  /** The name of the error class that the last attempt threw. */
  readonly errorName: string;

  constructor(effect: string, error: EffectError) {
    super(`effect "${effect}" failed: ${error.message}`);
    this.effect = effect;
    this.errorName = error.name;
  }
}

const DEFAULT_TIMEOUT: Duration = "30s";
const DEFAULT_ATTEMPTS = 5;

/**
 * Requests an effect from within a handler: `yield* effect(…)` returns its result.
 * @throws EffectFailed inside the handler; NotJson when the name cannot be recorded, TypeError for a malformed option
 */
export function* effect(
  name: string,
  run: EffectCall["run"],
  { timeout = DEFAULT_TIMEOUT, attempts = DEFAULT_ATTEMPTS }: EffectOptions = {},
): Generator<EffectCall, Json, Json> {
  checkJson(name);
  if (!Number.isInteger(attempts) || attempts < 1 || attempts > MAX_ATTEMPTS) {
    throw new TypeError(`effect "${name}": attempts must be an integer from 1 to ${MAX_ATTEMPTS}`);
  }
  return yield { name, run, timeoutMs: durationMs(timeout), attempts };
}
