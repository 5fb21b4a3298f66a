import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "./log.ts";

/** How long an orderly end may take. */
const LIMIT_MS = 9_500;
/** Ctrl-C reaches us through the terminal and once more through npm: within this time it is one and the same. */
const SAME_SIGNAL_MS = 1_000;

/**
 * How the process ends: what was begun is undone, the last first. Postgres needs no step to be gone: it ends when we
 * do, however that happens.
 */
export class Shutdown {
  readonly #log: Log;
  readonly #steps: { name: string; run: () => Promise<void> | void }[] = [];
  readonly #begun = new AbortController();
  /** Whether another signal is one more, and means it. */
  #impatient = false;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Aborted when the end begins. */
  get begun(): AbortSignal {
    return this.#begun.signal;
  }

  /** Adds what is to be undone. */
  undo(name: string, run: () => Promise<void> | void): void {
    this.#steps.push({ name, run });
  }

  /** Undoes everything and exits: with `code`, or with 1 when a step fails or all takes longer than 9.5 s. */
  async end(code: number): Promise<void> {
    if (this.#begun.signal.aborted) return;
    this.#begun.abort();
    void sleep(SAME_SIGNAL_MS, undefined, { ref: false }).then(() => {
      this.#impatient = true;
    });
    let step = "";
    void sleep(LIMIT_MS, undefined, { ref: false }).then(() => exit(1, `Greenroom did not end in time: ${step}.`));
    let worst = code;
    for (const { name, run } of this.#steps.reverse()) {
      step = name;
      try {
        await run();
      } catch (error) {
        this.#log.error({ err: error, step }, "a step of the end failed");
        worst = 1;
      }
    }
    process.exit(worst);
  }

  /** Tells in one line on standard error why the process cannot go on, and ends it with code 1. */
  fail(error: Error): void {
    if (this.#begun.signal.aborted) return;
    process.stderr.write(`${error.message}\n`);
    this.#log.debug({ err: error }, "the reason for the end");
    void this.end(1);
  }

  /** Lets SIGTERM and SIGINT end the process, a second one at once, and errors that nobody caught likewise. */
  watch(): void {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      process.on(signal, () => {
        if (this.#impatient) exit(1, "Greenroom ends at once.");
        if (!this.#begun.signal.aborted) this.#log.info({ signal }, "stopping");
        void this.end(0);
      });
    }
    for (const event of ["uncaughtException", "unhandledRejection"] as const) {
      process.on(event, (error: unknown) => {
        this.#log.error({ err: error }, event);
        exit(1, `Greenroom ends because of an error that nobody expected: ${error}`);
      });
    }
  }
}

function exit(code: number, line: string): never {
  process.stderr.write(`${line}\n`);
  process.exit(code);
}
