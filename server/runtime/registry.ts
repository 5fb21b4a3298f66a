import type { ActorType } from "../core/define.ts";
import { GreenroomError } from "../core/errors.ts";
import type { Key } from "../core/keys.ts";
import { fnv1a } from "../core/random.ts";
import type { Lifecycle } from "../protocol/actors.ts";
import { Actor } from "./actor.ts";
import type { Census } from "./census.ts";
import type { Events } from "./events.ts";
import { LANES } from "./limits.ts";
import type { ActorId, Clock } from "./ports.ts";

/** The longest look for one to let go, in actors, when memory is full. */
const MAX_LOOK = 1_000;

/** The lane that commits an actor's turns. */
export function laneOf(type: string, keyText: string): number {
  return fnv1a(`${type}/${keyText}`) % LANES;
}

/** The actors in memory, least recently used first. */
export class Registry {
  readonly #actors = new Map<string, Actor>();
  /** The most recently used. */
  #newest: Actor | undefined;
  /** Names of actors that may not be loaded now. */
  readonly #closed = new Set<string>();
  readonly #maxActive: number;
  readonly #clock: Clock;
  readonly #events: Events;
  readonly #census: Census;
  readonly #beforePassivation: (actor: Actor) => void;

  constructor(
    maxActive: number,
    clock: Clock,
    events: Events,
    census: Census,
    beforePassivation: (actor: Actor) => void,
  ) {
    this.#maxActive = maxActive;
    this.#beforePassivation = beforePassivation;
    this.#clock = clock;
    this.#events = events;
    this.#census = census;
  }

  /** The actor, if it is in memory. */
  get(type: string, keyText: string): Actor | undefined {
    return this.#actors.get(`${type}/${keyText}`);
  }

  /** All that are in memory, least recently used first. */
  all(): Iterable<Actor> {
    return this.#actors.values();
  }

  /**
   * The actor, put into memory (as `activating`) if it is not there, and now the most recently used.
   * @throws GreenroomError `overloaded` when memory is full of actors that have work, `unavailable` while it is erased
   */
  use(definition: ActorType, key: Key, keyText: string): Actor {
    const name = `${definition.type}/${keyText}`;
    if (this.#closed.has(name)) throw busy(`${definition.type} ${keyText} is being erased, or made`);
    let actor = this.#actors.get(name);
    if (actor === undefined) {
      this.#makeRoom();
      actor = new Actor(definition, key, keyText, laneOf(definition.type, keyText));
      this.#census.enter(actor.type, "activating");
      this.#census.unstored(actor.type, 1);
      this.#tell(actor);
    }
    actor.lastActiveAt = this.#clock.now();
    if (actor !== this.#newest) {
      this.#actors.delete(name);
      this.#actors.set(name, actor);
      this.#newest = actor;
    }
    return actor;
  }

  /** Moves an actor to another part of its life, and tells of it unless it only begins or ends its work. */
  move(actor: Actor, lifecycle: Lifecycle, reason: string | null = null): void {
    if (actor.lifecycle === lifecycle && actor.reason === reason) return;
    const isNews = !(actor.ready && (lifecycle === "active" || lifecycle === "processing"));
    this.#census.leave(actor.type, actor.lifecycle);
    this.#census.enter(actor.type, lifecycle);
    actor.lifecycle = lifecycle;
    actor.reason = reason;
    if (isNews) this.#tell(actor);
  }

  /** An actor in memory is known to the store by its id. */
  identify(actor: Actor, id: ActorId): void {
    if (actor.id === null) this.#census.unstored(actor.type, -1);
    actor.id = id;
  }

  /** Lets an actor go. Everything of it must be durable. */
  passivate(actor: Actor): void {
    if (actor.ready) this.#beforePassivation(actor);
    if (this.#newest === actor) this.#newest = undefined;
    this.#actors.delete(`${actor.type}/${actor.keyText}`);
    this.#census.leave(actor.type, actor.lifecycle);
    if (actor.id === null) this.#census.unstored(actor.type, -1);
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
    let looked = 0;
    for (const actor of this.#actors.values()) {
      if (actor.quiet) return this.passivate(actor);
      if (++looked === MAX_LOOK) break;
    }
    throw new GreenroomError("overloaded", `All ${this.#maxActive} actors in memory have work. Try again.`, {
      retryAfterMs: 1_000,
    });
  }

  #tell({ type, keyText, lifecycle, reason }: Actor): void {
    this.#events.emit({ kind: "life", type, keyText, lifecycle, reason, at: this.#clock.now() });
  }
}

/** The refusal of what cannot be done to an actor while it has something else to do. */
export function busy(what: string): GreenroomError {
  return new GreenroomError("unavailable", `${what}; nothing was done. Try again shortly.`, { retryAfterMs: 1_000 });
}
