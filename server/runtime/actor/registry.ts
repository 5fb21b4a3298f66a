import type { ActorType } from "../../core/define/define.ts";
import type { Key } from "../../core/define/keys.ts";
import { GreenroomError } from "../../core/errors.ts";
import { fnv1a } from "../../core/random.ts";
import type { Lifecycle } from "../../protocol/actors.ts";
import type { Clock } from "../ports/clock.ts";
import type { ActorId } from "../ports/ids.ts";
import type { Events } from "../shared/events.ts";
import { LANES } from "../shared/limits.ts";
import { Actor } from "./actor.ts";
import type { ActorCounts } from "./counts.ts";

/** The longest look for one to let go, in actors, when memory is full. */
const MAX_LOOK = 1_000;

/** The lane that commits an actor's turns. */
export function laneOf(type: string, keyText: string): number {
  return fnv1a(`${type}/${keyText}`) % LANES;
}

/**
 * The actors in memory. One that was used is only marked: whoever makes room gives those that are marked a second chance
 * (the clock algorithm), so that a turn moves nothing.
 */
export class Registry {
  /** Those that were longest without a look or a use first. */
  readonly #actors = new Map<string, Actor>();
  /** Names of actors that may not be loaded now. */
  readonly #closed = new Set<string>();
  readonly #maxActive: number;
  readonly #clock: Clock;
  readonly #events: Events;
  readonly #actorCounts: ActorCounts;
  readonly #beforePassivation: (actor: Actor) => void;

  constructor(
    maxActive: number,
    clock: Clock,
    events: Events,
    actorCounts: ActorCounts,
    beforePassivation: (actor: Actor) => void,
  ) {
    this.#maxActive = maxActive;
    this.#beforePassivation = beforePassivation;
    this.#clock = clock;
    this.#events = events;
    this.#actorCounts = actorCounts;
  }

  /** The actor, if it is in memory. */
  get(type: string, keyText: string): Actor | undefined {
    return this.#actors.get(`${type}/${keyText}`);
  }

  /** All that are in memory. */
  all(): Iterable<Actor> {
    return this.#actors.values();
  }

  /**
   * The actor, put into memory (as `activating`) if it is not there.
   * @throws GreenroomError `overloaded` when memory is full of actors that have work, `unavailable` while it is erased
   */
  use(definition: ActorType, key: Key, keyText: string): Actor {
    const name = `${definition.type}/${keyText}`;
    if (this.#closed.has(name)) throw busy(`${definition.type} ${keyText} is being erased, or made`);
    let actor = this.#actors.get(name);
    if (actor === undefined) {
      this.#makeRoom();
      actor = new Actor(definition, key, keyText, laneOf(definition.type, keyText));
      this.#actors.set(name, actor);
      this.#actorCounts.enter(actor.type, "activating");
      this.#actorCounts.unstored(actor.type, 1);
      this.#tell(actor);
    } else {
      actor.used = true;
    }
    actor.lastActiveAt = this.#clock.now();
    return actor;
  }

  /** Moves an actor to another part of its life, and tells of it unless it only begins or ends its work. */
  move(actor: Actor, lifecycle: Lifecycle, reason: string | null = null): void {
    if (actor.lifecycle === lifecycle && actor.reason === reason) return;
    const isNews = !(actor.ready && (lifecycle === "active" || lifecycle === "processing"));
    this.#actorCounts.leave(actor.type, actor.lifecycle);
    this.#actorCounts.enter(actor.type, lifecycle);
    actor.lifecycle = lifecycle;
    actor.reason = reason;
    if (isNews) this.#tell(actor);
  }

  /** An actor in memory is known to the store by its id. */
  identify(actor: Actor, id: ActorId): void {
    if (actor.id === null) this.#actorCounts.unstored(actor.type, -1);
    actor.id = id;
  }

  /** Lets an actor go. Everything of it must be durable. */
  passivate(actor: Actor): void {
    if (actor.ready) this.#beforePassivation(actor);
    this.#actors.delete(`${actor.type}/${actor.keyText}`);
    this.#actorCounts.leave(actor.type, actor.lifecycle);
    if (actor.id === null) this.#actorCounts.unstored(actor.type, -1);
    actor.lifecycle = "passivated";
    actor.state = undefined;
    this.#tell(actor);
  }

  /**
   * Lets an actor go, and nobody load it until `work` is over.
   * @throws GreenroomError `unavailable` when it has work, or is closed already
   */
  async whileClosed<T>(type: string, keyText: string, work: () => Promise<T>): Promise<T> {
    const name = `${type}/${keyText}`;
    const actor = this.#actors.get(name);
    if (this.#closed.has(name) || actor?.quiet === false) throw busy(`${type} ${keyText} has work`);
    this.#closed.add(name);
    if (actor !== undefined) this.passivate(actor);
    try {
      return await work();
    } finally {
      this.#closed.delete(name);
    }
  }

  /** Lets those go that had nothing to do for as long as `idleMs` says of them. */
  passivateIdle(idleMs: (actor: Actor) => number): void {
    const now = this.#clock.now();
    for (const actor of this.#actors.values()) {
      if (actor.quiet && now - actor.lastActiveAt > idleMs(actor)) this.passivate(actor);
    }
  }

  #makeRoom(): void {
    if (this.#actors.size < this.#maxActive) return;
    const idle = this.#longIdle();
    if (idle !== undefined) return this.passivate(idle);
    throw new GreenroomError("overloaded", `All ${this.#maxActive} actors in memory have work. Try again.`, {
      retryAfterMs: 1_000,
    });
  }

  /** One without work that was not used since the last look, or at least one without work. */
  #longIdle(): Actor | undefined {
    let quiet: Actor | undefined;
    let looked = 0;
    for (const [name, actor] of this.#actors) {
      if (actor.quiet) {
        if (!actor.used) return actor;
        quiet ??= actor;
        actor.used = false;
        this.#actors.delete(name);
        this.#actors.set(name, actor);
      }
      if (++looked === MAX_LOOK) break;
    }
    return quiet;
  }

  #tell({ type, keyText, lifecycle, reason }: Actor): void {
    this.#events.emit({ kind: "life", type, keyText, lifecycle, reason, at: this.#clock.now() });
  }
}

/** The refusal of what cannot be done to an actor while it has something else to do. */
export function busy(what: string): GreenroomError {
  return new GreenroomError("unavailable", `${what}; nothing was done. Try again shortly.`, { retryAfterMs: 1_000 });
}
