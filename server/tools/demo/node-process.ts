import { type ChildProcess, fork } from "node:child_process";
import { EventEmitter, once } from "node:events";
import type { CommandReply } from "../../protocol/commands.ts";
import type { RecoveryNote } from "../../protocol/overview.ts";
import type { Command, FromNode, ToNode } from "./messages.ts";

interface Caller {
  resolve(reply: CommandReply): void;
  reject(error: Error): void;
}

/** A runtime in its own process, which can be killed. */
export class NodeProcess {
  /** Emits each report of the process by its kind. */
  readonly events = new EventEmitter();
  /** Resolves when the counter has been recovered; never, if there was nothing to recover. */
  readonly recovery: Promise<RecoveryNote>;
  readonly #child: ChildProcess;
  readonly #ready: Promise<unknown>;
  readonly #exited: Promise<void>;
  readonly #callers = new Map<number, Caller>();
  #asked = 0;

  /** Starts the process. */
  constructor(databaseUrl: string, quoteService: string) {
    this.#child = fork(new URL("./node.ts", import.meta.url), [databaseUrl, quoteService]);
    this.#exited = once(this.#child, "exit").then(() => this.#rejectAll());
    this.#child.on("message", (message: FromNode) => this.events.emit(message.kind, message));
    this.#ready = once(this.events, "ready");
    this.recovery = once(this.events, "recovered").then(([{ recovery }]) => recovery);
    this.events.on("reply", ({ id, reply }) => this.#takeCaller(id)?.resolve(reply));
    this.events.on("refused", ({ id, message }) => this.#takeCaller(id)?.reject(new Error(message)));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /**
   * Resolves when the runtime accepts messages.
   * @throws Error when the process exits before
   */
  async ready(): Promise<void> {
    const isReady = await Promise.race([this.#ready.then(() => true), this.#exited.then(() => false)]);
    if (!isReady) throw new Error("The runtime's process exited before it was ready.");
  }

  /**
   * Sends a command to the counter and waits for the reply.
   * @throws Error when the command is refused, or the process exits before it replies
   */
  ask(command: Command): Promise<CommandReply> {
    const id = this.#asked++;
    return new Promise((resolve, reject) => {
      this.#callers.set(id, { resolve, reject });
      this.#send({ kind: "ask", id, command });
    });
  }

  /** Makes the process kill itself with SIGKILL as soon as effect `n` (from 0) of a message is durable. */
  crashAfterEffect(n: number): void {
    this.#send({ kind: "crash after effect", n });
  }

  /** Kills the process, if it runs. Resolves when it has exited. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#exited;
  }

  /** Stops the runtime in an orderly way. Resolves when the process has exited. */
  async stop(): Promise<void> {
    this.#send({ kind: "stop" });
    await this.#exited;
  }

  /** Waits until the process exits. Resolves with the signal that killed it, or null. */
  async exit(): Promise<string | null> {
    await this.#exited;
    return this.#child.signalCode;
  }

  #takeCaller(id: number): Caller | undefined {
    const caller = this.#callers.get(id);
    this.#callers.delete(id);
    return caller;
  }

  #rejectAll(): void {
    for (const { reject } of this.#callers.values()) reject(new Error("The runtime's process has exited."));
    this.#callers.clear();
  }

  #send(message: ToNode): void {
    this.#child.send(message, (error) => {
      if (error !== null) this.#rejectAll();
    });
  }
}
