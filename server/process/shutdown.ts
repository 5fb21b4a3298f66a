import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "./log.ts";

/** How long an orderly shutdown may take. */
const LIMIT_MS = 9_500;
/** Ctrl-C arrives from the terminal and again from npm: within this time both are the same signal. */
const SAME_SIGNAL_MS = 1_000;

/** Ends the process: runs the registered steps in reverse order. The embedded Postgres also ends without its step. */
export class Shutdown {
  readonly #log: Log;
  readonly #steps: { name: string; run: () => Promise<void> | void }[] = [];
  readonly #started = new AbortController();
  /** Whether the next signal ends the process immediately. */
  #impatient = false;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Aborted when the shutdown starts. */
  get started(): AbortSignal {
    return this.#started.signal;
  }

  /** Registers a step. */
  undo(name: string, run: () => Promise<void> | void): void {
    this.#steps.push({ name, run });
  }

  /** Runs all steps and exits with `code`, or with 1 if a step fails or all together take longer than 9.5 s. */
  async end(code: number): Promise<void> {
    if (this.#started.signal.aborted) return;
    this.#started.abort();
    void sleep(SAME_SIGNAL_MS, undefined, { ref: false }).then(() => {
      this.#impatient = true;
    });
    let step = "";
    void sleep(LIMIT_MS, undefined, { ref: false }).then(() => exit(1, `Greenroom did not stop in time: ${step}.`));
    let worst = code;
    for (const { name, run } of this.#steps.reverse()) {
      step = name;
      try {
        await run();
      } catch (error) {
        this.#log.error({ err: error, step }, "a shutdown step failed");
        worst = 1;
      }
    }
    process.exit(worst);
  }

  /** Writes the error's message, one line, to standard error and ends the process with code 1. */
  fail(error: Error): void {
    if (this.#started.signal.aborted) return;
    process.stderr.write(`${error.message}\n`);
    this.#log.debug({ err: error }, "the reason for the shutdown");
    void this.end(1);
  }

  /** Ends the process on SIGTERM and SIGINT; immediately on a second signal or an uncaught error. */
  watch(): void {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      process.on(signal, () => {
        if (this.#impatient) exit(1, "Greenroom stops immediately.");
        if (!this.#started.signal.aborted) this.#log.info({ signal }, "stopping");
        void this.end(0);
      });
    }
    for (const event of ["uncaughtException", "unhandledRejection"] as const) {
      process.on(event, (error: unknown) => {
        this.#log.error({ err: error }, event);
        exit(1, `Greenroom stops because of an unexpected error: ${error}`);
      });
    }
  }
}

function exit(code: number, line: string): never {
  process.stderr.write(`${line}\n`);
  process.exit(code);
}
