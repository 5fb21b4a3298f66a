import { GreenroomError } from "../core/errors.ts";
import type { Intervention } from "../protocol/actors.ts";
import type { Activation } from "./actor/activation.ts";
import type { Actor } from "./actor/actor.ts";
import type { ActorCounts } from "./actor/counts.ts";
import type { Registry } from "./actor/registry.ts";
import type { ForcedFailure } from "./actor/staged-turn.ts";
import type { Checkpoints } from "./history/checkpoints.ts";
import type { Lanes } from "./lane/lanes.ts";
import type { MailboxCounts } from "./mailbox/counts.ts";
import type { Retries } from "./mailbox/retries.ts";
import type { Address } from "./ports/ids.ts";
import type { NodeDeps } from "./shared/deps.ts";
import { busy, fenced, neverUsed, orUnavailable } from "./shared/refusals.ts";

type InterventionsDeps = Pick<NodeDeps, "store" | "clock" | "claim" | "types" | "events"> & {
  registry: Registry;
  activation: Activation;
  retries: Retries;
  lanes: Lanes;
  checkpoints: Checkpoints;
  actorCounts: ActorCounts;
  mailboxCounts: MailboxCounts;
  /** Whether actors may be crashed on purpose. */
  chaos?: boolean | undefined;
};

/** What a person does to one actor, besides sending it messages. */
export class Interventions {
  readonly #deps: InterventionsDeps;

  constructor(deps: InterventionsDeps) {
    this.#deps = deps;
  }

  async intervene(address: Address, what: Intervention): Promise<void> {
    const { registry, types, chaos } = this.#deps;
    types.named(address);
    if (what === "crash" && chaos !== true) {
      throw new GreenroomError("forbidden", "Only a server that was started with ALLOW_CHAOS=1 crashes actors.");
    }
    const actor = registry.get(address);
    if (what === "passivate") return this.#passivate(actor);
    if (actor === undefined) throw nothingToDo(address, what, "it is not in memory");
    if (what === "crash") return this.#crash(actor);
    if (what === "retry") return this.#retry(actor);
    return this.#giveUp(actor, what);
  }

  async erase(address: Address): Promise<void> {
    const { store, clock, claim, types, registry, checkpoints, actorCounts, mailboxCounts, events } = this.#deps;
    types.named(address);
    const { type, keyText } = address;
    const outcome = await registry.whileClosed(address, async () => {
      await checkpoints.flush();
      return orUnavailable(() => store.erase(claim, { type, keyText }, clock.now()));
    });
    if (outcome === "fenced") throw fenced();
    if (outcome === "absent") throw neverUsed(address);
    actorCounts.created(type, -1);
    mailboxCounts.doubt();
    events.emit({ kind: "erased", type, keyText });
  }

  #passivate(actor: Actor | undefined): void {
    if (actor === undefined) return;
    if (!actor.isIdle) throw busy(`${actor.type} ${actor.keyText} has work`);
    this.#deps.registry.passivate(actor);
  }

  #crash(actor: Actor): void {
    const name = `${actor.type} ${actor.keyText}`;
    if (!actor.isLoaded) throw busy(`${name} is not loaded`);
    const why = `${name} was crashed on purpose; nothing of this message was kept. Send it again.`;
    this.#deps.lanes.crash(actor, new GreenroomError("unavailable", why, { retryAfterMs: 1_000 }));
  }

  async #retry(actor: Actor): Promise<void> {
    const { activation, retries } = this.#deps;
    if (actor.lifecycle === "failed") return activation.retry(actor);
    if (actor.nextTry === null) throw nothingToDo(actor, "retry", "no message blocks it");
    retries.hurry(actor);
  }

  /** The message that blocks the actor fails, without another attempt, as the next thing that the actor does. */
  async #giveUp(actor: Actor, decided: NonNullable<ForcedFailure["decided"]>): Promise<void> {
    const { activation, retries } = this.#deps;
    const { parked, nextTry, hold } = actor;
    const mailSeq = parked?.mailSeq ?? (nextTry === null ? null : (hold?.delivery.mail?.mailSeq ?? null));
    if (mailSeq === null) throw nothingToDo(actor, decided, "no message blocks it");
    const reason = parked === null ? nextTry?.error : actor.reason;
    const text = `Given up by a person (${decided}): ${reason ?? "the reason is not known"}.`;
    actor.forceFailure(mailSeq, { error: new GreenroomError("handler_failed", text), decided });
    if (parked === null) retries.hurry(actor);
    else await activation.retry(actor);
  }
}

function nothingToDo({ type, keyText }: Address, what: Intervention, why: string): GreenroomError {
  return new GreenroomError("not_found", `${type} ${keyText}: there is nothing to ${what}, since ${why}.`);
}
