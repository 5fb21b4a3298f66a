import { Worker } from "node:worker_threads";
import { GreenroomError } from "../core/errors.ts";
import type { Job, Outcome, Sandbox } from "../runtime/history/sandbox.ts";
import type { Clock } from "../runtime/ports/clock.ts";
import type { Answer, TypesSource } from "./thread.ts";

/**
 * Maximum duration of a job in milliseconds, and memory for its values in MB. A thousand messages take some ten
 * milliseconds, so a longer job does not end.
 */
const LIMITS = { ms: 20_000, heapMb: 512 };
/** Maximum number of jobs, including the running one; more are refused as `overloaded`. */
const MAX_JOBS = 16;

/** The parts of a sandbox. */
export interface ThreadSandboxOptions {
  types: TypesSource;
  clock: Clock;
  limits?: typeof LIMITS;
}

/** A thread, and why it ended, if it has. */
interface Thread {
  worker: Worker;
  ended: Promise<string>;
}

/**
 * Runs actors' code in its own thread, one job at a time. A job that takes too long, or too much memory, is ended with
 * its thread; the next job starts another. The thread starts with the first job, and does not keep the process alive.
 */
export class ThreadSandbox implements Sandbox {
  readonly #options: Required<ThreadSandboxOptions>;
  #thread: Thread | undefined;
  #jobs = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor({ limits = LIMITS, ...options }: ThreadSandboxOptions) {
    this.#options = { ...options, limits };
  }

  /**
   * See `Sandbox.run`. @throws GreenroomError `overloaded` when too many jobs wait, `handler_failed` when the code does
   * not end
   */
  async run<J extends Job>(job: J): Promise<Outcome<J>> {
    if (this.#jobs >= MAX_JOBS) {
      const text = `${MAX_JOBS} other jobs are waiting for the sandbox. Try again.`;
      throw new GreenroomError("overloaded", text, { retryAfterMs: 1_000 });
    }
    this.#jobs += 1;
    const turn = this.#last.then(() => this.#do(job)).finally(() => (this.#jobs -= 1));
    // The caller gets the error; the next job only waits.
    this.#last = turn.catch(() => undefined);
    const answer = await turn;
    if (answer.ok) return answer.outcome;
    const { code, message, details } = answer.error;
    throw new GreenroomError(code, message, details);
  }

  /** Ends the thread and its job. */
  async close(): Promise<void> {
    await this.#thread?.worker.terminate();
  }

  async #do<J extends Job>(job: J): Promise<Answer<J>> {
    const { clock, limits } = this.#options;
    this.#thread ??= this.#start();
    const { worker, ended } = this.#thread;
    const done = new AbortController();
    const answer = await Promise.race([
      answerOf(worker, job),
      ended.then((why) => stopped(job, why)),
      clock.sleep(limits.ms, done.signal).then(() => stopped(job, `did not end within ${limits.ms} ms`)),
    ]);
    done.abort();
    if (answer.ok || !("isEnd" in answer)) return answer;
    this.#thread = undefined;
    await worker.terminate();
    return answer;
  }

  #start(): Thread {
    const { types, limits } = this.#options;
    const worker = new Worker(new URL("./boot.js", import.meta.url), {
      workerData: types,
      resourceLimits: { maxOldGenerationSizeMb: limits.heapMb },
      execArgv: [],
    });
    worker.unref();
    const ended = new Promise<string>((resolve) => {
      worker.once("error", ({ message }) => resolve(`ended its thread: ${message}`));
      worker.once("exit", () => resolve("ended its thread"));
    });
    return { worker, ended };
  }
}

function answerOf<J extends Job>(worker: Worker, job: J): Promise<Answer<J>> {
  return new Promise((resolve) => {
    worker.once("message", resolve);
    worker.postMessage(job);
  });
}

/** The answer to a job whose thread can no longer be used. */
function stopped({ type, keyText }: Job, what: string): { ok: false; error: GreenroomError; isEnd: true } {
  const text = `The code of ${type} ${keyText}, run again over its history, ${what}. Nothing else is affected.`;
  return { ok: false, error: new GreenroomError("handler_failed", text), isEnd: true };
}
