import { type EffectCall, TerminalError } from "../../core/define/effects.ts";
import { describeError } from "../../core/errors.ts";
import { checkJson } from "../../core/json/json.ts";
import { seededRandom } from "../../core/random.ts";
import { isoTime } from "../../core/time.ts";
import type { Log } from "../../process/log.ts";
import type { RecordedEffect } from "../../protocol/journal.ts";
import type { Json } from "../../protocol/json.ts";
import type { Actor, OpenTurn } from "../actor/actor.ts";
import type { Clock } from "../ports/clock.ts";
import { crashPoint } from "../shared/crash-points.ts";
import { MAX_RESULT } from "../shared/limits.ts";

/** Effects that run at one time; others wait. */
const MAX_RUNNING = 1_000;
/** The first and the longest wait between two attempts, in milliseconds. Each is shortened by up to a half. */
const BACKOFF_MS = { first: 100, most: 10_000 };
/** Errors after which another attempt is of no use: the function says so, or gave what is not or too much to be recorded. */
const FINAL: ReadonlySet<string> = new Set(["TerminalError", "NotJson"]);

/** Who is told of effects. */
export interface EffectsTold {
  /** An attempt begins: it is the turn's `running`. */
  began(actor: Actor): void;
  /** The newest of a turn's effects is over; what came of it is among the turn's effects. */
  over(actor: Actor, turn: OpenTurn): void;
}

/** Runs the calls to the outside world that handlers ask for. */
export class Effects {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #told: EffectsTold;
  /** Those who wait for time to pass. One signal that all share would hold on to each of them for ever. */
  readonly #sleepers = new Set<AbortController>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #stopped = false;

  constructor(clock: Clock, log: Log, told: EffectsTold) {
    this.#clock = clock;
    this.#log = log;
    this.#told = told;
  }

  /** Runs an effect of an actor's open turn, until it succeeds or has failed for good. Never rejects. */
  async run(actor: Actor, turn: OpenTurn, n: number, call: EffectCall): Promise<void> {
    if (this.#running >= MAX_RUNNING) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#running += 1;
    const { id, command } = turn.message;
    const began = this.#clock.now();
    const since = isoTime(began);
    turn.began = began;
    const effect = await this.#attempts(`${id}/${n}`, call, (attempt) => {
      turn.running = { command, name: call.name, n, attempt, since };
      this.#told.began(actor);
    });
    turn.running = undefined;
    this.#running -= 1;
    this.#waiting.shift()?.();
    if (effect === null || actor.open !== turn) return;
    turn.effects.push(effect);
    this.#told.over(actor, turn);
  }

  /** Ends them all: what is not over now will be run again when its turn is resumed. */
  stop(): void {
    this.#stopped = true;
    for (const sleeper of this.#sleepers) sleeper.abort();
    for (const waiting of this.#waiting.splice(0)) waiting();
  }

  /** Null when the server stopped first. */
  async #attempts(
    idempotencyKey: string,
    call: EffectCall,
    begin: (attempt: number) => void,
  ): Promise<RecordedEffect | null> {
    const { name } = call;
    for (let attempt = 1; !this.#stopped; attempt++) {
      begin(attempt);
      try {
        return { name, attempts: attempt, result: await this.#attempt(idempotencyKey, attempt, call) };
      } catch (error) {
        if (this.#stopped) return null;
        const { name: kind, message } = describeError(error);
        const told = { name: kind, message };
        if (FINAL.has(kind) || attempt >= call.attempts) return { name, attempts: attempt, error: told };
        this.#log.info({ effect: name, key: idempotencyKey, attempt, error: message }, "an effect will be retried");
        await this.#sleep(backoff(attempt, idempotencyKey));
      }
    }
    return null;
  }

  async #attempt(idempotencyKey: string, attempt: number, { run, timeoutMs, name }: EffectCall): Promise<Json> {
    const giveUp = new AbortController();
    const timer = new AbortController();
    let ended = false;
    const late = this.#sleep(timeoutMs, timer).then(() => {
      if (ended) return;
      const why = this.#stopped ? "the server stops" : `effect "${name}" did not end within ${timeoutMs} ms`;
      giveUp.abort(new Error(why));
      throw new Error(why);
    });
    try {
      crashPoint("effect: before the call");
      const called = Promise.resolve(run({ signal: giveUp.signal, idempotencyKey, attempt }));
      const value = (await Promise.race([called, late])) ?? null;
      crashPoint("effect: after the call");
      return recordable(value);
    } finally {
      ended = true;
      // Whoever lost the race is heard of no more.
      late.catch(() => undefined);
      timer.abort();
    }
  }

  /** Waits until the time is over, the sleeper is woken, or the server stops. */
  async #sleep(ms: number, sleeper = new AbortController()): Promise<void> {
    this.#sleepers.add(sleeper);
    await this.#clock.sleep(ms, sleeper.signal);
    this.#sleepers.delete(sleeper);
  }
}

/** What is recorded of a result: a copy of it as it is now. */
function recordable(value: unknown): Json {
  checkJson(value);
  const text = JSON.stringify(value);
  const bytes = Buffer.byteLength(text);
  if (bytes <= MAX_RESULT) return JSON.parse(text) as Json;
  throw new TerminalError(`its result has ${bytes} bytes of JSON; at most ${MAX_RESULT} are recorded`);
}

/** Exponential, shortened by up to a half, so that many that failed together do not come back together. */
function backoff(attempt: number, key: string): number {
  const full = Math.min(BACKOFF_MS.first * 2 ** (attempt - 1), BACKOFF_MS.most);
  return full * (1 - seededRandom(`${key}/${attempt}`)() / 2);
}
