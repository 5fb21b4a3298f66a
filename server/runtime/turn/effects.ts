import { type EffectCall, TerminalError } from "../../core/define/effects.ts";
import { describeError } from "../../core/errors.ts";
import { checkJson } from "../../core/json/json.ts";
import { isoTime } from "../../core/time.ts";
import { backoffMs } from "../../core/turn/retry.ts";
import type { Log } from "../../process/log.ts";
import type { Json, RecordedEffect } from "../../protocol/journal.ts";
import type { Actor } from "../actor/actor.ts";
import type { OpenTurn, WantedEffect } from "../actor/staged-turn.ts";
import type { Clock } from "../ports/clock.ts";
import { crashPoint } from "../shared/crash-points.ts";
import { MAX_RESULT } from "../shared/limits.ts";

/** Effects that run at the same time. Others wait. */
const MAX_RUNNING = 1_000;
/** The first and the longest wait between two attempts, in milliseconds. Each is shortened by up to a half. */
const BACKOFF_MS = { first: 100, max: 10_000 };
/** Errors after which a retry is of no use: the function says so, or its result cannot be recorded. */
const FINAL: ReadonlySet<string> = new Set(["TerminalError", "NotJson"]);

export interface EffectListener {
  /** An attempt starts: it is the turn's `running`. */
  started(actor: Actor): void;
  /** The newest of a turn's effects has finished. Its result, or its error, is among the turn's effects. */
  finished(actor: Actor, turn: OpenTurn): void;
}

/** Runs the effects that handlers ask for. */
export class Effects {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #listener: EffectListener;
  /** The waits under way. One signal shared by all would keep each of them alive until the node stops. */
  readonly #sleepers = new Set<AbortController>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #stopped = false;

  constructor(clock: Clock, log: Log, listener: EffectListener) {
    this.#clock = clock;
    this.#log = log;
    this.#listener = listener;
  }

  /** Runs an effect of an actor's open turn until it succeeds or its last attempt fails. Never rejects. */
  async run(actor: Actor, turn: OpenTurn, { n, call }: WantedEffect): Promise<void> {
    if (this.#running >= MAX_RUNNING) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#running += 1;
    const { id, command } = turn.message;
    const startedAt = this.#clock.now();
    const since = isoTime(startedAt);
    turn.startedAt = startedAt;
    const effect = await this.#attempts(`${id}/${n}`, call, (attempt) => {
      turn.running = { command, name: call.name, n, attempt, since };
      this.#listener.started(actor);
    });
    turn.running = undefined;
    this.#running -= 1;
    this.#waiting.shift()?.();
    if (effect === null || actor.open !== turn) return;
    turn.effects.push(effect);
    this.#listener.finished(actor, turn);
  }

  /** Stops all effects. Those that have not finished run again when their turns are resumed. */
  stop(): void {
    this.#stopped = true;
    for (const sleeper of this.#sleepers) sleeper.abort();
    for (const waiting of this.#waiting.splice(0)) waiting();
  }

  /** Null when the node stopped first. */
  async #attempts(
    idempotencyKey: string,
    call: EffectCall,
    start: (attempt: number) => void,
  ): Promise<RecordedEffect | null> {
    const { name } = call;
    for (let attempt = 1; !this.#stopped; attempt++) {
      start(attempt);
      try {
        return { name, attempts: attempt, result: await this.#attempt(idempotencyKey, attempt, call) };
      } catch (error) {
        if (this.#stopped) return null;
        const { name: kind, message } = describeError(error);
        if (FINAL.has(kind) || attempt >= call.attempts) {
          return { name, attempts: attempt, error: { name: kind, message } };
        }
        this.#log.info({ effect: name, key: idempotencyKey, attempt, error: message }, "an effect will be retried");
        await this.#sleep(backoffMs(attempt, idempotencyKey, BACKOFF_MS));
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
      // The loser of the race may still reject.
      late.catch(() => undefined);
      timer.abort();
    }
  }

  /** Waits until the time has passed, `sleeper` is aborted, or the node stops. */
  async #sleep(ms: number, sleeper = new AbortController()): Promise<void> {
    this.#sleepers.add(sleeper);
    await this.#clock.sleep(ms, sleeper.signal);
    this.#sleepers.delete(sleeper);
  }
}

/** A copy of a result, as it is recorded. */
function recordable(value: unknown): Json {
  checkJson(value);
  const text = JSON.stringify(value);
  const bytes = Buffer.byteLength(text);
  if (bytes <= MAX_RESULT) return JSON.parse(text) as Json;
  throw new TerminalError(`its result has ${bytes} bytes of JSON; at most ${MAX_RESULT} are recorded`);
}
