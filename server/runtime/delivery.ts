import type { GreenroomError } from "../core/errors.ts";
import type { Message } from "../core/turn.ts";
import { digest } from "./digest.ts";
import type { KeptReply } from "./ports.ts";

/** What a caller is answered. `reply` is JSON text. */
export interface Answer {
  reply: string;
  /** The revision, or seq, of the state that it was made from. */
  head: number;
  messageId: string;
  repeated: boolean;
  /** Set where nothing was written of it, since it changed nothing: `head` is then an earlier message's. */
  unrecorded?: true;
}

/** Where a delivery's outcome goes. */
export interface Caller {
  resolve(answer: Answer): void;
  reject(error: GreenroomError): void;
  /** Called once, when nothing of the delivery is left in the runtime. */
  finished(delivery: Delivery): void;
}

function digestOf({ operation, payload }: Message): string {
  return digest(operation, JSON.stringify(payload));
}

/** A message on its way: in an actor's line, then in a turn, then answered. */
export class Delivery {
  readonly message: Message;
  readonly kind: "command" | "query";
  readonly idempotencyKey: string | undefined;
  /** Of command and payload; tells a repeat from another message under the same key. Empty without a key. */
  readonly digest: string;
  /** The reply kept for its key; null when there is none; undefined until the store has said. */
  kept: KeptReply | null | undefined;
  readonly #caller: Caller;
  #joined: Delivery[] | undefined;
  #expired = false;

  constructor(
    message: Message,
    kind: "command" | "query",
    key: { idempotencyKey: string; digest: string } | undefined,
    caller: Caller,
  ) {
    this.message = message;
    this.kind = kind;
    this.idempotencyKey = key?.idempotencyKey;
    this.digest = key?.digest ?? "";
    this.kept = key === undefined ? null : undefined;
    this.#caller = caller;
  }

  /** A message that a crash interrupted: nobody waits for it, but repeats may join. Its key has been looked up. */
  static resumed(message: Message, idempotencyKey: string | undefined, finished: () => void): Delivery {
    const key = idempotencyKey === undefined ? undefined : { idempotencyKey, digest: digestOf(message) };
    const nobody = { resolve: () => undefined, reject: () => undefined, finished };
    const delivery = new Delivery(message, "command", key, nobody);
    delivery.kept = null;
    return delivery;
  }

  /** Whether its caller was told that its time ran out; if it has not run, it will not. */
  get expired(): boolean {
    return this.#expired;
  }

  /** Lets a repeat of this message, under the same idempotency key, have the same answer. */
  join(repeat: Delivery): void {
    this.#joined ??= [];
    this.#joined.push(repeat);
  }

  answer(answer: Answer): void {
    if (!this.#expired) this.#caller.resolve(answer);
    this.#finish((repeat) => repeat.answer({ ...answer, repeated: true }));
  }

  fail(error: GreenroomError): void {
    if (!this.#expired) this.#caller.reject(error);
    this.#finish((repeat) => repeat.fail(error));
  }

  /** Tells the caller that its time ran out. What is under way goes on. */
  expire(error: GreenroomError): void {
    this.#expired = true;
    this.#caller.reject(error);
  }

  #finish(settleRepeat: (repeat: Delivery) => void): void {
    this.#caller.finished(this);
    this.#joined?.forEach(settleRepeat);
    this.#joined = undefined;
  }
}
