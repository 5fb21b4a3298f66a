import { GreenroomError } from "../../core/errors.ts";
import type { Actor } from "../actor/actor.ts";
import type { Delivery } from "../actor/delivery.ts";
import {
  type ForcedFailure,
  failStaged,
  type OpenTurn,
  type StagedTurn,
  type WantedEffect,
} from "../actor/staged-turn.ts";
import type { Clock, Watchdog } from "../ports/clock.ts";
import type { Mail } from "../ports/mail-rows.ts";
import { crashPoint } from "../shared/crash-points.ts";
import { MAX_BATCH, MESSAGES_A_CYCLE, TURNS_AT_A_TIME } from "../shared/limits.ts";
import { expired, fenced } from "../shared/refusals.ts";
import { isSpent } from "../turn/message.ts";
import { failAttempt, resume, type StepContext, type StepResult, stageStart, step } from "../turn/step.ts";
import { type BatchItem, isStagedTurn } from "./batch.ts";
import { Committer, type CommitterDeps, Fenced } from "./committer.ts";
import type { PoisonGuard } from "./poison-guard.ts";
import { RunQueue } from "./run-queue.ts";

export type LaneDeps = Omit<CommitterDeps, "broken"> & {
  /** The actor has started or finished something. */
  moved(actor: Actor): void;
  /** The actor's turn waits for an effect. All before it is durable once `staged` is; at once without one. */
  effect(actor: Actor, effect: WantedEffect, staged: StagedTurn | undefined): void;
  /** The actor's message failed. It is retried once its time has come and `staged` is durable. */
  retry(actor: Actor, retry: NonNullable<StepResult["retry"]>, staged: StagedTurn): void;
  poisonGuard: PoisonGuard;
  watchdog: Watchdog | undefined;
  context: Omit<StepContext, "now">;
  /** The actor's code asks for other effects than are recorded. */
  parked(actor: Actor, divergence: NonNullable<StepResult["diverged"]>): void;
  /** The actor was rolled back and is to be loaded again. */
  reload(actor: Actor, why: GreenroomError): void;
  /** The lane cannot go on, and so the node cannot. */
  stopped(error: Error): void;
};

/**
 * The main loop. Actors that have something to do stand in `runnable`; each cycle runs their messages and puts what they
 * stage into the open batch. One batch is committed at a time while the open one fills: an actor's later turns run on its
 * uncommitted state, but nothing of them leaves before their own commit.
 */
export class Lane {
  readonly #deps: LaneDeps;
  readonly #clock: Clock;
  readonly #committer: Committer;
  readonly #runnable = new RunQueue();
  #open: BatchItem[] = [];
  #scheduled = false;
  /** The commits under way; undefined when there are none. */
  #committing: Promise<void> | undefined;
  #halted = false;
  readonly #betweenBatches: (() => void)[] = [];

  constructor(deps: LaneDeps, lastBatch: number, giveUp: AbortSignal) {
    this.#deps = deps;
    this.#clock = deps.clock;
    const broken: CommitterDeps["broken"] = (actor, error, culprit) => this.#break(actor, error, culprit);
    this.#committer = new Committer({ ...deps, broken }, lastBatch, giveUp);
  }

  /** The actor may have something to do. */
  wake(actor: Actor): void {
    if (this.#halted || !canRun(actor)) return;
    this.#runnable.add(actor);
    this.#schedule();
  }

  /** Commits an item that no message of an inbox made. */
  add(item: BatchItem): void {
    if (this.#halted) {
      if (!isStagedTurn(item)) item.settle(fenced());
      return;
    }
    this.#open.push(item);
    this.#schedule();
  }

  /** Loses what only memory has of an actor, as a crash would, between two commits. Its callers get `why`. */
  crash(actor: Actor, why: GreenroomError): void {
    const lose = () => {
      this.#break(actor, why);
      for (const delivery of actor.inbox.takeAll()) delivery.fail(why);
    };
    if (this.#committing === undefined) lose();
    else this.#betweenBatches.push(lose);
  }

  /** Ends the lane. Resolves when the batch under way has finished; nothing runs or commits after it. */
  async halt(): Promise<void> {
    this.#halted = true;
    await this.#committing;
    for (const item of this.#open.splice(0)) if (!isStagedTurn(item)) item.settle(expired());
  }

  #schedule(): void {
    if (this.#scheduled || this.#halted) return;
    this.#scheduled = true;
    this.#clock.soon(() => this.#cycle());
  }

  #cycle(): void {
    this.#scheduled = false;
    if (this.#halted) return;
    this.#runMessages();
    if (this.#runnable.length > 0 && this.#open.length < MAX_BATCH) this.#schedule();
    if (this.#open.length > 0) {
      this.#committing ??= this.#commitOpen().finally(() => {
        this.#committing = undefined;
      });
    }
  }

  #runMessages(): void {
    if (this.#halted) return;
    const context = { ...this.#deps.context, now: this.#clock.now() };
    let ran = 0;
    this.#runnable.drain(
      () => ran < MESSAGES_A_CYCLE && this.#open.length < MAX_BATCH,
      (actor) => {
        ran += this.#runActor(actor, context);
        if (canRun(actor)) this.#runnable.add(actor);
      },
    );
  }

  /** Runs the actor's share of messages and returns how many it ran. */
  #runActor(actor: Actor, context: StepContext): number {
    let ran = 0;
    for (; ran < TURNS_AT_A_TIME && canRun(actor); ran++) {
      const turn = actor.open?.state === "ready" ? actor.open : null;
      const delivery = turn === null ? (actor.inbox.shift() as Delivery) : turn.delivery;
      if (turn !== null) turn.state = "busy";
      const { mail } = delivery;
      const failure = mail === null ? null : this.#forcedFailure(actor, mail);
      if (failure !== null) {
        this.#take(actor, delivery, failAttempt(actor, delivery, turn, failure, context));
      } else if (mail === null || !this.#deps.poisonGuard.concerns(mail)) {
        this.#take(actor, delivery, this.#run(actor, delivery, turn, context));
      } else {
        this.#markStarted(actor, delivery, mail);
      }
    }
    this.#deps.moved(actor);
    return ran;
  }

  /** Why a message is not to run: it cannot be stored, it was given up, or it has ended the process too often. */
  #forcedFailure(actor: Actor, mail: Mail): ForcedFailure | null {
    const failure = actor.takeForcedFailure(mail.mailSeq);
    if (failure !== null) return failure;
    if (!this.#deps.poisonGuard.concerns(mail) || !isSpent(actor, mail)) return null;
    const text = "The process ended while this message ran, at each of its attempts.";
    return { error: new GreenroomError("handler_failed", text), decided: null };
  }

  #run(actor: Actor, delivery: Delivery, turn: OpenTurn | null, context: StepContext): StepResult {
    const { watchdog } = this.#deps;
    watchdog?.enter(actor, delivery.message);
    try {
      return turn === null ? step(actor, delivery, context) : resume(actor, turn, context);
    } finally {
      watchdog?.leave();
    }
  }

