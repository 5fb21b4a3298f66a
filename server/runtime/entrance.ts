import { GreenroomError } from "../core/errors.ts";
import { type Activation, unavailable } from "./activation.ts";
import type { Activity } from "./activity.ts";
import type { Actor } from "./actor.ts";
import { idempotencyConflict } from "./answers.ts";
import { Batcher } from "./batcher.ts";
import type { Answer, Delivery } from "./delivery.ts";
import type { Checked, Intake } from "./intake.ts";
import { MAX_LINE, MAX_LOOKUP } from "./limits.ts";
import type { Meter } from "./meter.ts";
import type { ActorId, Clock, KeptReply, Store } from "./ports.ts";
import type { Registry } from "./registry.ts";

/** What the entrance works with. */
export interface EntranceOptions {
  store: Store;
  clock: Clock;
  registry: Registry;
  intake: Intake;
  activation: Activation;
  activity: Activity;
  meter: Meter;
  /** Says that an actor may have something to do. */
  wake: (actor: Actor) => void;
}

/** Puts messages into the lines of their actors. */
export class Entrance {
  readonly #with: EntranceOptions;
  readonly #lookups: Batcher<{ id: ActorId; idempotencyKey: string }, KeptReply | null>;

  constructor(options: EntranceOptions) {
    const { store, clock } = options;
    this.#with = options;
    this.#lookups = new Batcher((wanted) => store.keptReplies(wanted), MAX_LOOKUP, clock);
  }

  /**
   * Puts a checked message into its actor's line, and loads the actor if it is not in memory.
   * @throws GreenroomError `overloaded` when the actor, or the node, has too much to do
   */
  accept(checked: Checked, idempotencyKey: string | undefined): Promise<Answer> {
    const { intake, meter } = this.#with;
    const actor = this.#place(checked);
    const enter = (delivery: Delivery) => this.#enter(actor, delivery);
    const left = (delivery: Delivery) => {
      meter.inFlight(intake.size);
      const key = delivery.idempotencyKey;
      if (key !== undefined && actor.keyed.get(key) === delivery) actor.keyed.delete(key);
    };
    const answer = intake.accept(checked, idempotencyKey, enter, left);
    meter.inFlight(intake.size);
    return answer;
  }

  /** An actor has been loaded: what waits for it can go on. */
  loaded(actor: Actor): void {
    for (const delivery of actor.line) this.#lookUp(actor, delivery);
    this.#wake(actor);
  }

  #place({ definition, key, keyText }: Checked): Actor {
    const { registry, intake, meter } = this.#with;
    try {
      if (intake.full) throw overloaded(`${intake.size} messages are in flight`);
      const actor = registry.use(definition, key, keyText);
      if (actor.line.length >= MAX_LINE)
        throw overloaded(`${MAX_LINE} messages wait for ${definition.type} ${keyText}`);
      return actor;
    } catch (error) {
      meter.refused();
      throw error;
    }
  }

  #enter(actor: Actor, delivery: Delivery): void {
    if (this.#joins(actor, delivery)) return;
    actor.line.push(delivery);
    if (actor.ready) {
      this.#lookUp(actor, delivery);
      this.#wake(actor);
    } else {
      void this.#with.activation.load(actor);
    }
  }

  /** Whether a message under the same key is on its way: then this one has its answer, or is another and refused. */
  #joins(actor: Actor, delivery: Delivery): boolean {
    if (delivery.idempotencyKey === undefined) return false;
    const first = actor.keyed.get(delivery.idempotencyKey);
    if (first === undefined) actor.keyed.set(delivery.idempotencyKey, delivery);
    else if (first.digest === delivery.digest) first.join(delivery);
    else delivery.fail(idempotencyConflict());
    return first !== undefined;
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
        this.#with.wake(actor);
      },
      (error: unknown) => {
        // What came after it fails with it: a message must not overtake one that its sender will send again.
        const at = actor.line.indexOf(delivery);
        for (const later of actor.line.splice(at < 0 ? actor.line.length : at)) later.fail(unavailable(error));
        this.#with.wake(actor);
      },
    );
  }

  #wake(actor: Actor): void {
    this.#with.activity.mark(actor);
    this.#with.wake(actor);
  }
}

function overloaded(what: string): GreenroomError {
  return new GreenroomError("overloaded", `Too much to do: ${what}. Try again shortly.`, { retryAfterMs: 250 });
}
