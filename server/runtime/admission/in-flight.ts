import { GreenroomError } from "../../core/errors.ts";
import { idempotencyKey as idempotencyKeySchema } from "../../protocol/commands.ts";
import type { Sender } from "../../protocol/journal.ts";
import { type Answer, Delivery } from "../actor/delivery.ts";
import type { Clock } from "../ports/clock.ts";
import { ASK_TIMEOUT_MS } from "../shared/limits.ts";
import { messageIdFor } from "../shared/message-id.ts";
import type { Checked } from "../shared/types.ts";
import { expired } from "../turn/answers.ts";

/** How often it is looked whether an ask's time ran out, in milliseconds. */
const SWEEP_MS = 250;

/**
 * Checks an idempotency key.
 * @throws GreenroomError `invalid_payload`
 */
export function checkIdempotencyKey(key: string): void {
  const result = idempotencyKeySchema.safeParse(key);
  if (result.success) return;
  const message = result.error.issues[0]?.message ?? "is not valid";
  throw new GreenroomError("invalid_payload", `The idempotency key was refused: ${message}`, {
    issues: [{ path: ["idempotencyKey"], message }],
  });
}

/** A message that passed every check, and how it is to be processed. */
export interface Accepted {
  checked: Checked;
  kind: Delivery["kind"];
  idempotencyKey: string | undefined;
  sender: Sender | null;
  /** See `Delivery.mailSeq`. */
  mailSeq: number;
  /** The mark of its actor; see `markOf`. */
  mark: string;
}

/** Who hears of the messages that are accepted. */
export interface IntakeListener {
  /** So many are accepted and not finished. */
  inFlight(count: number): void;
  /** Nothing of this one is left. */
  left(delivery: Delivery): void;
}

/** Messages accepted and not finished: how many there may be, and for how long their callers wait. */
export class InFlight {
  readonly #clock: Clock;
  readonly #max: number;
  readonly #listener: IntakeListener;
  readonly #finished = (delivery: Delivery) => this.#finish(delivery);
  /**
   * Each at its `place`. Not a `Set`: whenever one grows or is tidied, V8 leaves its old table behind, which in the old
   * generation keeps alive whatever was in it; every message would survive until the next full garbage collection.
   */
  readonly #open: Delivery[] = [];
  readonly #waiting: (() => void)[] = [];
  readonly #stopSweep: () => void;
  #emptied: (() => void) | undefined;

  constructor(max: number, clock: Clock, listener: IntakeListener) {
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

  /** Accepts a checked message: `enter` gets its delivery, and the promise its answer. */
  accept(accepted: Accepted, enter: (delivery: Delivery) => void): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const { checked, kind, idempotencyKey, sender, mailSeq, mark } = accepted;
      const { operation, payload } = checked;
      const now = this.#clock.now();
      const id = messageIdFor(mark, now);
      const message = { id, operation: operation.name, payload: payload.value, now };
      const parts = {
        message,
        payloadText: payload.text,
        kind,
        idempotencyKey,
        sender,
        mailSeq,
        finished: this.#finished,
      };
      const delivery = new Delivery({ ...parts, caller: { resolve, reject } });
      delivery.slot = this.#open.push(delivery) - 1;
      this.#listener.inFlight(this.#open.length);
      enter(delivery);
    });
  }

  /** Resolves when one more message can be accepted; those who wait are let in one by one. */
  async room(): Promise<void> {
    while (this.full) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Resolves when every message is finished. */
  emptied(): Promise<void> {
    if (this.#open.length === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#emptied = resolve;
    });
  }

  /** Ends all that is open with an error. */
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

  /** The last takes the place of the one that leaves. One may end twice: when all fail, and when its turn does. */
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
