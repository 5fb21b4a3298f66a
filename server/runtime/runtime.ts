import type { ActorType, Operation } from "../core/define.ts";
import { GreenroomError } from "../core/errors.ts";
import type { Log } from "../log.ts";
import type { CommandReply } from "../protocol/commands.ts";
import type { Json } from "../protocol/json.ts";
import { Activation, unavailable } from "./activation.ts";
import { Activity } from "./activity.ts";
import type { Actor, Turn } from "./actor.ts";
import { Batcher } from "./batcher.ts";
import { Census } from "./census.ts";
import { Fenced } from "./committer.ts";
import type { Answer, Delivery } from "./delivery.ts";
import { type CommittedEvent, Events } from "./events.ts";
import { StoreInspector } from "./inspector.ts";
import { type Checked, checkIdempotencyKey, Intake, Types } from "./intake.ts";
import { fenced, Lane, settleTurn } from "./lane.ts";
import { claimLease, keepLease } from "./lease.ts";
import { KEEP_MS, LANES, type Limits, MAX_BATCH, MAX_LINE, MAX_LOOKUP, PRUNE_MS, PRUNE_ROWS, STOP_GRACE_MS } from "./limits.ts";
import { Meter } from "./meter.ts";
import type { ActorId, Claim, Clock, KeptReply, Store } from "./ports.ts";
import { Registry } from "./registry.ts";
import { idempotencyConflict } from "./step.ts";
import type { CommandRequest, Inspector, QueryRequest, Runtime } from "./surface.ts";

/** What a runtime is made of. */
export interface RuntimeOptions {
  store: Store;
  clock: Clock;
  types: readonly ActorType[];
  log: Log;
  limits: Limits;
  /** Take the right to write at once: the caller knows that no other node lives. */
  force: boolean;
}

/** A runtime that holds the right to write. */
export interface RunningRuntime extends Runtime {
  /** Resolves with the reason when the runtime can do no more (another node has taken over): the process must end. */
  readonly failed: Promise<Error>;
  /** Takes no more work, finishes and commits what is in hand, and gives the right to write back. */
  stop(): Promise<void>;
}

/**
 * Starts a runtime: takes the right to write, then serves.
 * @throws AlreadyLed when another node holds the right; StoreUnavailable when the database cannot be reached
 */
export async function startRuntime(options: RuntimeOptions): Promise<RunningRuntime> {
  const { store, clock, types, force } = options;
  const claim = await claimLease(store, clock, force);
  const census = new Census(
    types.map((type) => type.type),
    await store.countByType(),
  );
  return new NodeRuntime(options, claim, census);
}

/** The node: doors put messages in, lanes run and commit them. */
class NodeRuntime implements RunningRuntime {
  readonly events = new Events();
  readonly inspector: Inspector;
  readonly failed: Promise<Error>;
  readonly #options: RuntimeOptions;
  readonly #claim: Claim;
  readonly #types: Types;
  readonly #census: Census;
  readonly #registry: Registry;
  readonly #intake: Intake;
  readonly #activation: Activation;
  readonly #activity: Activity;
  readonly #meter: Meter;
  readonly #lookups: Batcher<{ id: ActorId; idempotencyKey: string }, KeptReply | null>;
  readonly #lanes: readonly Lane[];
  readonly #writers: readonly { close(): Promise<void> }[];
  readonly #committed: number[];
  readonly #giveUp = new AbortController();
  readonly #upkeep: (() => void)[];
  /** Why no more work is taken; undefined while it is. */
  #closed: GreenroomError | undefined;
  #fail: (error: Error) => void = () => undefined;

