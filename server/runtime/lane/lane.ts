import { GreenroomError } from "../../core/errors.ts";
import type { Actor, ForcedFailure, OpenTurn, StagedTurn } from "../actor/actor.ts";
import type { Delivery } from "../actor/delivery.ts";
import type { Clock, Watchdog } from "../ports/clock.ts";
import type { Mail } from "../ports/mail-rows.ts";
import { crashPoint } from "../shared/crash-points.ts";
import { MAX_BATCH, MESSAGES_A_CYCLE, TURNS_AT_A_TIME } from "../shared/limits.ts";
import { expired } from "../turn/answers.ts";
import { isSpent } from "../turn/message.ts";
import { begin, failAttempt, resume, type StepContext, type StepResult, step } from "../turn/step.ts";
import { type BatchItem, isStagedTurn } from "./batch.ts";
import { Committer, type CommitterPorts, Fenced } from "./committer.ts";
import type { PoisonGuard } from "./poison-guard.ts";
import { RunQueue } from "./run-queue.ts";
import { failWrite, fenced } from "./settle.ts";

/** What a lane needs of the runtime. */
export type LanePorts = Omit<CommitterPorts, "broken"> & {
  /** The actor has begun or ended something. */
  moved(actor: Actor): void;
  /** The actor's turn waits for an effect, and all before it is durable as soon as `write` is (at once without one). */
  effect(actor: Actor, effect: NonNullable<StepResult["effect"]>, write: StagedTurn | undefined): void;
  /** The actor's message failed, and is to come back as soon as its time has come and `write` is durable. */
  retry(actor: Actor, retry: NonNullable<StepResult["retry"]>, write: StagedTurn): void;
  poisonGuard: PoisonGuard;
  watchdog: Watchdog | undefined;
  context: Omit<StepContext, "now">;
  /** The actor's code asks for other effects than are recorded. */
  parked(actor: Actor, divergence: NonNullable<StepResult["diverged"]>): void;
  /** The actor's state in memory is not what is stored: it is to be loaded anew. */
  reload(actor: Actor, why: GreenroomError): void;
  /** The lane cannot go on, and neither can the node. */
  stopped(error: Error): void;
};

/**
 * The main loop. Actors that have something to do stand in `runnable`; each cycle runs their messages and puts what
 * they have to commit into the open batch. One batch is being committed at any time, and the open one fills meanwhile:
 * later turns of an actor run on its uncommitted state, but nothing of theirs leaves before their own commit.
 */
export class Lane {
  readonly #ports: LanePorts;
  readonly #clock: Clock;
  readonly #committer: Committer;
  readonly #runnable = new RunQueue();
  #open: BatchItem[] = [];
  #scheduled = false;
  /** The commits under way; undefined when there is none. */
  #committing: Promise<void> | undefined;
  #halted = false;
  readonly #betweenBatches: (() => void)[] = [];

  constructor(ports: LanePorts, lastBatch: number, giveUp: AbortSignal) {
    this.#ports = ports;
    this.#clock = ports.clock;
    const broken: CommitterPorts["broken"] = (actor, error, culprit) => this.#break(actor, error, culprit);
    this.#committer = new Committer({ ...ports, broken }, lastBatch, giveUp);
  }

  /** Says that an actor may have something to do. */
  wake(actor: Actor): void {
    if (this.#halted || !canRun(actor)) return;
    this.#runnable.add(actor);
    this.#schedule();
  }

  /** Commits something that no message in line brought. */
  add(item: BatchItem): void {
    if (this.#halted) {
      if (!isStagedTurn(item)) item.settle(fenced());
      return;
    }
    this.#open.push(item);
    this.#schedule();
  }

  /** Loses what memory alone has of an actor, as the end of the process would, between two commits. Who waits hears why. */
  crash(actor: Actor, why: GreenroomError): void {
    const lose = () => {
      this.#break(actor, why);
      for (const delivery of actor.line.splice(0)) delivery.fail(why);
    };
    if (this.#committing === undefined) lose();
    else this.#betweenBatches.push(lose);
  }

  /** Ends the lane. Resolves when the batch that is under way has come to its end; nothing runs or commits after it. */
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
    const context = { ...this.#ports.context, now: this.#clock.now() };
    let ran = 0;
    this.#runnable.drain(
      () => ran < MESSAGES_A_CYCLE && this.#open.length < MAX_BATCH,
      (actor) => {
        ran += this.#runActor(actor, context);
        if (canRun(actor)) this.#runnable.add(actor);
      },
    );
  }

  /** Runs the messages that an actor has its go for; returns how many. */
  #runActor(actor: Actor, context: StepContext): number {
    let ran = 0;
    for (; ran < TURNS_AT_A_TIME && canRun(actor); ran++) {
      const turn = actor.open?.state === "ready" ? actor.open : null;
      const delivery = turn === null ? (actor.line.shift() as Delivery) : turn.delivery;
      if (turn !== null) turn.state = "busy";
      const { mail } = delivery;
      const failed = mail === null ? null : this.#failedBefore(actor, mail);
      if (failed !== null) {
        this.#take(actor, delivery, failAttempt(actor, delivery, turn, failed, context));
      } else if (mail === null || !this.#ports.poisonGuard.concerns(mail)) {
        this.#take(actor, delivery, this.#run(actor, delivery, turn, context));
      } else {
        this.#begin(actor, delivery, mail);
      }
    }
    this.#ports.moved(actor);
    return ran;
  }

