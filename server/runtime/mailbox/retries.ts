import { isoTime } from "../../core/time.ts";
import { MAX_WAIT_MS } from "../../core/turn/retry.ts";
import type { NextTry } from "../../protocol/mail.ts";
import type { Actor } from "../actor/actor.ts";
import type { Delivery } from "../actor/delivery.ts";
import { crashPoint } from "../shared/crash-points.ts";
import type { NodeDeps } from "../shared/deps.ts";
import { heldUp } from "../shared/refusals.ts";

type RetriesDeps = Pick<NodeDeps, "clock" | "ended"> & {
  /** The actor may have something to do. */
  wake(actor: Actor): void;
};

/** Failed messages that wait for their retry. */
export class Retries {
  readonly #deps: RetriesDeps;
  /** The waits under way. Each has its own signal, since a signal warns when many listen to it. */
  readonly #waits = new Map<Delivery, AbortController>();

  constructor(deps: RetriesDeps) {
    this.#deps = deps;
    deps.ended.addEventListener("abort", () => {
      for (const wait of this.#waits.values()) wait.abort();
    });
  }

  /** Keeps a message out of the inbox until its retry. The others wait for it or go on, as its type says. */
  putAside(actor: Actor, delivery: Delivery, at: number): void {
    if (actor.definition.onFailure === "skip") {
      actor.mailbox.putAside(delivery);
      return;
    }
    const waitMs = this.#msUntil(at);
    actor.holdFor(delivery, nextTry(delivery, this.#deps.clock.now() + waitMs));
    const error = heldUp(actor, delivery.message, waitMs);
    for (const ask of actor.inbox.takeAsks()) ask.fail(error);
  }

  /** Puts a message back into the inbox when its time has come. */
  async bringBack(actor: Actor, delivery: Delivery, at: number): Promise<void> {
    const { clock, ended, wake } = this.#deps;
    if (ended.aborted) return;
    const wait = new AbortController();
    this.#waits.set(delivery, wait);
    await clock.sleep(this.#msUntil(at), wait.signal);
    this.#waits.delete(delivery);
    // The mailbox may have been read again meanwhile.
    if (ended.aborted || actor.mailbox.head.get(delivery.mail?.mailSeq ?? 0) !== delivery) return;
    crashPoint("mailbox: back after a wait");
    if (actor.hold?.delivery === delivery) actor.release();
    actor.mailbox.takeBack(delivery);
    actor.inbox.merge([delivery]);
    wake(actor);
  }

  /** Ends the wait of the message that blocks its actor. */
  hurry({ hold }: Actor): void {
    if (hold !== null) this.#waits.get(hold.delivery)?.abort();
  }

  /** The time until `at`, bounded: a clock that was set back must not block an actor for as long as that. */
  #msUntil(at: number): number {
    return Math.min(Math.max(0, at - this.#deps.clock.now()), MAX_WAIT_MS);
  }
}

function nextTry({ message: { id: messageId, command }, mail }: Delivery, at: number): NextTry {
  const error = mail?.error == null ? "an unknown error" : `${mail.error.name}: ${mail.error.message}`;
  return { messageId, command, attempts: mail?.attempts ?? 0, error, at: isoTime(at) };
}
