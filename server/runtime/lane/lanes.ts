import type { EffectCall } from "../../core/define/effects.ts";
import type { GreenroomError } from "../../core/errors.ts";
import type { Log } from "../../process/log.ts";
import type { Activation } from "../actor/activation.ts";
import type { Actor, OpenTurn, StagedTurn } from "../actor/actor.ts";
import { laneOf, type Registry } from "../actor/registry.ts";
import type { Checkpoints } from "../history/checkpoints.ts";
import type { NodeMetrics } from "../inspect/metrics.ts";
import type { TypeMetrics } from "../inspect/type-metrics.ts";
import type { Retries } from "../mailbox/retries.ts";
import type { Clock, Watchdog } from "../ports/clock.ts";
import type { LaneWriter } from "../ports/commit.ts";
import type { Claim } from "../ports/leases.ts";
import type { Store } from "../ports/store.ts";
import { crashPoint } from "../shared/crash-points.ts";
import type { CommittedEvent, Events } from "../shared/events.ts";
import type { ExternalWrite } from "../shared/external-write.ts";
import type { MailSeqs } from "../shared/mail-seqs.ts";
import type { Types } from "../shared/types.ts";
import { Effects } from "../turn/effects.ts";
import { effectOver, type StepResult } from "../turn/step.ts";
import { type BatchItem, isStagedTurn } from "./batch.ts";
import type { Identities } from "./identities.ts";
import { Lane } from "./lane.ts";
import type { PoisonGuard } from "./poison-guard.ts";
import { settleWrite } from "./settle.ts";

/** What the lanes work with. */
export interface LanesOptions {
  store: Store;
  clock: Clock;
  log: Log;
  claim: Claim;
  events: Events;
  registry: Registry;
  activation: Activation;
  checkpoints: Checkpoints;
  metrics: NodeMetrics;
  typeMetrics: Pick<TypeMetrics, "answered">;
  ids: MailSeqs;
  identities: Identities;
  poisonGuard: PoisonGuard;
  watchdog?: Watchdog | undefined;
  types: Types;
  retries: Retries;
  /** These are durable: what they put into mailboxes is to reach its receivers. */
  mailed: (items: readonly BatchItem[]) => void;
  /** Some of the actor's mailbox in memory may have been used up. */
  feed: (actor: Actor) => void;
  /** No lane can go on. */
  stopped: (error: Error) => void;
}

/** The node's lanes, and what it means for the rest of the node when they commit. */
export class Lanes {
  /** By lane, the number of its last batch. */
  readonly committed: number[];
  readonly #with: LanesOptions;
  readonly #writers: readonly LaneWriter[];
  readonly #lanes: readonly Lane[];
  readonly #effects: Effects;
  readonly #giveUp = new AbortController();

