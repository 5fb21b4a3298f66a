import type { ActorType } from "../../core/define/define.ts";
import type { Key } from "../../core/define/keys.ts";
import { fnv1a } from "../../core/random.ts";
import type { Lifecycle } from "../../protocol/actors.ts";
import type { Clock } from "../ports/clock.ts";
import type { ActorId, Address } from "../ports/ids.ts";
import type { Events } from "../shared/events.ts";
import { LANES } from "../shared/limits.ts";
import { busy, overloaded } from "../shared/refusals.ts";
import { Actor } from "./actor.ts";
import type { ActorCounts } from "./counts.ts";

/** Actors that one search for an idle actor looks at, when memory is full. */
const MAX_LOOK = 1_000;

/** The lane that commits an actor's turns. */
export function laneOf({ type, keyText }: Address): number {
  return fnv1a(`${type}/${keyText}`) % LANES;
}

/**
 * The actors in memory. Use only marks an actor, so that a turn moves nothing: when memory is full, a marked actor gets a
 * second chance (the clock algorithm).
 */
export class Registry {
  /** By name. The actor that was looked at or used longest ago is first. */
  readonly #actors = new Map<string, Actor>();
  /** Names of actors that must not be loaded now. */
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
  get({ type, keyText }: Address): Actor | undefined {
    return this.#actors.get(`${type}/${keyText}`);
  }

  /** All actors in memory. */
  all(): Iterable<Actor> {
    return this.#actors.values();
  }

  /**
   * The actor. If it is not in memory it is added, as `activating`.
   * @throws GreenroomError `overloaded` when all actors in memory have work, `unavailable` while the actor is erased
   */
  use(definition: ActorType, key: Key, keyText: string): Actor {
    const name = `${definition.type}/${keyText}`;
    if (this.#closed.has(name)) throw busy(`${definition.type} ${keyText} is being erased or created`);
    let actor = this.#actors.get(name);
    if (actor === undefined) {
      this.#makeRoom();
      actor = new Actor(definition, key, keyText, laneOf({ type: definition.type, keyText }));
      this.#actors.set(name, actor);
      this.#actorCounts.enter(actor.type, "activating");
      this.#actorCounts.unstored(actor.type, 1);
      this.#emit(actor);
    } else {
      actor.markUsed();
    }
    actor.touch(this.#clock.now());
    return actor;
  }

  /** Changes an actor's lifecycle, and emits it unless the actor only starts or finishes work. */
  move(actor: Actor, lifecycle: Lifecycle, reason: string | null = null): void {
    if (actor.lifecycle === lifecycle && actor.reason === reason) return;
    const isNews = !(actor.isLoaded && (lifecycle === "active" || lifecycle === "processing"));
    this.#actorCounts.leave(actor.type, actor.lifecycle);
    this.#actorCounts.enter(actor.type, lifecycle);
    actor.moveTo(lifecycle, reason);
    if (isNews) this.#emit(actor);
  }

  /** Sets the id that the store gave to an actor in memory. */
  identify(actor: Actor, id: ActorId): void {
    if (actor.id === null) this.#actorCounts.unstored(actor.type, -1);
    actor.identify(id);
  }

  /** Removes an actor from memory. All of it must be durable. */
  passivate(actor: Actor): void {
    if (actor.isLoaded) this.#beforePassivation(actor);
    this.#actors.delete(`${actor.type}/${actor.keyText}`);
    this.#actorCounts.leave(actor.type, actor.lifecycle);
    if (actor.id === null) this.#actorCounts.unstored(actor.type, -1);
    actor.passivate();
    this.#emit(actor);
  }

  /**
   * Passivates an actor and keeps it from being loaded until `work` has finished.
   * @throws GreenroomError `unavailable` when the actor has work, or is closed already
   */
  async whileClosed<T>({ type, keyText }: Address, work: () => Promise<T>): Promise<T> {
    const name = `${type}/${keyText}`;
    const actor = this.#actors.get(name);
    if (this.#closed.has(name) || actor?.isIdle === false) throw busy(`${type} ${keyText} has work`);
    this.#closed.add(name);
    if (actor !== undefined) this.passivate(actor);
    try {
      return await work();
    } finally {
      this.#closed.delete(name);
    }
  }

  /** Passivates the actors that have been idle for longer than `idleMs` of them, in milliseconds. */
  passivateIdle(idleMs: (actor: Actor) => number): void {
    const now = this.#clock.now();
    for (const actor of this.#actors.values()) {
      if (actor.isIdle && now - actor.lastActiveAt > idleMs(actor)) this.passivate(actor);
    }
  }

  #makeRoom(): void {
    if (this.#actors.size < this.#maxActive) return;
    const idle = this.#findIdle();
    if (idle !== undefined) return this.passivate(idle);
    throw overloaded(`all ${this.#maxActive} actors in memory have work`, 1_000);
  }

  /** An idle actor: one that was not used since the last search, if there is one. */
  #findIdle(): Actor | undefined {
    let found: Actor | undefined;
    let looked = 0;
    for (const [name, actor] of this.#actors) {
      if (actor.isIdle) {
        if (!actor.used) return actor;
        found ??= actor;
        actor.forgetUse();
        this.#actors.delete(name);
        this.#actors.set(name, actor);
      }
      if (++looked === MAX_LOOK) break;
    }
    return found;
  }

  #emit({ type, keyText, lifecycle, reason }: Actor): void {
    this.#events.emit({ kind: "life", type, keyText, lifecycle, reason, at: this.#clock.now() });
  }
}