  constructor(options: RuntimeOptions, claim: Claim, census: Census) {
    const { store, clock, log, limits } = options;
    this.#options = options;
    this.#claim = claim;
    this.#census = census;
    this.#types = new Types(options.types);
    this.#registry = new Registry(limits.maxActive, clock, this.events, census);
    this.#intake = new Intake(limits.maxInFlight, clock);
    this.#meter = new Meter(clock);
    this.#activity = new Activity(store, clock, log);
    this.#activation = new Activation(store, this.#registry, clock, (actor) => this.#ready(actor));
    this.#lookups = new Batcher((wanted) => store.keptReplies(wanted), MAX_LOOKUP, clock);
    this.#committed = [...claim.batches];
    this.failed = new Promise((resolve) => {
      this.#fail = resolve;
    });
    const writers = Array.from({ length: LANES }, (_, lane) => store.lane(claim, lane));
    this.#writers = writers;
    this.#lanes = writers.map((writer, lane) => this.#makeLane(writer, lane));
    this.inspector = new StoreInspector({
      store,
      registry: this.#registry,
      activity: this.#activity,
      census,
      intake: this.#intake,
      meter: this.#meter,
      types: this.#types,
      limits,
      claim,
      committed: this.#committed,
      startedAt: clock.now(),
      now: () => clock.now(),
    });
    this.#upkeep = [
      keepLease(store, clock, log, claim, (error) => this.#meter.database(error), (error) => void this.#halt(error)),
      clock.every(limits.inactivityCheckMs, () => this.#passivateIdle()),
      clock.every(PRUNE_MS, () => void this.#prune()),
    ];
  }

  async ask({ type, key, command, payload, idempotencyKey }: CommandRequest): Promise<CommandReply> {
    if (idempotencyKey !== undefined) checkIdempotencyKey(idempotencyKey);
    const checked = this.#types.check("command", type, key, command, payload);
    const { reply, ...answer } = await this.#accept(checked, idempotencyKey);
    return { reply: JSON.parse(reply) as Json, ...answer };
  }

  async query({ type, key, query, payload }: QueryRequest): Promise<Json> {
    const { reply } = await this.#accept(this.#types.check("query", type, key, query, payload), undefined);
    return JSON.parse(reply) as Json;
  }

  room(): Promise<void> {
    return this.#intake.room();
  }

  async stop(): Promise<void> {
    this.#closed ??= new GreenroomError("unavailable", "The server is stopping; nothing was done.", {
      retryAfterMs: 5_000,
    });
    await this.#orGiveUp(this.#intake.emptied());
    await this.#endWork(this.#closed);
    for (const stop of this.#upkeep) stop();
    this.#intake.close();
    this.#meter.close();
    await this.#activity.close();
    await Promise.all(this.#writers.map((writer) => writer.close()));
    await this.#options.store.release(this.#claim).catch((error: unknown) => {
      this.#options.log.warn({ err: error }, "the lease was not given back; it lapses by itself");
    });
  }

  /** Puts a checked message into its actor's line, and loads the actor if that is needed. */
  #accept(checked: Checked, idempotencyKey: string | undefined): Promise<Answer> {
    if (this.#closed !== undefined) throw this.#closed;
    const actor = this.#place(checked);
    const enter = (delivery: Delivery) => this.#enter(actor, delivery);
    const left = (delivery: Delivery) => {
      if (idempotencyKey !== undefined && actor.keyed.get(idempotencyKey) === delivery) actor.keyed.delete(idempotencyKey);
    };
    const answer = this.#intake.accept(checked, idempotencyKey, enter, left);
    this.#meter.inFlight(this.#intake.size);
    return answer;
  }

  /** The actor that a message is for; `overloaded` when it, or the node, has too much to do. */
  #place({ definition, key, keyText }: Checked): Actor {
    try {
      if (this.#intake.full) throw overloaded(`${this.#options.limits.maxInFlight} messages are in flight`);
      const actor = this.#registry.use(definition, key, keyText);
      if (actor.line.length >= MAX_LINE) throw overloaded(`${MAX_LINE} messages wait for ${definition.type} ${keyText}`);
      return actor;
    } catch (error) {
      this.#meter.refused();
      throw error;
    }
  }

