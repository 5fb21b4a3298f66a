import { GreenroomError } from "../core/errors.ts";
import type { Actor, Turn } from "./actor.ts";
import { Committer, type CommitterPorts, Fenced } from "./committer.ts";
import type { Delivery } from "./delivery.ts";
import { MAX_BATCH, MESSAGES_A_CYCLE, TURNS_AT_A_TIME } from "./limits.ts";
import type { Clock } from "./ports.ts";
import { expired, step, toAnswer } from "./step.ts";

/** What a lane needs of the runtime. */
export type LanePorts = Omit<CommitterPorts, "broken"> & {
  /** The actor has more, or fewer, turns to commit than none. */
  busy(actor: Actor, busy: boolean): void;
  /** The actor's state in memory is not what is stored: it is to be loaded anew. */
  reload(actor: Actor, why: GreenroomError): void;
  /** The lane cannot go on, and neither can the node. */
  stopped(error: Error): void;
};

/**
 * The main loop. Actors that have something to do stand in `runnable`; each cycle runs their messages and puts the
 * turns into the open batch. One batch is being committed at any time, and the open one fills meanwhile: later turns
 * of an actor run on its uncommitted state, but nothing of theirs leaves before their own commit.
 */
export class Lane {
  readonly #ports: LanePorts;
  readonly #clock: Clock;
  readonly #committer: Committer;
  readonly #runnable = new Set<Actor>();
  #open: Turn[] = [];
  #scheduled = false;
  /** The commits under way; undefined when there is none. */
  #committing: Promise<void> | undefined;
  #halted = false;

  constructor(ports: LanePorts, lastBatch: number, giveUp: AbortSignal) {
    this.#ports = ports;
    this.#clock = ports.clock;
    const broken = (actor: Actor, error: GreenroomError) => this.#break(actor, error);
    this.#committer = new Committer({ ...ports, broken }, lastBatch, giveUp);
  }

  /** Says that an actor may have something to do. */
  wake(actor: Actor): void {
    if (this.#halted || !canRun(actor)) return;
    this.#runnable.add(actor);
    this.#schedule();
  }

  /** Ends the lane. Resolves when the batch that is under way has come to its end; nothing runs or commits after it. */
  async halt(): Promise<void> {
    this.#halted = true;
    this.#runnable.clear();
    await this.#committing;
  }

  #schedule(): void {
    if (this.#scheduled || this.#halted) return;
    this.#scheduled = true;
    this.#clock.soon(() => this.#cycle());
  }

  #cycle(): void {
    this.#scheduled = false;
    this.#runMessages();
    if (this.#runnable.size > 0 && this.#open.length < MAX_BATCH) this.#schedule();
    if (this.#open.length > 0) {
      this.#committing ??= this.#commitOpen().finally(() => {
        this.#committing = undefined;
      });
    }
  }

  #runMessages(): void {
    let ran = 0;
    for (const actor of this.#runnable) {
      if (ran >= MESSAGES_A_CYCLE || this.#open.length >= MAX_BATCH) return;
      this.#runnable.delete(actor);
      ran += this.#runActor(actor);
      if (canRun(actor)) this.#runnable.add(actor);
    }
  }

  /** Runs the messages that an actor has its go for; returns how many. */
  #runActor(actor: Actor): number {
    let ran = 0;
    for (; ran < TURNS_AT_A_TIME && canRun(actor); ran++) {
      const turn = step(actor, actor.line.shift() as Delivery);
      if (turn === undefined) continue;
      if (actor.unsettled.length === 1) this.#ports.busy(actor, true);
      this.#open.push(turn);
    }
    return ran;
  }

  /** Never rejects: what cannot go on is told to the node. */
  async #commitOpen(): Promise<void> {
    while (this.#open.length > 0 && !this.#halted) {
      const turns = this.#open;
      this.#open = [];
      try {
        await this.#committer.commit(turns);
      } catch (error) {
        this.#failUncommitted(turns, error);
        this.#ports.stopped(error as Error);
        return;
      }
      this.#runMessages();
    }
    if (this.#runnable.size > 0) this.#schedule();
  }

  /** Their callers hear the truth: that nothing was written, or that it is not known. */
  #failUncommitted(turns: readonly Turn[], error: unknown): void {
    const verdict = error instanceof Fenced ? fenced() : expired();
    const unsettled = new Set(turns.flatMap((turn) => turn.actor.unsettled));
    for (const turn of turns) if (unsettled.has(turn)) failTurn(turn, verdict);
  }

  /** The actor's uncommitted turns fail, whichever batch they are in, and it begins anew from what is stored. */
  #break(actor: Actor, error: GreenroomError): void {
    const turns = actor.unsettled.splice(0);
    this.#open = this.#open.filter((turn) => turn.actor !== actor);
    this.#ports.busy(actor, false);
    this.#ports.reload(actor, error);
    for (const turn of turns) failTurn(turn, error);
  }
}

/** What callers are told of a turn that another node's takeover kept from committing. */
export function fenced(): GreenroomError {
  return new GreenroomError("fenced", "Another server has taken over; nothing of this was kept. Ask again.");
}

/** Lets a durable turn's reply go, and the answers that waited for it. */
export function settleTurn(turn: Turn): void {
  turn.actor.unsettled.shift();
  turn.delivery.answer(toAnswer(turn.delivery, turn.reply, turn.revision));
  for (const output of turn.outputs) output.release();
}

/** Tells the callers of a turn that will never be durable, and those who saw its state. */
function failTurn(turn: Turn, error: GreenroomError): void {
  turn.broken = true;
  turn.delivery.fail(error);
  for (const output of turn.outputs) output.fail(error);
}

/** Whether the head of an actor's line can be processed now: an idempotency key must have been looked up first. */
function canRun(actor: Actor): boolean {
  return actor.ready && actor.line.length > 0 && actor.line[0]?.kept !== undefined;
}
