import { GreenroomError } from "../../core/errors.ts";
import { isoTime } from "../../core/time.ts";
import type { Log } from "../../process/log.ts";
import type { Checkpoints } from "../history/checkpoints.ts";
import type { TypeMetrics } from "../inspect/type-metrics.ts";
import type { Clock } from "../ports/clock.ts";
import type { Mail } from "../ports/mail-rows.ts";
import type { Store } from "../ports/store.ts";
import { Batcher } from "../shared/batcher.ts";
import { MAX_LOOKUP } from "../shared/limits.ts";
import { idempotencyConflict } from "../turn/answers.ts";
import type { Actor, OpenTurn } from "./actor.ts";
import { Delivery } from "./delivery.ts";
import { admitState, type Loaded, loadJournals, loadStates } from "./loading.ts";
import { Unrecovered } from "./recovery.ts";
import type { Registry } from "./registry.ts";
import type { Repeats } from "./repeats.ts";

/** The first and the longest wait before an actor that could not be loaded is tried again; each is twice the last. */
const WAIT_MS = { first: 1_000, most: 60_000 };

/** An actor that could not be loaded: why, and when it is tried again. Times in milliseconds. */
interface Failure {
  reason: string;
  waitMs: number;
  until: number;
}

/** What activation needs. */
export interface ActivationPorts {
  store: Store;
  registry: Registry;
  checkpoints: Checkpoints;
  clock: Clock;
  log: Log;
  repeats: Repeats;
  typeMetrics: Pick<TypeMetrics, "recovered">;
  /** Aborted when the node stops. */
  ended: AbortSignal;
  /** The actor can run its messages. */
  loaded(actor: Actor): void;
}

/** Loads actors into memory: many in one statement. */
export class Activation {
  readonly #ports: ActivationPorts;
  readonly #states: Batcher<Actor, Loaded | null>;
  readonly #journals: Batcher<Actor, Loaded | Unrecovered | null>;
  readonly #loading = new Set<Actor>();
  readonly #failures = new WeakMap<Actor, Failure>();

  constructor(ports: ActivationPorts) {
    const { store, clock, log } = ports;
    this.#ports = ports;
    this.#states = new Batcher((actors) => loadStates(store, actors), MAX_LOOKUP, clock);
    this.#journals = new Batcher((actors) => loadJournals(store, actors, clock, log), MAX_LOOKUP, clock);
  }

  /**
   * Loads an actor that is not loaded, or is to be begun anew, unless that is under way. Never rejects: whatever goes
   * wrong is told to those in its line. A state that the code cannot take leaves it `failed`: it is tried again by itself,
   * with growing waits, for as long as it is in memory, and not before. A store that cannot be reached lets it go.
   */
  async load(actor: Actor): Promise<void> {
    const failure = this.#failures.get(actor);
    const waitMs = (failure?.until ?? 0) - this.#ports.clock.now();
    if (failure === undefined || waitMs <= 0) await this.#load(actor);
    else if (!this.#loading.has(actor)) failLine(actor, toError(actor, failure.reason, waitMs), actor.hasUnread);
  }

  /** Tries an actor that has failed again at once, however long it was to wait. Never rejects, as `load`. */
  async retry(actor: Actor): Promise<void> {
    this.#failures.delete(actor);
    await this.#load(actor);
  }

  /** The recorded effects of an actor's turn are not those that its code asks for: it waits for a person. */
  park(actor: Actor, reason: string): void {
    const { delivery, message } = actor.open as OpenTurn;
    actor.parked = { messageId: message.id, command: message.command, place: delivery.mail?.mailSeq ?? null };
    this.#fail(actor, reason, toError(actor, reason), true);
  }

  async #load(actor: Actor): Promise<void> {
    const { registry } = this.#ports;
    if (this.#loading.has(actor)) return;
    this.#loading.add(actor);
    actor.parked = null;
    const begun = this.#ports.clock.now();
    const hasJournal = actor.definition.persistence === "journal";
    registry.move(actor, hasJournal ? "recovering" : "activating");
    try {
      const loaded = await (hasJournal ? this.#journals : this.#states).ask(actor);
      this.#loading.delete(actor);
      this.#admit(actor, loaded, begun);
    } catch (error) {
      this.#loading.delete(actor);
      registry.passivate(actor);
      failLine(actor, unavailable(error), true);
    }
  }

  #fail(actor: Actor, reason: string, error: GreenroomError, hasMail: boolean): void {
    this.#ports.registry.move(actor, "failed", reason);
    actor.open?.delivery.fail(error);
    actor.open = null;
    failLine(actor, error, hasMail);
  }

  /** It cannot be loaded now; perhaps somebody mends it. */
  async #tryAgain(actor: Actor, reason: string, hasMail: boolean): Promise<void> {
    const { clock, ended } = this.#ports;
    const before = this.#failures.get(actor)?.waitMs;
    const waitMs = before === undefined ? WAIT_MS.first : Math.min(2 * before, WAIT_MS.most);
    const failure = { reason, waitMs, until: clock.now() + waitMs };
    this.#failures.set(actor, failure);
    this.#fail(actor, reason, toError(actor, reason, waitMs), hasMail);
    await clock.sleep(waitMs, ended);
    if (ended.aborted || actor.lifecycle !== "failed" || this.#failures.get(actor) !== failure) return;
    await this.#load(actor);
  }

  /** A received turn that a crash left: nobody waits for it, but a repeat may join it. */
  #toOpenTurn(actor: Actor, { message, effects }: NonNullable<Loaded["open"]>, mail: Mail | null): OpenTurn {
    const { repeats } = this.#ports;
    const delivery = Delivery.resumed(message, mail, (over) => repeats.remove(over));
    if (mail !== null) actor.mailbox.keep(mail.mailSeq, delivery);
    joinRepeat(actor, delivery, repeats.first(actor, delivery.idempotencyKey));
    repeats.add(actor, delivery);
    return { delivery, message, effects: [...effects], state: "ready" };
  }