  #enter(actor: Actor, delivery: Delivery): void {
    if (delivery.idempotencyKey !== undefined) {
      const first = actor.keyed.get(delivery.idempotencyKey);
      if (first !== undefined) {
        if (first.digest === delivery.digest) first.join(delivery);
        else delivery.fail(idempotencyConflict());
        return;
      }
      actor.keyed.set(delivery.idempotencyKey, delivery);
    }
    actor.line.push(delivery);
    if (actor.ready) {
      this.#lookUp(actor, delivery);
      this.#wake(actor);
    } else {
      void this.#activation.load(actor);
    }
  }

  /** An actor has been loaded: what waits for it can go on. */
  #ready(actor: Actor): void {
    for (const delivery of actor.line) this.#lookUp(actor, delivery);
    this.#wake(actor);
  }

  #wake(actor: Actor): void {
    this.#activity.mark(actor);
    this.#lanes[actor.lane]?.wake(actor);
  }

  /** Asks whether a reply is kept for a delivery's key; an actor that is not in the store has none. */
  #lookUp(actor: Actor, delivery: Delivery): void {
    const { idempotencyKey } = delivery;
    if (idempotencyKey === undefined || delivery.kept !== undefined) return;
    if (actor.id === null) {
      delivery.kept = null;
      return;
    }
    this.#lookups.ask({ id: actor.id, idempotencyKey }).then(
      (kept) => {
        delivery.kept = kept;
        this.#lanes[actor.lane]?.wake(actor);
      },
      (error: unknown) => {
        const at = actor.line.indexOf(delivery);
        if (at >= 0) actor.line.splice(at, 1);
        delivery.fail(unavailable(error));
        this.#lanes[actor.lane]?.wake(actor);
      },
    );
  }

  #makeLane(writer: ReturnType<Store["lane"]>, lane: number): Lane {
    const { clock, log } = this.#options;
    const ids = new Batcher((actors: Actor[]) => this.#allocate(actors), MAX_BATCH, clock);
    return new Lane(
      {
        lane,
        writer,
        clock,
        log,
        allocate: async (actors) => void (await Promise.all(actors.map((actor) => ids.ask(actor)))),
        committed: (turns, event) => this.#settle(turns, event),
        health: (error) => this.#meter.database(error),
        busy: (actor, busy) => this.#registry.move(actor, busy ? "processing" : "active"),
        reload: (actor, why) => {
          if (why.code === "fenced") this.#registry.move(actor, "fenced", why.message);
          void this.#activation.load(actor);
        },
        stopped: (error) => void this.#halt(error),
      },
      this.#claim.batches[lane] ?? 0,
      this.#giveUp.signal,
    );
  }

  async #allocate(actors: Actor[]): Promise<ActorId[]> {
    const ids = await this.#options.store.allocate(actors, this.#options.clock.now());
    for (const [i, actor] of actors.entries()) {
      actor.id = ids[i] as ActorId;
      this.#census.created(actor.type, 1);
      this.#activity.mark(actor);
    }
    this.events.emit({ kind: "created", actors: actors.map(({ type, keyText }) => ({ type, keyText })) });
    return ids;
  }

  /** A batch is durable: replies go out, and those who look hear of it. */
  #settle(turns: readonly Turn[], event: CommittedEvent): void {
    this.#committed[event.lane] = event.number;
    this.#meter.committed(event.turns, event.took);
    for (const turn of turns) {
      settleTurn(turn);
      if (turn.actor.unsettled.length === 0) this.#registry.move(turn.actor, "active");
    }
    this.events.emit(event);
  }

  /** The node can commit nothing more: every caller hears what became of their message, and the process is to end. */
  async #halt(error: Error): Promise<void> {
    if (!(error instanceof Fenced)) this.#options.log.error({ err: error }, "a lane stopped");
    this.#closed = fenced();
    await this.#endWork(this.#closed);
    this.#fail(error);
  }

  /** Ends the lanes, each after the batch that it is committing; whatever is left then never ran, or never commits. */
  async #endWork(why: GreenroomError): Promise<void> {
    await this.#orGiveUp(Promise.all(this.#lanes.map((lane) => lane.halt())));
    this.#intake.failAll(why);
  }

  /** Waits for something that needs the database, which may be down; no longer than the grace. */
  async #orGiveUp(done: Promise<unknown>): Promise<void> {
    const waiting = new AbortController();
    const grace = this.#options.clock.sleep(STOP_GRACE_MS, waiting.signal).then(() => {
      if (!waiting.signal.aborted) this.#giveUp.abort();
    });
    await Promise.race([done, grace, this.failed]);
    waiting.abort();
  }

  #passivateIdle(): void {
    const { passivateAfterMs } = this.#options.limits;
    this.#registry.passivateIdle((actor) => passivateAfterMs ?? actor.definition.passivateAfterMs);
  }

  async #prune(): Promise<void> {
    const { store, clock, log } = this.#options;
    try {
      await store.prune(clock.now() - KEEP_MS, PRUNE_ROWS);
    } catch (error) {
      log.warn({ err: error }, "old replies could not be deleted; they will be next time");
    }
  }
}

function overloaded(what: string): GreenroomError {
  return new GreenroomError("overloaded", `Too much to do: ${what}. Try again shortly.`, { retryAfterMs: 250 });
}
