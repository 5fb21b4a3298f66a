import { checkKey, encodeKey } from "../core/define/keys.ts";
import { GreenroomError } from "../core/errors.ts";
import type { Intervention } from "../protocol/actors.ts";
import { type Activation, unavailable } from "./actor/activation.ts";
import type { Actor, ForcedFailure } from "./actor/actor.ts";
import type { ActorCounts } from "./actor/counts.ts";
import { busy, type Registry } from "./actor/registry.ts";
import type { Checkpoints } from "./history/checkpoints.ts";
import type { Lanes } from "./lane/lanes.ts";
import { fenced } from "./lane/settle.ts";
import type { MailboxCounts } from "./mailbox/counts.ts";
import type { Retries } from "./mailbox/retries.ts";
import type { Clock } from "./ports/clock.ts";
import type { Address } from "./ports/ids.ts";
import type { Claim } from "./ports/leases.ts";
import type { Store } from "./ports/store.ts";
import type { Events } from "./shared/events.ts";
import type { Types } from "./shared/types.ts";

/** What interventions work with. */
export interface InterventionsOptions {
  store: Store;
  clock: Clock;
  claim: Claim;
  types: Types;
  registry: Registry;
  activation: Activation;
  retries: Retries;
  lanes: Lanes;
  checkpoints: Checkpoints;
  actorCounts: ActorCounts;
  mailboxCounts: MailboxCounts;
  events: Events;
  /** Whether actors may be crashed on purpose. */
  chaos?: boolean | undefined;
}

/** What a person does to one actor, besides sending it messages. */
export class Interventions {
  readonly #with: InterventionsOptions;

  constructor(options: InterventionsOptions) {
    this.#with = options;
  }

  /** See `Runtime.intervene`. */
  async intervene(type: string, key: readonly string[], what: Intervention): Promise<void> {
    const { registry, types, chaos } = this.#with;
    checkKey(key, types.get(type).key);
    if (what === "crash" && chaos !== true) {
      throw new GreenroomError("forbidden", "Actors are crashed only by a server that was started with ALLOW_CHAOS=1.");
    }
    const address = { type, keyText: encodeKey(key) };
    const actor = registry.get(type, address.keyText);
    if (what === "passivate") return this.#passivate(actor);
    if (actor === undefined) throw nothingToDo(address, what, "it is not in memory");
    if (what === "crash") return this.#crash(actor);
    if (what === "retry") return this.#retry(actor);
    return this.#giveUp(actor, what);
  }

  /** See `Runtime.erase`. */
  async erase(type: string, key: readonly string[]): Promise<void> {
    const { store, clock, claim, types, registry, checkpoints, actorCounts, mailboxCounts, events } = this.#with;
    checkKey(key, types.get(type).key);
    const keyText = encodeKey(key);
    const outcome = await registry.whileClosed(type, keyText, async () => {
      await checkpoints.flush();
      return store.erase(claim, { type, keyText }, clock.now()).catch((error: unknown) => {
        throw unavailable(error);
      });
    });
    if (outcome === "fenced") throw fenced();
    if (outcome === "absent") throw new GreenroomError("not_found", `${type} ${keyText} has never been used.`);
    actorCounts.created(type, -1);
    mailboxCounts.doubt();
    events.emit({ kind: "erased", type, keyText });
  }

  #passivate(actor: Actor | undefined): void {
    if (actor === undefined) return;
    if (!actor.quiet) throw busy(`${actor.type} ${actor.keyText} has work`);
    this.#with.registry.passivate(actor);
  }

  #crash(actor: Actor): void {
    const name = `${actor.type} ${actor.keyText}`;
    if (!actor.ready) throw busy(`${name} is not loaded`);
    const why = `${name} was crashed on purpose; nothing of this message was kept. Send it again.`;
    this.#with.lanes.crash(actor, new GreenroomError("unavailable", why, { retryAfterMs: 1_000 }));
  }

  async #retry(actor: Actor): Promise<void> {
    const { activation, retries } = this.#with;
    if (actor.lifecycle === "failed") return activation.retry(actor);
    if (actor.nextTry === null) throw nothingToDo(actor, "retry", "nothing holds it up");
    retries.hurry(actor);
  }

  /** The message that holds the actor up fails, without another attempt, as the next thing that the actor does. */
  async #giveUp(actor: Actor, decided: NonNullable<ForcedFailure["decided"]>): Promise<void> {
    const { activation, retries } = this.#with;
    const { parked, nextTry } = actor;
    const place = parked?.place ?? (nextTry === null ? null : (actor.hold?.delivery.mail?.mailSeq ?? null));
    if (place === null) throw nothingToDo(actor, decided, "it is not held up by a message");
    const reason = parked === null ? nextTry?.error : actor.reason;
    const text = `Given up by a person (${decided}): ${reason ?? "no reason is known"}.`;
    actor.forceFailure(place, { error: new GreenroomError("handler_failed", text), decided });
    if (parked === null) retries.hurry(actor);
    else await activation.retry(actor);
  }
}

function nothingToDo({ type, keyText }: Address, what: Intervention, why: string): GreenroomError {
  return new GreenroomError("not_found", `${type} ${keyText}: there is nothing to ${what}, for ${why}.`);
}
