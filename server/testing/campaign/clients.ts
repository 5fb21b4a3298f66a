import type { ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "../../core/random.ts";
import type { Json } from "../../protocol/json.ts";
import type { Response, Wish } from "./node.ts";

/** What a client asked for, and what it heard. */
export interface Operation {
  op: string;
  key: string;
  kind: "ask" | "tell";
  command: string;
  payload: Json;
  /** What it heard; undefined while it has heard nothing that is sure. */
  reply?: Json;
}

/** Codes after which nothing is known, or nothing was done: the client sends the same again, under the same key. */
const again: ReadonlySet<string> = new Set(["timeout", "unavailable", "overloaded", "fenced"]);
/** How long a client waits for an answer of a process that may be gone, in milliseconds. */
const PATIENCE_MS = 2_000;
/** How long it waits before it sends the same again. */
const AGAIN_MS = 20;

/** Where the clients' messages go: to the process that leads, whichever that is at the moment. */
export class Switchboard {
  #child: ChildProcess | undefined;
  #last = 0;
  readonly #waiting = new Map<number, (response: Response | null) => void>();

  /** From now on messages go to this process. */
  connect(child: ChildProcess): void {
    this.#child = child;
    child.on("message", (message: Response | "ready") => {
      if (message === "ready") return;
      this.#waiting.get(message.id)?.(message);
    });
    child.once("exit", () => {
      if (this.#child !== child) return;
      this.#child = undefined;
      for (const tell of this.#waiting.values()) tell(null);
    });
  }

  /** The answer; null when it did not come. */
  async send(request: Wish): Promise<Response | null> {
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

/** Clients that send one message after the other, each again and again until they have heard what became of it. */
export class Clients {
  readonly operations: Operation[] = [];
  readonly #switchboard: Switchboard;
  readonly #random: Random;
  readonly #sources: number;
  readonly #pauseMs: number;
  /** How many answers they have had; and which they should not have had. */
  answers = 0;
  readonly problems: string[] = [];
  #stopped = false;
  #abandoned = false;
  #clients: Promise<void>[] = [];

  /** @param pauseMs how long a client waits between two messages at most */
  constructor(switchboard: Switchboard, random: Random, sources: number, pauseMs = 0) {
    this.#switchboard = switchboard;
    this.#random = random;
    this.#sources = sources;
    this.#pauseMs = pauseMs;
  }

  /** Lets so many clients begin. */
  start(count: number): void {
    this.#clients = Array.from({ length: count }, (_, client) => this.#run(`c${client}`));
  }

  /** Lets the clients leave at once, whatever they have heard. */
  abandon(): void {
    this.#stopped = true;
    this.#abandoned = true;
  }

  /** Each client brings what it has begun to its end. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#clients);
  }

  /** Sends an operation until it is known what became of it. */
  async settle(operation: Operation): Promise<void> {
    const { op, key, kind, command, payload } = operation;
    while (!this.#abandoned) {
      const response = await this.#switchboard.send({ kind, key, command, payload, idempotencyKey: op });
      if (response === null || ("error" in response && again.has(response.error))) {
        await sleep(AGAIN_MS);
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
    for (let i = 0; !this.#stopped; i++) {
      const operation = this.#next(`${client}-${i}`);
      this.operations.push(operation);
      await this.settle(operation);
      if (this.#pauseMs > 0) await sleep(this.#random() * this.#pauseMs);
    }
  }

  #next(op: string): Operation {
    const key = `s${Math.floor(this.#random() * this.#sources)}`;
    const dice = this.#random();
    const kind = this.#random() < 0.5 ? "ask" : "tell";
    if (dice < 0.35) return { op, key, kind, command: "note", payload: { op } };
    if (dice < 0.65) {
      const to = Array.from({ length: 3 }, () => `k${Math.floor(this.#random() * 5)}`);
      return { op, key, kind, command: "spread", payload: { op, to } };
    }
    if (dice < 0.8) return { op, key, kind, command: "hear", payload: { op } };
    if (dice < 0.9) return { op, key, kind, command: "alarm", payload: { op } };
    if (dice < 0.96) return { op, key, kind: "tell", command: "stumble", payload: { op, times: 1 } };
    return { op, key, kind: "tell", command: "fall", payload: { op } };
  }
}