  #take(actor: Actor, { mail }: Delivery, { staged, effect, retry, diverged }: StepResult): void {
    const { poisonGuard } = this.#deps;
    if (staged?.disposition?.kind === "nack") crashPoint("mailbox: failed, before its nack");
    if (staged?.disposition?.kind === "dead") crashPoint("mailbox: given up, before its dead letter");
    if (staged !== undefined) this.#open.push(staged);
    if (mail !== null && effect === undefined) {
      if (staged === undefined) poisonGuard.left(mail);
      else staged.tasks.push(() => poisonGuard.left(mail));
    }
    if (effect !== undefined) this.#deps.effect(actor, effect, staged);
    if (retry !== undefined && staged !== undefined) this.#deps.retry(actor, retry, staged);
    if (diverged !== undefined) this.#deps.parked(actor, diverged);
  }

  /** A message that a crash left behind runs once the mark that it has started is durable. */
  #markStarted(actor: Actor, delivery: Delivery, mail: Mail): void {
    const turn = actor.open;
    const hold = actor.holdFor(delivery, null);
    this.#deps.poisonGuard.enter(mail, () => {
      // The actor was rolled back meanwhile; its mailbox is read again, and this delivery does not run.
      if (actor.hold !== hold) return this.#deps.poisonGuard.left(mail);
      crashPoint("mailbox: about to be marked as started");
      const staged = stageStart(actor, delivery, mail);
      staged.tasks.push(() => {
        if (actor.hold !== hold) return this.#deps.poisonGuard.left(mail);
        actor.release();
        if (turn === null) actor.inbox.putBack(delivery);
        else turn.state = "ready";
        this.wake(actor);
      });
      this.add(staged);
    });
  }

  /** Never rejects: an error that ends the lane is reported to the node. */
  async #commitOpen(): Promise<void> {
    while (this.#open.length > 0 && !this.#halted) {
      const items = this.#open.splice(0, MAX_BATCH);
      try {
        await this.#committer.commit(items);
      } catch (error) {
        this.#failUncommitted(items, error);
        this.#deps.stopped(error as Error);
        return;
      }
      for (const task of this.#betweenBatches.splice(0)) task();
      this.#runMessages();
    }
    if (this.#runnable.length > 0) this.#schedule();
  }

  /** Callers learn that nothing was written, or that the outcome is not known. */
  #failUncommitted(items: readonly BatchItem[], error: unknown): void {
    const reason = error instanceof Fenced ? fenced() : expired();
    const unsettled = new Set(items.flatMap((item) => (isStagedTurn(item) ? item.actor.unsettled : [])));
    for (const item of items) {
      if (!isStagedTurn(item)) item.settle(reason);
      else if (unsettled.has(item)) failStaged(item, reason);
    }
  }

  /** Fails all that the actor has not committed, in whichever batch it is, and loads the actor again. */
  #break(actor: Actor, error: GreenroomError, culprit?: StagedTurn): void {
    if (culprit?.disposition?.kind === "ack") {
      actor.forceFailure(culprit.disposition.mailSeq, { error, decided: null });
    }
    for (const { mail } of actor.mailbox.head.values()) if (mail !== null) this.#deps.poisonGuard.left(mail);
    const { staged, open } = actor.rollBack();
    this.#open = this.#open.filter((item) => !isStagedTurn(item) || item.actor !== actor);
    this.#deps.reload(actor, error);
    for (const lost of staged) failStaged(lost, error);
    open?.delivery.fail(error);
  }
}

/**
 * Whether an actor can do something now. While a turn waits for an effect, only queries run that no command stands before.
 * Older messages that are still in the store come first, and an idempotency key must have been looked up.
 */
function canRun({ isLoaded, open, hold, inbox, mailbox }: Actor): boolean {
  if (!isLoaded || hold !== null) return false;
  if (open?.state === "ready") return true;
  const next = inbox.first;
  if (next === undefined || next.storedReply === undefined) return false;
  if (open !== null) return next.kind === "query";
  return mailbox.unreadAbove === null || next.mailSeq <= mailbox.unreadAbove;
}
