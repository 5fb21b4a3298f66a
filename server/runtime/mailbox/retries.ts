import { GreenroomError } from "../../core/errors.ts";
import { isoTime } from "../../core/time.ts";
import { MAX_WAIT_MS } from "../../core/turn/retry.ts";
import type { NextTry } from "../../protocol/mail.ts";
import type { Actor } from "../actor/actor.ts";
import type { Delivery } from "../actor/delivery.ts";
import { mergeInto } from "../actor/mailbox.ts";
import type { Clock } from "../ports/clock.ts";
import { crashPoint } from "../shared/crash-points.ts";

/** Messages that failed and are to be tried again. */
export class Retries {
  readonly #clock: Clock;
  readonly #wake: (actor: Actor) => void;
  readonly #ended: AbortSignal;
  /** Waits that are under way. Each has a signal of its own: one signal warns when many listen to it. */
  readonly #waits = new Map<Delivery, AbortController>();

  /** @param ended aborted when the node stops */
  constructor(clock: Clock, ended: AbortSignal, wake: (actor: Actor) => void) {
    this.#clock = clock;
    this.#ended = ended;
    this.#wake = wake;
    ended.addEventListener("abort", () => {
      for (const wait of this.#waits.values()) wait.abort();
    });
  }

  /** Takes a message out of its line until it is tried again: the others wait for it, or go on, as its type says. */
  putAside(actor: Actor, delivery: Delivery, at: number): void {
    if (actor.definition.onFailure === "skip") {
      actor.mailbox.putAside(delivery);
      return;
    }
    actor.hold = { delivery, nextTry: nextTry(delivery, this.#clock.now() + this.#msUntil(at)) };
    const behind = actor.line.filter((one) => one.mail === null);
    const mails = actor.line.filter((one) => one.mail !== null);
    actor.line.splice(0, actor.line.length, ...mails);
    const error = heldUp(actor, this.#clock.now());
    for (const one of behind) one.fail(error);
  }

  /** Brings a message back into its line when its time has come. */
  async bringBack(actor: Actor, delivery: Delivery, at: number): Promise<void> {
    if (this.#ended.aborted) return;
    const wait = new AbortController();
    this.#waits.set(delivery, wait);
    await this.#clock.sleep(this.#msUntil(at), wait.signal);
    this.#waits.delete(delivery);
    // It may have been read anew meanwhile, with its actor.
    if (this.#ended.aborted || actor.mailbox.head.get(delivery.mail?.mailSeq ?? 0) !== delivery) return;
    crashPoint("mailbox: back after a wait");
    if (actor.hold?.delivery === delivery) actor.hold = null;
    actor.mailbox.takeBack(delivery);
    mergeInto(actor.line, [delivery]);
    this.#wake(actor);
  }

  /** Ends the wait of the message that holds up its actor's line. */
  hurry({ hold }: Actor): void {
    if (hold !== null) this.#waits.get(hold.delivery)?.abort();
  }

  /** How long it is to `at`: a clock that was set back meanwhile must not hold an actor up for as long as that. */
  #msUntil(at: number): number {
    return Math.min(Math.max(0, at - this.#clock.now()), MAX_WAIT_MS);
  }
}

function nextTry({ message: { id: messageId, operation: command }, mail }: Delivery, at: number): NextTry {
  const error = mail?.error == null ? "no error that is known" : `${mail.error.name}: ${mail.error.message}`;
  return { messageId, command, attempts: mail?.attempts ?? 0, error, at: isoTime(at) };
}

/** What those are told who ask behind a message that is tried again later. */
export function heldUp({ type, keyText, hold }: Actor, now: number): GreenroomError {
  const { id = "", operation = "" } = hold?.delivery.message ?? {};
  const until = hold?.nextTry == null ? now : Date.parse(hold.nextTry.at);
  const retryAfterMs = Math.max(50, until - now);
  return new GreenroomError(
    "overloaded",
    `${type} ${keyText} waits to try its message ${id} (${operation}) again. Try again shortly.`,
    { retryAfterMs },
  );
}
