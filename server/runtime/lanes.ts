import type { Log } from "../log.ts";
import type { Activation } from "./activation.ts";
import type { Activity } from "./activity.ts";
import type { Actor, OpenTurn, Write } from "./actor.ts";
import { Batcher } from "./batcher.ts";
import type { Census } from "./census.ts";
import type { Checkpoints } from "./checkpoints.ts";
import { Effects } from "./effects.ts";
import type { CommittedEvent, Events } from "./events.ts";
import { Lane, settleWrite } from "./lane.ts";
import { MAX_BATCH } from "./limits.ts";
import type { Meter } from "./meter.ts";
import type { ActorId, Claim, Clock, LaneWriter, Store } from "./ports.ts";
import type { Registry } from "./registry.ts";
import { effectOver, type Stepped } from "./step.ts";

/** What the lanes work with. */
export interface LanesOptions {
  store: Store;
  clock: Clock;
  log: Log;
  claim: Claim;
  events: Events;
  registry: Registry;
  activation: Activation;
  activity: Activity;
  census: Census;
  checkpoints: Checkpoints;
  meter: Meter;
  /** No lane can go on. */
  stopped: (error: Error) => void;
}

/** The node's lanes, and what it means for the rest of the node when they commit. */
export class Lanes {
  /** By lane, the number of its last batch. */
  readonly committed: number[];
  /** The highest id that an actor in the store has had. */
  newestActor: number;
  readonly #with: LanesOptions;
  readonly #writers: readonly LaneWriter[];
  readonly #lanes: readonly Lane[];
  readonly #effects: Effects;
  /** Effects that begin as soon as the write before them is durable. */
  readonly #afterWrite = new WeakMap<Write, () => void>();
  readonly #ids: Batcher<Actor, ActorId>;
  readonly #giveUp = new AbortController();

  constructor(options: LanesOptions) {
    const { store, claim, clock, log } = options;
    this.#with = options;
    this.#effects = new Effects(clock, log, (actor, turn) => this.#effectOver(actor, turn));
    this.committed = [...claim.batches];
    this.newestActor = claim.newestActor;
    this.#ids = new Batcher((actors) => this.#allocate(actors), MAX_BATCH, clock);
    this.#writers = claim.batches.map((_, lane) => store.lane(claim, lane));
    this.#lanes = this.#writers.map((writer, lane) => this.#lane(writer, lane));
  }

  /** Says that an actor may have something to do. */
  wake(actor: Actor): void {
    this.#lanes[actor.lane]?.wake(actor);
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
    const { clock, log, claim, meter, registry, activation, stopped } = this.#with;
    return new Lane(
      {
        lane,
        writer,
        clock,
        log,
        allocate: async (actors) => void (await Promise.all(actors.map((actor) => this.#ids.ask(actor)))),
        committed: (writes, event) => this.#settle(writes, event),
        health: (error) => meter.database(error),
        moved: (actor) => this.#moved(actor),
        effect: (actor, effect, write) => this.#effect(actor, effect, write),
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
    if (actor.ready) this.#with.registry.move(actor, actor.atWork);
  }

  /** Gives new actors their ids: those of all lanes together, ahead of the batches that need them. */
  async #allocate(actors: Actor[]): Promise<ActorId[]> {
    const { store, clock, census, registry, activity, events } = this.#with;
    const ids = await store.allocate(actors, clock.now());
    for (const [i, actor] of actors.entries()) {
      registry.identify(actor, ids[i] as ActorId);
      census.created(actor.type, 1);
      activity.mark(actor);
    }
    this.newestActor = Math.max(this.newestActor, ...ids);
    const created = actors.map(({ type, keyText }, i) => ({ type, keyText, id: ids[i] as ActorId }));
    events.emit({ kind: "created", actors: created });
    return ids;
  }

  /** An effect begins when all that came before it is durable. */
  #effect(actor: Actor, { n, call }: NonNullable<Stepped["effect"]>, write: Write | undefined): void {
    const turn = actor.open as OpenTurn;
    const begin = () => void this.#effects.run(actor, turn, n, call);
    if (write === undefined) begin();
    else this.#afterWrite.set(write, begin);
  }

  /** What came of an effect becomes durable before the turn goes on. */
  #effectOver(actor: Actor, turn: OpenTurn): void {
    const write = effectOver(actor, turn);
    this.#moved(actor);
    this.#afterWrite.set(write, () => {
      turn.state = "ready";
      this.wake(actor);
    });
    this.#lanes[actor.lane]?.add(write);
  }

  /** A batch is durable: replies go out, effects begin, and those who look hear of it. */
  #settle(writes: readonly Write[], event: CommittedEvent): void {
    const { meter, events, checkpoints } = this.#with;
    this.committed[event.lane] = event.number;
    meter.committed(event.turns, event.took);
    for (const write of writes) {
      settleWrite(write);
      this.#moved(write.actor);
      checkpoints.after(write);
    }
    events.emit(event);
    for (const write of writes) {
      this.#afterWrite.get(write)?.();
      if (!write.open && write.actor.line.length > 0) this.wake(write.actor);
    }
  }
}

function told({ n, recorded, asked }: NonNullable<Stepped["diverged"]>): string {
  return `its code asks for ${asked === null ? "no more effect" : `the effect "${asked}"`} where "${recorded}" is recorded as number ${n}`;
}
