import { isoTime } from "../../core/time.ts";
import type { RecoveryNote } from "../../protocol/overview.ts";
import type { Mail } from "../ports/mail-rows.ts";
import { Batcher } from "../shared/batcher.ts";
import type { NodeDeps } from "../shared/deps.ts";
import { MAX_LOOKUP } from "../shared/limits.ts";
import { actorFailed, idempotencyConflict, unavailable } from "../shared/refusals.ts";
import type { Actor } from "./actor.ts";
import { Delivery } from "./delivery.ts";
import { admitState, type Loaded, loadJournals, loadStates } from "./loading.ts";
import { Unrecovered } from "./recovery.ts";
import type { Registry } from "./registry.ts";
import type { Repeats } from "./repeats.ts";
import type { OpenTurn } from "./staged-turn.ts";

/** The first and the longest wait before a failed actor is loaded again, in milliseconds. Each is twice the last. */
const WAIT_MS = { first: 1_000, max: 60_000 };

/** Why an actor could not be loaded, and when loading is tried again. Times in milliseconds. */
interface Failure {
  reason: string;
  waitMs: number;
  until: number;
}

type ActivationDeps = Pick<NodeDeps, "store" | "clock" | "log" | "ended"> & {
  registry: Registry;
  repeats: Repeats;
  /** The actor can run its messages. */
  loaded(actor: Actor): void;
  /** An actor that was stored before is in memory again. */
  recovered(note: RecoveryNote): void;
};

/** Loads actors into memory, many with one statement. */
export class Activation {
  readonly #deps: ActivationDeps;
  readonly #states: Batcher<Actor, Loaded | null>;
  readonly #journals: Batcher<Actor, Loaded | Unrecovered | null>;
  readonly #loading = new Set<Actor>();
  readonly #failures = new WeakMap<Actor, Failure>();

  constructor(deps: ActivationDeps) {
    const { store, clock, log } = deps;
    this.#deps = deps;
    this.#states = new Batcher((actors) => loadStates(store, actors), MAX_LOOKUP, clock);
    this.#journals = new Batcher((actors) => loadJournals(store, actors, clock, log), MAX_LOOKUP, clock);
  }

  /**
   * Loads an actor that is not loaded, or that was rolled back. Never rejects: waiting messages get the error. A state
   * that the running code cannot take leaves the actor `failed`, and loading is retried with exponential backoff while
   * the actor is in memory. When the store cannot be reached, the actor is passivated.
   */
  async load(actor: Actor): Promise<void> {
    const failure = this.#failures.get(actor);
    const waitMs = (failure?.until ?? 0) - this.#deps.clock.now();
    if (failure === undefined || waitMs <= 0) await this.#load(actor);
    else if (!this.#loading.has(actor)) actor.abandon(actorFailed(actor, failure.reason, waitMs), false);
  }

  /** Loads a failed actor now, without waiting for its next retry. Never rejects. */
  async retry(actor: Actor): Promise<void> {
    this.#failures.delete(actor);
    await this.#load(actor);
  }

  /** Parks an actor whose code asks for other effects than its open turn recorded: it waits for a person. */
  park(actor: Actor, reason: string): void {
    actor.park(actor.open as OpenTurn);
    this.#deps.registry.move(actor, "failed", reason);
    actor.abandon(actorFailed(actor, reason), true);
  }

  async #load(actor: Actor): Promise<void> {
    const { registry, clock } = this.#deps;
    if (this.#loading.has(actor)) return;
    this.#loading.add(actor);
    actor.beginLoading();
    const startedAt = clock.now();
    const hasJournal = actor.definition.persistence === "journal";
    registry.move(actor, hasJournal ? "recovering" : "activating");
    try {
      const loaded = await (hasJournal ? this.#journals : this.#states).ask(actor);
      this.#loading.delete(actor);
      this.#admit(actor, loaded, startedAt);
    } catch (error) {
      this.#loading.delete(actor);
      registry.passivate(actor);
      actor.abandon(unavailable(error), true);
    }
  }

  async #fail(actor: Actor, reason: string, hasMail: boolean): Promise<void> {
    const { clock, ended, registry } = this.#deps;
    const before = this.#failures.get(actor)?.waitMs;
    const waitMs = before === undefined ? WAIT_MS.first : Math.min(2 * before, WAIT_MS.max);
    const failure = { reason, waitMs, until: clock.now() + waitMs };
    this.#failures.set(actor, failure);
    registry.move(actor, "failed", reason);
    actor.abandon(actorFailed(actor, reason, waitMs), hasMail);
    await clock.sleep(waitMs, ended);
    if (ended.aborted || actor.lifecycle !== "failed" || this.#failures.get(actor) !== failure) return;
    await this.#load(actor);
  }

  #admit(actor: Actor, loaded: Loaded | Unrecovered | null, startedAt: number): void {
    if (loaded instanceof Unrecovered) return void this.#fail(actor, loaded.message, loaded.hasMail);
    const admitted = loaded?.state === undefined ? { state: undefined } : admitState(actor.definition, loaded);
    if ("problem" in admitted) return void this.#fail(actor, admitted.problem, loaded?.hasMail === true);
    this.#failures.delete(actor);
    const { registry } = this.#deps;
    if (loaded !== null) registry.identify(actor, loaded.id);
    const recovery = loaded?.recovery ?? null;
    actor.restore(loaded, admitted.state, recovery);
    if (loaded?.open) actor.suspend(this.#toOpenTurn(actor, loaded.open, loaded.openMail));
    if (loaded?.hasMail === true) actor.mailbox.missed(1);
    if (recovery !== null && recovery.damaged.length > 0) {
      const damaged = recovery.damaged.map(({ seq }) => `checkpoint ${seq} is damaged`).join(", ");
      registry.move(actor, "recovering", `${damaged}; recovered from ${recovery.checkpoint}`);
    }
    registry.move(actor, actor.loadedLifecycle);
    if (loaded !== null) this.#deps.recovered(this.#note(actor, startedAt));
    this.#deps.loaded(actor);
  }

  /** A received turn that a crash interrupted. It has no caller, but a repeat may join it. */
  #toOpenTurn(actor: Actor, { message, effects }: NonNullable<Loaded["open"]>, mail: Mail | null): OpenTurn {
    const { repeats } = this.#deps;
    const delivery = Delivery.resumed(message, mail, (finished) => repeats.remove(finished));
    if (mail !== null) actor.mailbox.add(mail.mailSeq, delivery);
    joinRepeat(actor, delivery, repeats.first(actor, delivery.idempotencyKey));
    repeats.add(actor, delivery);
    return { delivery, message, effects: [...effects], state: "ready" };
  }

  #note({ type, keyText, recovery }: Actor, startedAt: number): RecoveryNote {
    const now = this.#deps.clock.now();
    return {
      type,
      keyText,
      at: isoTime(now),
      ms: now - startedAt,
      checkpoint: recovery?.checkpoint ?? null,
      entries: recovery?.entries ?? null,
      damaged: recovery?.damaged.length ?? 0,
    };
  }
}

/** A repeat that came before its actor was loaded does not run: it gets the interrupted message's answer. */
function joinRepeat({ inbox }: Actor, first: Delivery, repeat: Delivery | undefined): void {
  if (repeat === undefined) return;
  inbox.remove(repeat);
  if (repeat.digest === first.digest) first.join(repeat);
  else repeat.fail(idempotencyConflict());
}
