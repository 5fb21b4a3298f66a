import { GreenroomError } from "../core/errors.ts";
import { formatPath } from "../core/json.ts";
import type { Actor } from "./actor.ts";
import { Batcher } from "./batcher.ts";
import { MAX_LOOKUP } from "./limits.ts";
import type { Clock, Store, StoredActor } from "./ports.ts";
import type { Registry } from "./registry.ts";

/** Loads actors into memory: many in one statement. */
export class Activation {
  readonly #registry: Registry;
  readonly #loads: Batcher<Actor, StoredActor | null>;
  readonly #loaded: (actor: Actor) => void;
  readonly #loading = new Set<Actor>();

  /** @param loaded called when an actor can run its messages */
  constructor(store: Store, registry: Registry, clock: Clock, loaded: (actor: Actor) => void) {
    this.#registry = registry;
    this.#loaded = loaded;
    this.#loads = new Batcher((actors) => store.load(actors), MAX_LOOKUP, clock);
  }

  /**
   * Loads an actor that is `activating`, `failed` or to be begun anew, unless that is under way. Never rejects: whatever goes wrong is told to
   * those in its line; a state that the code cannot take leaves it `failed`, a store that cannot be reached lets it go.
   */
  async load(actor: Actor): Promise<void> {
    if (this.#loading.has(actor)) return;
    this.#loading.add(actor);
    if (actor.lifecycle !== "activating") this.#registry.move(actor, "activating");
    try {
      const stored = await this.#loads.ask(actor);
      this.#loading.delete(actor);
      this.#admit(actor, stored);
    } catch (error) {
      this.#loading.delete(actor);
      this.#registry.passivate(actor);
      failLine(actor, unavailable(error));
    }
  }

  #admit(actor: Actor, stored: StoredActor | null): void {
    const problem = stored === null || stored.revision === 0 ? null : misfit(actor, stored);
    if (problem !== null) {
      this.#registry.move(actor, "failed", problem);
      failLine(actor, new GreenroomError("actor_failed", `${actor.type} ${actor.keyText}: ${problem}`));
      return;
    }
    actor.id = stored?.id ?? null;
    actor.revision = stored?.revision ?? 0;
    actor.state = actor.revision === 0 ? undefined : stored?.state;
    actor.turnTime = Math.max(actor.turnTime, stored?.updatedAt ?? 0);
    this.#registry.move(actor, "active");
    this.#loaded(actor);
  }
}

/** Why a stored state does not fit the code that runs now; null when it does. */
function misfit(actor: Actor, { revision, state }: StoredActor): string | null {
  const result = actor.definition.stateSchema["~standard"].validate(state);
  if (result instanceof Promise) return "the schema of its state is asynchronous";
  const issue = result.issues?.[0];
  if (issue === undefined) return null;
  const path = (issue.path ?? []).map((step) => (typeof step === "object" ? step.key : step));
  const where = formatPath(path.map((step) => (typeof step === "number" ? step : String(step))));
  return `its state at revision ${revision} does not fit the code that runs now: ${where} ${issue.message}`;
}

function failLine(actor: Actor, error: GreenroomError): void {
  for (const delivery of actor.line.splice(0)) delivery.fail(error);
}

/** What callers are told when the store cannot be reached. Nothing of their message has happened. */
export function unavailable(cause: unknown): GreenroomError {
  const details = { retryAfterMs: 1_000 };
  return new GreenroomError("unavailable", "The database cannot be reached; nothing was done. Try again.", details, {
    cause,
  });
}
