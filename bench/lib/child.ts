import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";

/** A process that performs one task after another and ends with ours. */
export class Child {
  readonly #process: ChildProcess;
  readonly #ended: Promise<unknown>;

  get pid(): number {
    return this.#process.pid as number;
  }

  /** Starts a module that serves its parent. */
  constructor(module: URL) {
    this.#process = fork(module);
    this.#ended = once(this.#process, "exit");
  }

  /**
   * Sends a task and waits for its result.
   * @throws Error when the task fails, or the process exits before
   */
  async ask<Answer>(task: object): Promise<Answer> {
    const answered = once(this.#process, "message");
    const ended = this.#ended.then(() => {
      throw new Error("A process of the benchmark exited before its task was done.");
    });
    ended.catch(() => undefined);
    this.#process.send(task);
    const [answer] = (await Promise.race([answered, ended])) as [{ result: Answer } | { error: string }];
    if ("error" in answer) throw new Error(answer.error);
    return answer.result;
  }

  /** Kills the process. Resolves when it has exited. */
  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#ended;
  }
}

/** Called in the child: performs every task from the parent, and ends with the parent. */
export function serveParent<Task>(work: (task: Task) => Promise<unknown>): void {
  // Ctrl-C reaches every process of the terminal; the parent handles it.
  process.on("SIGINT", () => undefined);
  process.on("disconnect", () => process.exit());
  process.on("message", (task: Task) => {
    work(task).then(
      (result) => process.send?.({ result }),
      (error: Error) => process.send?.({ error: error.stack ?? error.message }),
    );
  });
}