  constructor(options: LanesOptions) {
    const { store, claim, clock, log } = options;
    this.#with = options;
    this.#effects = new Effects(clock, log, {
      began: (actor) => this.#moved(actor),
      over: (actor, turn) => this.#effectOver(actor, turn),
    });
    this.committed = [...claim.batches];
    this.#writers = claim.batches.map((_, lane) => store.lane(claim, lane));
    this.#lanes = this.#writers.map((writer, lane) => this.#lane(writer, lane));
  }

  /** Says that an actor may have something to do. */
  wake(actor: Actor): void {
    this.#lanes[actor.lane]?.wake(actor);
  }

  /** See `Lane.crash`. */
  crash(actor: Actor, why: GreenroomError): void {
    this.#lanes[actor.lane]?.crash(actor, why);
  }

  /** Commits what no turn made, in its receiver's lane. */
  post(post: ExternalWrite): void {
    this.#lanes[laneOf(post.to.type, post.to.keyText)]?.add(post);
  }

  /** Ends all lanes, each after the batch that it is committing, and the effects that run. */
  async halt(): Promise<void> {
    this.#effects.stop();
    await Promise.all(this.#lanes.map((lane) => lane.halt()));
  }

  /** Lets no lane wait any longer for a database that does not answer. */
  giveUp(): void {
    this.#giveUp.abort();
  }

  async close(): Promise<void> {
    await Promise.all(this.#writers.map((writer) => writer.close()));
  }

  #lane(writer: LaneWriter, lane: number): Lane {
    const { clock, log, claim, metrics, registry, activation, stopped, poisonGuard, watchdog, ids, types, identities } =
      this.#with;
    return new Lane(
      {
        lane,
        writer,
        clock,
        log,
        ids,
        identify: (items) => identities.giveTo(items),
        committed: (items, event) => this.#settle(items, event),
        health: (error) => metrics.database(error),
        moved: (actor) => this.#moved(actor),
        effect: (actor, effect, write) => this.#effect(actor, effect, write),
        retry: (actor, { delivery, at }, write) => {
          this.#with.retries.putAside(actor, delivery, at);
          write.tasks.push(() => void this.#with.retries.bringBack(actor, delivery, at));
        },
        poisonGuard,
        watchdog,
        context: { ids, knows: (type) => types.find(type) !== undefined },
        parked: (actor, divergence) => activation.park(actor, told(divergence)),
        reload: (actor, why) => {
          if (why.code === "fenced") registry.move(actor, "fenced", why.message);
          void activation.load(actor);
        },
        stopped,
      },
      claim.batches[lane] ?? 0,
      this.#giveUp.signal,
    );
  }

  /** An actor has begun or ended something; one that is parked, or loaded anew, stays what it is. */
  #moved(actor: Actor): void {
    if (actor.ready) this.#with.registry.move(actor, actor.atWork, actor.waitsFor);
  }

  /** An effect begins when all that came before it is durable. */
  #effect(actor: Actor, { n, call }: NonNullable<StepResult["effect"]>, write: StagedTurn | undefined): void {
    const turn = actor.open as OpenTurn;
    const begin = () => void this.#effects.run(actor, turn, n, this.#watched(actor, turn, call));
    if (write === undefined) begin();
    else write.tasks.push(begin);
  }

  /** An effect's function is code of the actor too, until it first waits. */
  #watched(actor: Actor, { delivery }: OpenTurn, call: EffectCall): EffectCall {
    const { watchdog } = this.#with;
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

  /** What came of an effect becomes durable before the turn goes on. */
  #effectOver(actor: Actor, turn: OpenTurn): void {
    const write = effectOver(actor, turn);
    this.#moved(actor);
    write.tasks.push(() => {
      turn.state = "ready";
      this.wake(actor);
    });
    this.#lanes[actor.lane]?.add(write);
  }

  #count(writes: readonly StagedTurn[]): void {
    const { typeMetrics, clock } = this.#with;
    const now = clock.now();
    for (const { actor, message, answer } of writes) {
      if (answer !== null)
        typeMetrics.answered(actor.type, message.command, now - message.now, answer.outcome instanceof Error);
    }
  }

  /** A batch is durable: replies go out, effects begin, and those who look hear of it. */
  #settle(items: readonly BatchItem[], event: CommittedEvent): void {
    const { metrics, events, checkpoints, mailed, feed } = this.#with;
    const writes = items.filter(isStagedTurn);
    this.committed[event.lane] = event.number;
    metrics.committed(event);
    crashPoint("out: before the replies");
    for (const write of writes) {
      settleWrite(write);
      this.#moved(write.actor);
      checkpoints.after(write);
    }
    for (const item of items) if (!isStagedTurn(item)) item.settle(null);
    crashPoint("out: after the replies");
    events.emit(event);
    this.#count(writes);
    mailed(items);
    crashPoint("out: after the mailboxes");
    for (const write of writes) {
      for (const task of write.tasks) task();
      if (!write.open && write.actor.line.length > 0) this.wake(write.actor);
      feed(write.actor);
    }
  }
}

function told({ kind, n, recorded, actual }: NonNullable<StepResult["diverged"]>): string {
  const does = {
    "other effect": `asks for the effect "${actual}"`,
    "missing effect": "asks for no more effect",
    throw: `throws "${actual}"`,
  };
  return `its code ${does[kind]} where the effect "${recorded}" is recorded as number ${n}`;
}
