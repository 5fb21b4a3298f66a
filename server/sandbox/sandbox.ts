import { Worker } from "node:worker_threads";
import { GreenroomError } from "../core/errors.ts";
import type { Job, Outcome, Sandbox } from "../runtime/history/sandbox.ts";
import type { Clock } from "../runtime/ports/clock.ts";
import type { Answer, TypesSource } from "./thread.ts";

/**
 * How long a job may take, in milliseconds, and the memory that its values may have, in MB: a thousand messages take some ten
 * milliseconds, so what takes longer does not end.
 */
const LIMITS = { ms: 20_000, heapMb: 512 };
/** Jobs that wait, and the one that runs; beyond them they are refused as `overloaded`. */
const MAX_JOBS = 16;

/** What a sandbox is made of. */
export interface ThreadSandboxOptions {
  types: TypesSource;
  clock: Clock;
  limits?: typeof LIMITS;
}

/** A thread, and why it ended, once it has. */
interface Thread {
  worker: Worker;
  ended: Promise<string>;
}

/**
 * Runs code of actors in a thread of its own, one job at a time. One that takes too long, or too much memory, ends with its
 * thread; the next one gets another. The thread starts with the first job, and does not keep the process from ending.
 */
export class ThreadSandbox implements Sandbox {
  readonly #options: Required<ThreadSandboxOptions>;
  #thread: Thread | undefined;
  #jobs = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor({ limits = LIMITS, ...options }: ThreadSandboxOptions) {
    this.#options = { ...options, limits };
  }

  /** See `Sandbox.run`. @throws GreenroomError `overloaded` when too many wait, `handler_failed` when the code does not end */
  async run<J extends Job>(job: J): Promise<Outcome<J>> {
    if (this.#jobs >= MAX_JOBS) {
      const text = `${MAX_JOBS} others wait to be replayed already. Try again.`;
      throw new GreenroomError("overloaded", text, { retryAfterMs: 1_000 });
    }
    this.#jobs += 1;
    const turn = this.#last.then(() => this.#do(job)).finally(() => (this.#jobs -= 1));
    // Whoever asked hears of it; who comes next only waits until it is over.
    this.#last = turn.catch(() => undefined);
    const answer = await turn;
    if (answer.ok) return answer.outcome;
    const { code, message, details } = answer.error;
    throw new GreenroomError(code, message, details);
  }

  /** Ends the thread, and the job that it does. */
  async close(): Promise<void> {
    await this.#thread?.worker.terminate();
  }

  async #do<J extends Job>(job: J): Promise<Answer<J>> {
    const { clock, limits } = this.#options;
    this.#thread ??= this.#start();
    const { worker, ended } = this.#thread;
    const over = new AbortController();
    const answer = await Promise.race([
      answerOf(worker, job),
      ended.then((why) => stopped(job, why)),
      clock.sleep(limits.ms, over.signal).then(() => stopped(job, `did not end within ${limits.ms} ms`)),
    ]);
    over.abort();
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

/** The thread's answer to a job. */
function answerOf<J extends Job>(worker: Worker, job: J): Promise<Answer<J>> {
  return new Promise((resolve) => {
    worker.once("message", resolve);
    worker.postMessage(job);
  });
}

/** The answer to a job whose thread is of no more use. */
function stopped({ type, keyText }: Job, what: string): { ok: false; error: GreenroomError; isEnd: true } {
  const text = `The code of ${type} ${keyText}, run again over what is recorded, ${what}. Nothing else was harmed.`;
  return { ok: false, error: new GreenroomError("handler_failed", text), isEnd: true };
}
