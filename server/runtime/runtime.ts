import type { ActorType } from "../core/define.ts";
import { GreenroomError } from "../core/errors.ts";
import { checkKey, encodeKey } from "../core/keys.ts";
import type { Log } from "../log.ts";
import type { CommandReply } from "../protocol/commands.ts";
import type { Json } from "../protocol/json.ts";
import { Activation, unavailable } from "./activation.ts";
import { Activity } from "./activity.ts";
import type { Actor } from "./actor.ts";
import { expired } from "./answers.ts";
import { Census } from "./census.ts";
import { Checkpoints } from "./checkpoints.ts";
import { Fenced } from "./committer.ts";
import type { Answer } from "./delivery.ts";
import { Entrance } from "./entrance.ts";
import { Events } from "./events.ts";
import { StoreInspector } from "./inspector.ts";
import { type Checked, checkIdempotencyKey, Intake, Types } from "./intake.ts";
import { fenced } from "./lane.ts";
import { Lanes } from "./lanes.ts";
import { claimLease, keepLease } from "./lease.ts";
import { type Limits, PRUNE_MS, STOP_GRACE_MS } from "./limits.ts";
import { Meter } from "./meter.ts";
import type { Claim, Clock, Store } from "./ports.ts";
import { pruneJournal, pruneOld } from "./prune.ts";
import { laneOf, Registry } from "./registry.ts";
import { resumeOpenTurns } from "./resumption.ts";
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
  const stored = await store.countByType();
  const names = types.map((type) => type.type);
  return new NodeRuntime(options, claim, new Census(names, stored));
}

/** The node: the entrance puts messages into actors' lines, the lanes run and commit them, the inspector looks on. */
class NodeRuntime implements RunningRuntime {
  readonly events = new Events();
  readonly inspector: Inspector;
  readonly failed: Promise<Error>;
  readonly #options: RuntimeOptions;
  readonly #claim: Claim;
  readonly #census: Census;
  readonly #types: Types;
  readonly #registry: Registry;
  readonly #intake: Intake;
  readonly #activity: Activity;
  readonly #checkpoints: Checkpoints;
  readonly #meter: Meter;
  readonly #lanes: Lanes;
  readonly #entrance: Entrance;
  readonly #ended = new AbortController();
  readonly #upkeep: readonly (() => void)[];
  /** Why no more work is taken; undefined while it is. */
  #closed: GreenroomError | undefined;
  #fail: (error: Error) => void = () => undefined;

  constructor(options: RuntimeOptions, claim: Claim, census: Census) {
    const { store, clock, log, limits } = options;
    const { events } = this;
    const types = new Types(options.types);
    const checkpoints = new Checkpoints(store, clock, log, events);
    const letGo = (actor: Actor) => checkpoints.beforePassivation(actor);
    const registry = new Registry(limits.maxActive, clock, events, census, letGo);
    const intake = new Intake(limits.maxInFlight, clock);
    const meter = new Meter(clock);
    const activity = new Activity(store, clock, log);
    const loaded = (actor: Actor) => this.#entrance.loaded(actor);
    const activation = new Activation({ store, registry, checkpoints, clock, log, loaded });
    const stopped = (error: Error) => void this.#halt(error);
    const parts = {
      store,
      clock,
      log,
      claim,
      events,
      registry,
      intake,
      activation,
      activity,
      census,
      checkpoints,
      meter,
    };
    const lanes = new Lanes({ ...parts, stopped });
    this.#options = options;
    this.#claim = claim;
    this.#census = census;
    this.#types = types;
    this.#registry = registry;
    this.#intake = intake;
    this.#meter = meter;
    this.#activity = activity;
    this.#checkpoints = checkpoints;
    this.#lanes = lanes;
    this.#entrance = new Entrance({ ...parts, wake: (actor) => lanes.wake(actor) });
    this.inspector = new StoreInspector({ ...parts, types, limits, lanes, startedAt: clock.now() });
    this.failed = new Promise((resolve) => {
      this.#fail = resolve;
    });
    this.#upkeep = [
      keepLease({ store, clock, log, claim, lost: stopped, health: (error) => meter.database(error) }),
      clock.every(limits.inactivityCheckMs, () => this.#passivateIdle()),
      clock.every(PRUNE_MS, () => void pruneOld(store, clock, log)),
    ];
    void resumeOpenTurns({ store, clock, log, types, registry, activation, ended: this.#ended.signal });
  }

  async ask({ type, key, command, payload, idempotencyKey }: CommandRequest): Promise<CommandReply> {
    if (idempotencyKey !== undefined) checkIdempotencyKey(idempotencyKey);
    const checked = this.#types.check("command", type, key, command, payload);
    const { reply, head, messageId, ...rest } = await this.#accept(checked, idempotencyKey);
    const place = checked.definition.persistence === "journal" ? { seq: head } : { revision: head };
    return { reply: JSON.parse(reply) as Json, ...place, messageId, ...rest };
  }

  async query({ type, key, query, payload }: QueryRequest): Promise<Json> {
    const { reply } = await this.#accept(this.#types.check("query", type, key, query, payload), undefined);
    return JSON.parse(reply) as Json;
  }

  async erase(type: string, key: readonly string[]): Promise<void> {
    const { store, clock } = this.#options;
    if (this.#closed !== undefined) throw this.#closed;
    checkKey(key, this.#types.get(type).keyNames);
    const keyText = encodeKey(key);
    const outcome = await this.#registry.whileClosed(type, keyText, async () => {
      await this.#checkpoints.flush();
      return store.erase(this.#claim, laneOf(type, keyText), { type, keyText }, clock.now()).catch((error: unknown) => {
        throw unavailable(error);
      });
    });
    if (outcome === "fenced") throw fenced();
    if (outcome === "absent") throw new GreenroomError("not_found", `${type} ${keyText} has never been used.`);
    this.#census.created(type, -1);
  }

  async pruneJournal(type: string, key: readonly string[], below: number): Promise<number> {
    const { keyNames, persistence } = this.#types.get(type);
    checkKey(key, keyNames);
    if (persistence !== "journal") throw new GreenroomError("not_found", `${type} keeps no journal.`);
    if (this.#closed !== undefined) throw this.#closed;
    return pruneJournal(this.#options.store, { type, keyText: encodeKey(key) }, below);
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
    await this.#checkpoints.flush();
    await this.#lanes.close();
    await this.#options.store.release(this.#claim).catch((error: unknown) => {
      this.#options.log.warn({ err: error }, "the lease was not given back; it lapses by itself");
    });
  }

  #accept(checked: Checked, idempotencyKey: string | undefined): Promise<Answer> {
    if (this.#closed !== undefined) throw this.#closed;
    return this.#entrance.accept(checked, idempotencyKey);
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
    this.#ended.abort();
    await this.#orGiveUp(this.#lanes.halt());
    for (const actor of this.#registry.all()) actor.open?.delivery.fail(expired());
    this.#intake.failAll(why);
  }

  /** Waits for something that needs the database, which may be down; no longer than the grace. */
  async #orGiveUp(done: Promise<unknown>): Promise<void> {
    const waiting = new AbortController();
    const grace = this.#options.clock.sleep(STOP_GRACE_MS, waiting.signal).then(() => {
      if (!waiting.signal.aborted) this.#lanes.giveUp();
    });
    await Promise.race([done, grace, this.failed]);
    waiting.abort();
  }

  #passivateIdle(): void {
    const { passivateAfterMs } = this.#options.limits;
    this.#registry.passivateIdle((actor) => passivateAfterMs ?? actor.definition.passivateAfterMs);
  }
}
