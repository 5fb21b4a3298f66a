import type { EffectError } from "../../protocol/journal.ts";
import type { Json } from "../../protocol/json.ts";
import { type Duration, durationMs } from "../duration.ts";
import { checkJson } from "../json/json.ts";

/** What a function that touches the outside world is given. */
export interface EffectCallContext {
  /** Aborted when the effect's time runs out, or the server stops. */
  signal: AbortSignal;
  /** `messageId/n`: the same through retries and restarts. Pass it on, and the callee can do its part exactly once. */
  idempotencyKey: string;
  /** From 1. */
  attempt: number;
}

/** How an effect is tried. */
export interface EffectOptions {
  /** How long one attempt may take. `"30s"` unless told. */
  timeout?: Duration;
  /** How often it is tried before the handler hears of the error. 5 unless told, at most 100. */
  attempts?: number;
}

/** An effect that a handler asked for. */
export interface EffectCall {
  name: string;
  run: (context: EffectCallContext) => unknown;
  timeoutMs: number;
  attempts: number;
}

/** Thrown by the function of an effect: trying again is of no use, so the handler hears of it at once. */
export class TerminalError extends Error {
  override readonly name = "TerminalError";
}

/** What a handler catches when an effect has failed for good: after its last attempt, or by a `TerminalError`. */
export class EffectFailed extends Error {
  override readonly name = "EffectFailed";
  /** The effect's name. */
  readonly effect: string;
  /** What the last attempt threw: the name of its error class. */
  readonly errorName: string;

  constructor(effect: string, error: EffectError) {
    super(`effect "${effect}" failed: ${error.message}`);
    this.effect = effect;
    this.errorName = error.name;
  }
}

const DEFAULT_TIMEOUT: Duration = "30s";
const DEFAULT_ATTEMPTS = 5;
const MAX_ATTEMPTS = 100;

/**
 * Asks for an effect, from within a handler: `yield* effect(…)` gives its result.
 * @throws EffectFailed inside the handler; NotJson when the name cannot be recorded, TypeError for a malformed option
 */
export function* effect(
  name: string,
  run: EffectCall["run"],
  { timeout = DEFAULT_TIMEOUT, attempts = DEFAULT_ATTEMPTS }: EffectOptions = {},
): Generator<EffectCall, Json, Json> {
  checkJson(name);
  if (!Number.isInteger(attempts) || attempts < 1 || attempts > MAX_ATTEMPTS) {
    throw new TypeError(`effect "${name}": attempts must be a whole number from 1 to ${MAX_ATTEMPTS}`);
  }
  return yield { name, run, timeoutMs: durationMs(timeout), attempts };
}
