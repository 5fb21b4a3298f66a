import type { ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "../../core/random.ts";
import type { Json } from "../../protocol/journal.ts";
import type { NodeRequest, Response } from "./node.ts";

/** A request of a client and its reply. */
export interface Operation {
  op: string;
  key: string;
  kind: "ask" | "tell";
  command: string;
  payload: Json;
  /** Undefined until the outcome is certain. */
  reply?: Json;
}

/** Error codes after which the outcome is unknown or nothing was done. The client retries with the same key. */
const retried: ReadonlySet<string> = new Set(["timeout", "unavailable", "overloaded", "fenced"]);
/** How long a client waits for the answer of a process, which may have exited. In milliseconds. */
const PATIENCE_MS = 2_000;
/** How long a client waits between retries, in milliseconds. */
const RETRY_MS = 20;

/** Routes the messages of clients to the process that leads. */
export class Router {
  #child: ChildProcess | undefined;
  #last = 0;
  readonly #waiting = new Map<number, (response: Response | null) => void>();

  /** Routes messages to this process from now on. */
  connect(child: ChildProcess): void {
    this.#child = child;
    child.on("message", (message: Response | "ready") => {
      if (message === "ready") return;
      this.#waiting.get(message.id)?.(message);
    });
    child.once("exit", () => {
      if (this.#child !== child) return;
      this.#child = undefined;
      for (const respond of this.#waiting.values()) respond(null);
    });
  }

  /** Returns the answer, or null when there is none in time. */
  async send(request: NodeRequest): Promise<Response | null> {
    const child = this.#child;
    const id = ++this.#last;
    if (child?.connected !== true) return null;
    const tooLate = new AbortController();
    const response = new Promise<Response | null>((resolve) => {
      this.#waiting.set(id, resolve);
      child.send({ ...request, id }, (error) => {
        if (error !== null) resolve(null);
      });
    });
    const timeout = sleep(PATIENCE_MS, null, { signal: tooLate.signal }).catch(() => null);
    try {
      return await Promise.race([response, timeout]);
    } finally {
      tooLate.abort();
      this.#waiting.delete(id);
    }
  }
}

/** What clients send their messages to, and how often. */
interface Load {
  /** The number of actors. */
  sources: number;
  /** The max time that a client waits between two messages, in milliseconds. */
  pauseMs?: number;
  /** The start of the names of actors and operations. Clients of one database need different ones. */
  prefix?: string;
}

/** Clients that each send one message after the other, and retry each message until its outcome is certain. */
export class Clients {
  readonly operations: Operation[] = [];
  readonly #router: Router;
  readonly #random: Random;
  readonly #load: Required<Load>;
  /** How many answers they received. */
  answers = 0;
  /** Answers that they should not have received. */
  readonly problems: string[] = [];
  #stopped = false;
  #abandoned = false;
  #clients: Promise<void>[] = [];

  constructor(router: Router, random: Random, { sources, pauseMs = 0, prefix = "" }: Load) {
    this.#router = router;
    this.#random = random;
    this.#load = { sources, pauseMs, prefix };
  }

  /** Starts this many clients. */
  start(count: number): void {
    this.#clients = Array.from({ length: count }, (_, client) => this.#run(`${this.#load.prefix}c${client}`));
  }

  /** Stops the clients at once, without waiting for outcomes. */
  abandon(): void {
    this.#stopped = true;
    this.#abandoned = true;
  }

  /** Stops the clients after the outcomes of their current messages. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#clients);
  }

  /** Sends an operation until its outcome is certain. */
  async settle(operation: Operation): Promise<void> {
    const { op, key, kind, command, payload } = operation;
    while (!this.#abandoned) {
      const response = await this.#router.send({ kind, key, command, payload, idempotencyKey: op });
      if (response === null || ("error" in response && retried.has(response.error))) {
        await sleep(RETRY_MS);
        continue;
      }
      if ("error" in response) {
        this.problems.push(`${command} ${op} was answered ${response.error}`);
        return;
      }
      if (operation.reply !== undefined && operation.reply !== response.reply) {
        this.problems.push(`${command} ${op} was answered ${operation.reply}, and then ${response.reply}`);
      }
      operation.reply = response.reply;
      this.answers += 1;
      return;
    }
  }

  async #run(client: string): Promise<void> {
    const { pauseMs } = this.#load;
    for (let i = 0; !this.#stopped; i++) {
      const operation = this.#next(`${client}-${i}`);
      this.operations.push(operation);
      await this.settle(operation);
      if (pauseMs > 0) await sleep(this.#random() * pauseMs);
    }
  }

  #next(op: string): Operation {
    const { sources, prefix } = this.#load;
    const key = `${prefix}s${Math.floor(this.#random() * sources)}`;
    const dice = this.#random();
    const kind = this.#random() < 0.5 ? "ask" : "tell";
    if (dice < 0.35) return { op, key, kind, command: "note", payload: { op } };
    if (dice < 0.65) {
      const to = Array.from({ length: 3 }, () => `${prefix}k${Math.floor(this.#random() * 5)}`);
      return { op, key, kind, command: "spread", payload: { op, to } };
    }
    if (dice < 0.8) return { op, key, kind, command: "hear", payload: { op } };
    if (dice < 0.9) return { op, key, kind, command: "alarm", payload: { op } };
    if (dice < 0.96) return { op, key, kind: "tell", command: "stumble", payload: { op, times: 1 } };
    return { op, key, kind: "tell", command: "fall", payload: { op } };
  }
}