  /** Why a message is not to be run: what it made cannot be stored, it has ended the process too often, or was given up. */
  #failedBefore(actor: Actor, mail: Mail): ForcedFailure | null {
    const blame = actor.takeForcedFailure(mail.mailSeq);
    if (blame !== null) return blame;
    if (!this.#ports.poisonGuard.concerns(mail) || !isSpent(actor, mail)) return null;
    const text = "The process ended while this message ran, as often as it was tried.";
    return { error: new GreenroomError("handler_failed", text), decided: null };
  }

  #run(actor: Actor, delivery: Delivery, turn: OpenTurn | null, context: StepContext): StepResult {
    const { watchdog } = this.#ports;
    watchdog?.enter(actor, delivery.message);
    try {
      return turn === null ? step(actor, delivery, context) : resume(actor, turn, context);
    } finally {
      watchdog?.leave();
    }
  }

  #take(actor: Actor, { mail }: Delivery, { staged, effect, retry, diverged }: StepResult): void {
    const { poisonGuard } = this.#ports;
    if (staged?.disposition?.kind === "nack") crashPoint("mailbox: failed, before its nack");
    if (staged?.disposition?.kind === "dead") crashPoint("mailbox: given up, before its dead letter");
    if (staged !== undefined) this.#open.push(staged);
    if (mail !== null && effect === undefined) {
      if (staged === undefined) poisonGuard.left(mail);
      else staged.tasks.push(() => poisonGuard.left(mail));
    }
    if (effect !== undefined) this.#ports.effect(actor, effect, staged);
    if (retry !== undefined && staged !== undefined) this.#ports.retry(actor, retry, staged);
    if (diverged !== undefined) this.#ports.parked(actor, diverged);
  }

  /** A message that a crash may have come of: that it is begun becomes durable, and then it runs. */
  #begin(actor: Actor, delivery: Delivery, mail: Mail): void {
    const turn = actor.open;
    const hold = { delivery, nextTry: null };
    actor.hold = hold;
    this.#ports.poisonGuard.enter(mail, () => {
      // The actor was begun anew meanwhile, and its mailbox is read again: this one does not come.
      if (actor.hold !== hold) return this.#ports.poisonGuard.left(mail);
      crashPoint("mailbox: about to begin with care");
      const write = begin(actor, delivery, mail);
      write.tasks.push(() => {
        if (actor.hold !== hold) return this.#ports.poisonGuard.left(mail);
        actor.hold = null;
        if (turn === null) actor.line.unshift(delivery);
        else turn.state = "ready";
        this.wake(actor);
      });
      this.add(write);
    });
  }

  /** Never rejects: what cannot go on is told to the node. */
  async #commitOpen(): Promise<void> {
    while (this.#open.length > 0 && !this.#halted) {
      const items = this.#open.splice(0, MAX_BATCH);
      try {
        await this.#committer.commit(items);
      } catch (error) {
        this.#failUncommitted(items, error);
        this.#ports.stopped(error as Error);
        return;
      }
      for (const task of this.#betweenBatches.splice(0)) task();
      this.#runMessages();
    }
    if (this.#runnable.length > 0) this.#schedule();
  }

  /** Their callers hear the truth: that nothing was written, or that it is not known. */
  #failUncommitted(items: readonly BatchItem[], error: unknown): void {
    const verdict = error instanceof Fenced ? fenced() : expired();
    const unsettled = new Set(items.flatMap((item) => (isStagedTurn(item) ? item.actor.unsettled : [])));
    for (const item of items) {
      if (!isStagedTurn(item)) item.settle(verdict);
      else if (unsettled.has(item)) failWrite(item, verdict);
    }
  }

  /** What the actor has not committed fails, whichever batch it is in, and it begins anew from what is stored. */
  #break(actor: Actor, error: GreenroomError, culprit?: StagedTurn): void {
    if (culprit?.disposition?.kind === "ack") actor.forceFailure(culprit.disposition.mailSeq, { error, decided: null });
    const writes = actor.unsettled.splice(0);
    const { open } = actor;
    actor.open = null;
    actor.hold = null;
    for (const { mail } of actor.mailbox.head.values()) if (mail !== null) this.#ports.poisonGuard.left(mail);
    actor.mailbox.forget();
    // What came from the mailbox is read again, with what the store knows of it.
    const asks = actor.line.filter((delivery) => delivery.mail === null);
    actor.line.splice(0, actor.line.length, ...asks);
    this.#open = this.#open.filter((item) => !isStagedTurn(item) || item.actor !== actor);
    this.#ports.reload(actor, error);
    for (const write of writes) failWrite(write, error);
    open?.delivery.fail(error);
  }
}

/**
 * Whether an actor can do something now. While a turn waits for an effect only queries run, those that no command
 * stands before. Whatever the store still has for it from earlier comes first, and an idempotency key must have been
 * looked up.
 */
function canRun({ ready, open, hold, line, mailbox }: Actor): boolean {
  if (!ready || hold !== null) return false;
  if (open?.state === "ready") return true;
  const head = line[0];
  if (head === undefined || head.storedReply === undefined) return false;
  if (open !== null) return head.kind === "query";
  return mailbox.unreadAbove === null || head.mailSeq <= mailbox.unreadAbove;
}
