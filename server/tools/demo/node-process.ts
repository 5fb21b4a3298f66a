import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { CommandReply } from "../../protocol/commands.ts";
import type { Command, FromNode, Recovery, ToNode } from "./messages.ts";

/** What a node tells of what is durable, as it comes. */
export type News = Extract<FromNode, { kind: "entries" | "checkpoint" }>;

/** What a node is started with. */
export interface NodeOptions {
  databaseUrl: string;
  quoteService: string;
  told: (news: News) => void;
}

interface Caller {
  resolve(reply: CommandReply): void;
  reject(error: Error): void;
}

/** A runtime in a process of its own, which can be killed. */
export class NodeProcess {
  /** Resolves when the counter was recovered; never, where there was nothing to recover. */
  readonly recovery: Promise<Recovery>;
  readonly #child: ChildProcess;
  readonly #ready: Promise<void>;
  readonly #ended: Promise<unknown>;
  readonly #told: NodeOptions["told"];
  readonly #callers = new Map<number, Caller>();
  #isReady: () => void = () => undefined;
  #recovered: (recovery: Recovery) => void = () => undefined;
  #asked = 0;

  /** Starts a process. */
  constructor({ databaseUrl, quoteService, told }: NodeOptions) {
    this.#told = told;
    this.#child = fork(new URL("./node.ts", import.meta.url), [databaseUrl, quoteService]);
    this.#ended = once(this.#child, "exit").then(() => this.#failAll());
    this.#ready = new Promise((resolve) => {
      this.#isReady = resolve;
    });
    this.recovery = new Promise((resolve) => {
      this.#recovered = resolve;
    });
    this.#child.on("message", (message: FromNode) => this.#hear(message));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /**
   * Resolves when the runtime takes messages.
   * @throws Error when the process ends before
   */
  async ready(): Promise<void> {
    const isReady = await Promise.race([this.#ready.then(() => true), this.#ended.then(() => false)]);
    if (!isReady) throw new Error("The process with the runtime ended before it was ready.");
  }

  /**
   * Sends a command to the counter, and waits for the reply.
   * @throws Error when it was refused, or the process died before it answered
   */
  ask(command: Command): Promise<CommandReply> {
    const id = this.#asked++;
    return new Promise((resolve, reject) => {
      this.#callers.set(id, { resolve, reject });
      this.#tell({ kind: "ask", id, command });
    });
  }

  /** Lets the process kill itself, by SIGKILL, when the `n`th effect of a message is durable, before all else. */
  crashAfterEffect(n: number): void {
    this.#tell({ kind: "crash after effect", n });
  }

  /** Kills the process, if it lives. Resolves when it is gone. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#ended;
  }

  /** Lets the runtime finish what is in hand. Resolves when the process is gone. */
  async stop(): Promise<void> {
    this.#tell({ kind: "stop" });
    await this.#ended;
  }

  /** Resolves, when the process is gone, with the signal that killed it; null when it ended by itself. */
  async ended(): Promise<string | null> {
    await this.#ended;
    return this.#child.signalCode;
  }

  #hear(message: FromNode): void {
    switch (message.kind) {
      case "ready":
        return this.#isReady();
      case "recovered":
        return this.#recovered(message.recovery);
      case "answer":
        return this.#caller(message.id)?.resolve(message.reply);
      case "refused":
        return this.#caller(message.id)?.reject(new Error(message.message));
      default:
        return this.#told(message);
    }
  }

  #caller(id: number): Caller | undefined {
    const caller = this.#callers.get(id);
    this.#callers.delete(id);
    return caller;
  }

  #failAll(): void {
    for (const { reject } of this.#callers.values()) reject(new Error("The process with the runtime is gone."));
    this.#callers.clear();
  }

  #tell(message: ToNode): void {
    this.#child.send(message, (error) => {
      if (error !== null) this.#failAll();
    });
  }
}
