import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";

/** A process that does what it is told, one thing after the other, and cannot outlive ours. */
export class Child {
  readonly #process: ChildProcess;
  readonly #ended: Promise<unknown>;

  /** Its process. */
  get pid(): number {
    return this.#process.pid as number;
  }

  /** Starts a module that serves its parent. */
  constructor(module: URL) {
    this.#process = fork(module);
    this.#ended = once(this.#process, "exit");
  }

  /**
   * Tells it to do something, and resolves with what came of it.
   * @throws Error when it ends before, or what it was told failed
   */
  async ask<Answer>(task: object): Promise<Answer> {
    const answered = once(this.#process, "message");
    const ended = this.#ended.then(() => {
      throw new Error("A process of the benchmark ended before its work was done.");
    });
    ended.catch(() => undefined);
    this.#process.send(task);
    const [answer] = (await Promise.race([answered, ended])) as [{ result: Answer } | { error: string }];
    if ("error" in answer) throw new Error(answer.error);
    return answer.result;
  }

  /** Ends it. Resolves when it is gone. */
  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#ended;
  }
}

/** For the process itself: does every task that its parent sends, and ends with its parent. */
export function serveParent<Task>(work: (task: Task) => Promise<unknown>): void {
  // The terminal's Ctrl-C reaches us too; our parent ends us in its order.
  process.on("SIGINT", () => undefined);
  process.on("disconnect", () => process.exit());
  process.on("message", (task: Task) => {
    work(task).then(
      (result) => process.send?.({ result }),
      (error: Error) => process.send?.({ error: error.stack ?? error.message }),
    );
  });
}
