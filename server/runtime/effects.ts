import type { EffectCall } from "../core/effects.ts";
import { checkJson } from "../core/json.ts";
import { seededRandom } from "../core/random.ts";
import type { Log } from "../log.ts";
import type { EffectError, RecordedEffect } from "../protocol/journal.ts";
import type { Actor, OpenTurn } from "./actor.ts";
import type { Clock } from "./ports.ts";

/** Effects that run at one time; others wait. */
const MAX_RUNNING = 1_000;
/** The first and the longest wait between two attempts, in milliseconds. Each is shortened by up to a half. */
const BACKOFF_MS = { first: 100, most: 10_000 };

/** Runs the calls to the outside world that handlers ask for. */
export class Effects {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #over: (actor: Actor, turn: OpenTurn) => void;
  readonly #ended = new AbortController();
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  /** @param over called when the newest of a turn's effects is over; what came of it is among the turn's effects */
  constructor(clock: Clock, log: Log, over: (actor: Actor, turn: OpenTurn) => void) {
    this.#clock = clock;
    this.#log = log;
    this.#over = over;
  }

  /** Runs an effect of an actor's open turn, until it succeeds or has failed for good. Never rejects. */
  async run(actor: Actor, turn: OpenTurn, n: number, call: EffectCall): Promise<void> {
    if (this.#running >= MAX_RUNNING) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#running += 1;
    const effect = await this.#attempts(`${turn.message.id}/${n}`, call);
    this.#running -= 1;
    this.#waiting.shift()?.();
    if (effect === null || actor.open !== turn) return;
    turn.effects.push(effect);
    this.#over(actor, turn);
  }

  /** Ends them all: what is not over now will be run again when its turn is resumed. */
  stop(): void {
    this.#ended.abort();
    for (const waiting of this.#waiting.splice(0)) waiting();
  }

  /** Null when the server stopped first. */
  async #attempts(idempotencyKey: string, call: EffectCall): Promise<RecordedEffect | null> {
    const { name } = call;
    for (let attempt = 1; !this.#ended.signal.aborted; attempt++) {
      try {
        return { name, attempts: attempt, result: await this.#attempt(idempotencyKey, attempt, call) };
      } catch (error) {
        if (this.#ended.signal.aborted) return null;
        const told = toEffectError(error);
        if (told.name === "TerminalError" || attempt >= call.attempts) return { name, attempts: attempt, error: told };
        this.#log.info(
          { effect: name, key: idempotencyKey, attempt, error: told.message },
          "an effect will be retried",
        );
        await this.#clock.sleep(backoff(attempt, idempotencyKey), this.#ended.signal);
      }
    }
    return null;
  }

  async #attempt(idempotencyKey: string, attempt: number, { run, timeoutMs, name }: EffectCall) {
    const timeout = new AbortController();
    const done = new AbortController();
    const signal = AbortSignal.any([timeout.signal, this.#ended.signal]);
    const late = this.#clock.sleep(timeoutMs, AbortSignal.any([done.signal, this.#ended.signal])).then(() => {
      const error = new Error(`effect "${name}" did not end within ${timeoutMs} ms`);
      timeout.abort(error);
      throw error;
    });
    try {
      const result = await Promise.race([Promise.resolve(run({ signal, idempotencyKey, attempt })), late]);
      const value = result ?? null;
      checkJson(value);
      return structuredClone(value);
    } finally {
      // Whoever lost the race is heard of no more.
      late.catch(() => undefined);
      done.abort();
    }
  }
}

function toEffectError(error: unknown): EffectError {
  if (error instanceof Error) return { name: error.name, message: error.message };
  return { name: "Error", message: String(error) };
}

/** Exponential, shortened by up to a half, so that many that failed together do not come back together. */
function backoff(attempt: number, key: string): number {
  const full = Math.min(BACKOFF_MS.first * 2 ** (attempt - 1), BACKOFF_MS.most);
  return full * (1 - seededRandom(`${key}/${attempt}`)() / 2);
}
