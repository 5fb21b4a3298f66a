import type { EffectCall } from "../../core/define/effects.ts";
import type { GreenroomError } from "../../core/errors.ts";
import type { Activation } from "../actor/activation.ts";
import type { Actor } from "../actor/actor.ts";
import { laneOf, type Registry } from "../actor/registry.ts";
import type { OpenTurn, StagedTurn, WantedEffect } from "../actor/staged-turn.ts";
import type { Watchdog } from "../ports/clock.ts";
import type { LaneWriter } from "../ports/commit.ts";
import { crashPoint } from "../shared/crash-points.ts";
import type { NodeDeps } from "../shared/deps.ts";
import type { CommittedEvent } from "../shared/events.ts";
import type { ExternalWrite } from "../shared/external-write.ts";
import { Effects } from "../turn/effects.ts";
import { type StepResult, stageEffect } from "../turn/step.ts";
import { type BatchItem, isStagedTurn } from "./batch.ts";
import type { Identities } from "./identities.ts";
import { Lane, type LaneDeps } from "./lane.ts";
import type { PoisonGuard } from "./poison-guard.ts";

export type LanesDeps = Pick<NodeDeps, "store" | "clock" | "log" | "claim" | "events" | "mailSeqs" | "types"> &
  Pick<LaneDeps, "retry" | "health" | "stopped"> & {
    registry: Registry;
    activation: Activation;
    identities: Identities;
    poisonGuard: PoisonGuard;
    watchdog?: Watchdog | undefined;
    /** A turn is durable, and its answer has been released. */
    settled(staged: StagedTurn): void;
    /** These are durable and their callers answered: the messages they put into mailboxes must reach their receivers. */
    committed(items: readonly BatchItem[]): void;
    /** The messages of the actor's mailbox in memory may be used up. */
    feed(actor: Actor): void;
  };

/** The node's lanes, and what happens when they commit. */
export class Lanes {
  /** The number of each lane's last batch. */
  readonly committed: number[];
  readonly #deps: LanesDeps;
  readonly #writers: readonly LaneWriter[];
  readonly #lanes: readonly Lane[];
  readonly #effects: Effects;
  readonly #giveUp = new AbortController();

  constructor(deps: LanesDeps) {
    const { store, claim, clock, log } = deps;
    this.#deps = deps;
    this.#effects = new Effects(clock, log, {
      started: (actor) => this.#moved(actor),
      finished: (actor, turn) => this.#effectFinished(actor, turn),
    });
    this.committed = [...claim.batches];
    this.#writers = claim.batches.map((_, lane) => store.lane(claim, lane));
    this.#lanes = this.#writers.map((writer, lane) => this.#lane(writer, lane));
  }

  /** The actor may have something to do. */
  wake(actor: Actor): void {
    this.#lanes[actor.lane]?.wake(actor);
  }

  /** See `Lane.crash`. */
  crash(actor: Actor, why: GreenroomError): void {
    this.#lanes[actor.lane]?.crash(actor, why);
  }

  /** Commits a write in its receiver's lane. */
  post(write: ExternalWrite): void {
    this.#lanes[laneOf(write.to)]?.add(write);
  }

  /** Ends all lanes, each after the batch that it commits, and the effects that run. */
  async halt(): Promise<void> {
    this.#effects.stop();
    await Promise.all(this.#lanes.map((lane) => lane.halt()));
  }

  /** Ends the waits for a database that does not answer. */
  giveUp(): void {
    this.#giveUp.abort();
  }

  async close(): Promise<void> {
    await Promise.all(this.#writers.map((writer) => writer.close()));
  }

  #lane(writer: LaneWriter, lane: number): Lane {
    const { claim, registry, activation, identities, watchdog, mailSeqs, types } = this.#deps;
    return new Lane(
      {
        ...this.#deps,
        lane,
        writer,
        watchdog,
        identify: (items) => identities.giveTo(items),
        committed: (items, event) => this.#settle(items, event),
        moved: (actor) => this.#moved(actor),
        effect: (actor, effect, staged) => this.#effect(actor, effect, staged),
        context: { mailSeqs, knows: (type) => types.find(type) !== undefined },
        parked: (actor, divergence) => activation.park(actor, describe(divergence)),
        reload: (actor, why) => {
          if (why.code === "fenced") registry.move(actor, "fenced", why.message);
          void activation.load(actor);
        },
      },
      claim.batches[lane] ?? 0,
      this.#giveUp.signal,
    );
  }

  /** An actor has started or finished something. One that is parked, or loaded again, stays what it is. */
  #moved(actor: Actor): void {
    if (actor.isLoaded) this.#deps.registry.move(actor, actor.loadedLifecycle, actor.waitsFor);
  }

  /** An effect starts when all before it is durable. */
  #effect(actor: Actor, { n, call }: WantedEffect, staged: StagedTurn | undefined): void {
    const turn = actor.open as OpenTurn;
    const start = () => void this.#effects.run(actor, turn, { n, call: this.#watched(actor, turn, call) });
    if (staged === undefined) start();
    else staged.tasks.push(start);
  }

  /** An effect's function is actor code too, until it first waits. */
  #watched(actor: Actor, { delivery }: OpenTurn, call: EffectCall): EffectCall {
    const { watchdog } = this.#deps;
    if (watchdog === undefined) return call;
    const run: EffectCall["run"] = (context) => {
      watchdog.enter(actor, delivery.message);
      try {
        return call.run(context);
      } finally {
        watchdog.leave();
      }
    };
    return { ...call, run };
  }

  /** An effect's result becomes durable before its turn goes on. */
  #effectFinished(actor: Actor, turn: OpenTurn): void {
    const staged = stageEffect(actor, turn);
    this.#moved(actor);
    staged.tasks.push(() => {
      turn.state = "ready";
      this.wake(actor);
    });
    this.#lanes[actor.lane]?.add(staged);
  }

  /** A batch is durable: replies leave, its event is emitted, effects start. */
  #settle(items: readonly BatchItem[], event: CommittedEvent): void {
    const { events, settled, committed, feed } = this.#deps;
    const turns = items.filter(isStagedTurn);
    this.committed[event.lane] = event.number;
    crashPoint("out: before the replies");
    for (const staged of turns) {
      staged.actor.settle(staged);
      this.#moved(staged.actor);
      settled(staged);
    }
    for (const item of items) if (!isStagedTurn(item)) item.settle(null);
    crashPoint("out: after the replies");
    events.emit(event);
    committed(items);
    crashPoint("out: after the mailboxes");
    for (const { actor, tasks, open } of turns) {
      for (const task of tasks) task();
      if (!open && actor.inbox.length > 0) this.wake(actor);
      feed(actor);
    }
  }
}

function describe({ kind, n, recorded, actual }: NonNullable<StepResult["diverged"]>): string {
  const does = {
    "other effect": `asks for the effect "${actual}"`,
    "missing effect": "asks for no more effects",
    throw: `throws "${actual}"`,
  };
  return `its code ${does[kind]} where the effect "${recorded}" is recorded as effect #${n}`;
}
