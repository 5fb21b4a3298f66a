import type { LastChange, Lifecycle } from "../protocol/actors.ts";
import type { Json } from "../protocol/json.ts";
import type { ActorId, Address } from "./ports.ts";

/** A step in an actor's life. `reason` says why it is `failed` or `fenced`. */
export interface LifeEvent extends Address {
  kind: "life";
  lifecycle: Lifecycle;
  reason: string | null;
  at: number;
}

/** A durable state that a batch brought to a new revision. */
export interface StateChange extends Address {
  id: ActorId;
  revision: number;
  state: Json;
  stateBytes: number;
  lastChange: LastChange;
  at: number;
}

/** A batch that is durable. Those of one lane come in order, with no number twice. */
export interface CommittedEvent {
  kind: "committed";
  lane: number;
  number: number;
  at: number;
  turns: number;
  /** From the first look at the batch to its commit, in milliseconds. */
  took: number;
  changes: readonly StateChange[];
}

/** Actors that came to be in the store. */
export interface CreatedEvent {
  kind: "created";
  actors: readonly Address[];
}

/** All that the runtime tells about itself; only what has committed is told as done. */
export type RuntimeEvent = LifeEvent | CommittedEvent | CreatedEvent;

/** The most listeners at one time. */
const MAX_LISTENERS = 16;

/** Passes events to listeners, in order, at once. A listener must be quick and must not throw. */
export class Events {
  readonly #listeners = new Set<(event: RuntimeEvent) => void>();

  /** Listens until the returned function is called. */
  listen(listener: (event: RuntimeEvent) => void): () => void {
    if (this.#listeners.size >= MAX_LISTENERS) throw new RangeError(`At most ${MAX_LISTENERS} listeners.`);
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(event: RuntimeEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
