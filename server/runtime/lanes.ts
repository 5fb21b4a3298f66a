import type { Log } from "../log.ts";
import type { Activation } from "./activation.ts";
import type { Activity } from "./activity.ts";
import type { Actor, Turn } from "./actor.ts";
import { Batcher } from "./batcher.ts";
import type { Census } from "./census.ts";
import type { CommittedEvent, Events } from "./events.ts";
import { Lane, settleTurn } from "./lane.ts";
import { MAX_BATCH } from "./limits.ts";
import type { Meter } from "./meter.ts";
import type { ActorId, Claim, Clock, LaneWriter, Store } from "./ports.ts";
import type { Registry } from "./registry.ts";

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
  meter: Meter;
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
  readonly #ids: Batcher<Actor, ActorId>;
  readonly #giveUp = new AbortController();

  constructor(options: LanesOptions) {
    const { store, claim, clock } = options;
    this.#with = options;
    this.committed = [...claim.batches];
    this.#ids = new Batcher((actors) => this.#allocate(actors), MAX_BATCH, clock);
    this.#writers = claim.batches.map((_, lane) => store.lane(claim, lane));
    this.#lanes = this.#writers.map((writer, lane) => this.#lane(writer, lane));
  }

  /** Says that an actor may have something to do. */
  wake(actor: Actor): void {
    this.#lanes[actor.lane]?.wake(actor);
  }

  /** Ends all lanes, each after the batch that it is committing. */
  async halt(): Promise<void> {
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
        committed: (turns, event) => this.#settle(turns, event),
        health: (error) => meter.database(error),
        busy: (actor, busy) => registry.move(actor, busy ? "processing" : "active"),
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

  /** Gives new actors their ids: those of all lanes together, ahead of the batches that need them. */
  async #allocate(actors: Actor[]): Promise<ActorId[]> {
    const { store, clock, census, activity, events } = this.#with;
    const ids = await store.allocate(actors, clock.now());
    for (const [i, actor] of actors.entries()) {
      actor.id = ids[i] as ActorId;
      census.created(actor.type, 1);
      activity.mark(actor);
    }
    events.emit({ kind: "created", actors: actors.map(({ type, keyText }) => ({ type, keyText })) });
    return ids;
  }

  /** A batch is durable: replies go out, and those who look hear of it. */
  #settle(turns: readonly Turn[], event: CommittedEvent): void {
    const { meter, registry, events } = this.#with;
    this.committed[event.lane] = event.number;
    meter.committed(event.turns, event.took);
    for (const turn of turns) {
      settleTurn(turn);
      if (turn.actor.unsettled.length === 0) registry.move(turn.actor, "active");
    }
    events.emit(event);
  }
}