  #note({ type, keyText, recovery }: Actor, begun: number): void {
    const now = this.#ports.clock.now();
    this.#ports.typeMetrics.recovered({
      ...{ type, keyText, at: isoTime(now), ms: now - begun },
      checkpoint: recovery?.checkpoint ?? null,
      entries: recovery?.entries ?? null,
      damaged: recovery?.damaged.length ?? 0,
    });
  }

  #admit(actor: Actor, loaded: Loaded | Unrecovered | null, begun: number): void {
    if (loaded instanceof Unrecovered) return void this.#tryAgain(actor, loaded.message, loaded.hasMail);
    const { registry, checkpoints } = this.#ports;
    const recovery = loaded?.recovery ?? null;
    actor.recovery = recovery;
    const migrated = loaded?.state === undefined ? { state: undefined } : admitState(actor.definition, loaded);
    if ("problem" in migrated) return void this.#tryAgain(actor, migrated.problem, loaded?.hasMail === true);
    this.#failures.delete(actor);
    if (loaded !== null) registry.identify(actor, loaded.id);
    actor.head = loaded?.head ?? 0;
    actor.historySeq = loaded?.historySeq ?? 0;
    actor.isAhead = loaded?.isAhead ?? false;
    actor.state = migrated.state;
    actor.stateBytes = null;
    actor.storedVersion = loaded?.version ?? 0;
    // Of a history no checkpoint is loaded: those that were due are taken to be there.
    actor.checkpointSeq = recovery === null ? actor.seq : recovery.checkpoint;
    actor.turnTime = Math.max(actor.turnTime, loaded?.turnTime ?? 0);
    actor.open = loaded?.open ? this.#toOpenTurn(actor, loaded.open, loaded.openMail) : null;
    if (loaded?.hasMail === true) actor.mailbox.missed(1);
    if (recovery !== null && recovery.damaged.length > 0) {
      const passedOver = recovery.damaged.map(({ seq }) => `checkpoint ${seq} is damaged`).join(", ");
      registry.move(actor, "recovering", `${passedOver}; recovered from ${recovery.checkpoint}`);
    }
    registry.move(actor, actor.atWork);
    checkpoints.afterRecovery(actor);
    if (loaded !== null) this.#note(actor, begun);
    this.#ports.loaded(actor);
  }
}

/** A repeat may have come before its actor was loaded: it waits for the first message's answer, and does not run. */
function joinRepeat({ line }: Actor, first: Delivery, repeat: Delivery | undefined): void {
  if (repeat === undefined) return;
  line.splice(line.indexOf(repeat), 1);
  if (repeat.digest === first.digest) first.join(repeat);
  else repeat.fail(idempotencyConflict());
}

/** What those are told who wait for an actor that has failed; `retryAfterMs` when it is tried again. */
function toError({ type, keyText }: Actor, reason: string, retryAfterMs?: number): GreenroomError {
  const details = retryAfterMs === undefined ? undefined : { retryAfterMs };
  return new GreenroomError("actor_failed", `${type} ${keyText}: ${reason}`, details);
}

/** Those who wait hear why; what came from the mailbox is there still, and read again when the actor is loaded. */
function failLine(actor: Actor, error: GreenroomError, hasMail: boolean): void {
  const { mailbox } = actor;
  mailbox.forget(hasMail || mailbox.head.size > 0 || actor.hasUnread);
  actor.hold = null;
  for (const delivery of actor.line.splice(0)) delivery.fail(error);
}

/** What callers are told when the store cannot be reached. Nothing of their message has happened. */
export function unavailable(cause: unknown): GreenroomError {
  const details = { retryAfterMs: 1_000 };
  return new GreenroomError("unavailable", "The database cannot be reached; nothing was done. Try again.", details, {
    cause,
  });
}
