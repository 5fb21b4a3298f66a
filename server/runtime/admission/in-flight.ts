import { GreenroomError } from "../../core/errors.ts";
import { idempotencyKey as idempotencyKeySchema } from "../../protocol/commands.ts";
import type { Sender } from "../../protocol/journal.ts";
import { type Answer, Delivery } from "../actor/delivery.ts";
import type { Clock } from "../ports/clock.ts";
import { ASK_TIMEOUT_MS } from "../shared/limits.ts";
import { messageIdFor } from "../shared/message-id.ts";
import { expired } from "../shared/refusals.ts";
import type { Checked } from "../shared/types.ts";

/** How often expired asks are looked for, in milliseconds. */
const SWEEP_MS = 250;

/**
 * Checks an idempotency key, if there is one.
 * @throws GreenroomError `invalid_payload`
 */
export function checkIdempotencyKey(key: string | undefined): void {
  if (key === undefined) return;
  const result = idempotencyKeySchema.safeParse(key);
  if (result.success) return;
  const message = result.error.issues[0]?.message ?? "is not valid";
  throw new GreenroomError("invalid_payload", `The idempotency key was refused: ${message}`, {
    issues: [{ path: ["idempotencyKey"], message }],
  });
}

/** A checked message, and how it is to be processed. */
export interface Accepted {
  checked: Checked;
  kind: Delivery["kind"];
  idempotencyKey: string | undefined;
  sender: Sender | null;
  mailSeq: number;
  /** The mark of its actor; see `markOf`. */
  mark: string;
}

export interface InFlightListener {
  /** How many messages are in flight now. */
  inFlight(count: number): void;
  /** A delivery has finished. */
  left(delivery: Delivery): void;
}

/** The messages that were accepted and have not finished: it bounds their number, and how long their callers wait. */
export class InFlight {
  readonly #clock: Clock;
  readonly #max: number;
  readonly #listener: InFlightListener;
  readonly #finished = (delivery: Delivery) => this.#finish(delivery);
  /**
   * Each delivery is at its `slot`. Not a `Set`: when one grows or shrinks, V8 leaves its old table in the old generation,
   * where it keeps every message alive until the next full garbage collection.
   */
  readonly #open: Delivery[] = [];
  readonly #waiting: (() => void)[] = [];
  readonly #stopSweep: () => void;
  #emptied: (() => void) | undefined;

  constructor(max: number, clock: Clock, listener: InFlightListener) {
    this.#max = max;
    this.#listener = listener;
    this.#clock = clock;
    this.#stopSweep = clock.every(SWEEP_MS, () => this.#sweep());
  }

  get size(): number {
    return this.#open.length;
  }

  get full(): boolean {
    return this.#open.length >= this.#max;
  }

  /** Accepts a checked message. `enter` gets its delivery; the promise gets its answer. */
  accept(accepted: Accepted, enter: (delivery: Delivery) => void): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const { checked, kind, idempotencyKey, sender, mailSeq, mark } = accepted;
      const { operation, payload } = checked;
      const now = this.#clock.now();
      const delivery = new Delivery({
        message: { id: messageIdFor(mark, now), command: operation.name, payload: payload.value, now },
        payloadText: payload.text,
        kind,
        idempotencyKey,
        sender,
        caller: { resolve, reject },
        mailSeq,
        finished: this.#finished,
      });
      delivery.slot = this.#open.push(delivery) - 1;
      this.#listener.inFlight(this.#open.length);
      enter(delivery);
    });
  }

  /** Resolves when there is room for one more message. Waiting calls resolve one by one. */
  async room(): Promise<void> {
    while (this.full) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Resolves when every message has finished. */
  emptied(): Promise<void> {
    if (this.#open.length === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#emptied = resolve;
    });
  }

  /** Fails all messages in flight. */
  failAll(error: GreenroomError): void {
    for (const delivery of [...this.#open]) delivery.fail(error);
  }

  close(): void {
    this.#stopSweep();
    for (const waiting of this.#waiting.splice(0)) waiting();
  }

  #finish(delivery: Delivery): void {
    this.#remove(delivery);
    this.#listener.inFlight(this.#open.length);
    this.#listener.left(delivery);
    if (!this.full) this.#waiting.shift()?.();
    if (this.#open.length === 0) this.#emptied?.();
  }

  /** The last delivery moves into the free slot. A delivery may finish twice: when all fail, and when its turn does. */
  #remove(delivery: Delivery): void {
    const { slot } = delivery;
    if (this.#open[slot] !== delivery) return;
    const last = this.#open.pop() as Delivery;
    if (last === delivery) return;
    this.#open[slot] = last;
    last.slot = slot;
  }

  #sweep(): void {
    const now = this.#clock.now();
    for (const delivery of [...this.#open]) {
      if (!delivery.expired && now - delivery.message.now >= ASK_TIMEOUT_MS) delivery.expire(expired());
    }
  }
}
