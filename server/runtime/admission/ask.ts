import type { Sender } from "../../protocol/journal.ts";
import type { Activation } from "../actor/activation.ts";
import type { Activity } from "../actor/activity.ts";
import type { Actor } from "../actor/actor.ts";
import type { Answer, Delivery } from "../actor/delivery.ts";
import type { Registry } from "../actor/registry.ts";
import type { Repeats } from "../actor/repeats.ts";
import type { StoredReply } from "../ports/commit.ts";
import type { NodeDeps } from "../shared/deps.ts";
import { MAX_INBOX } from "../shared/limits.ts";
import { heldUp, idempotencyConflict, noReplyYet, overloaded, unavailable } from "../shared/refusals.ts";
import type { Checked } from "../shared/types.ts";
import type { InFlight } from "./in-flight.ts";
import type { StoredReplies } from "./stored-replies.ts";

type AskDeps = Pick<NodeDeps, "clock" | "mailSeqs"> & {
  registry: Registry;
  inFlight: InFlight;
  activation: Activation;
  activity: Activity;
  repeats: Repeats;
  storedReplies: StoredReplies;
  /** A message was refused because there was no room for it. */
  refused(): void;
  /** The actor may have something to do. */
  wake(actor: Actor): void;
};

/** Puts commands and queries that a caller waits for into the inboxes of their actors. */
export class AskHandler {
  readonly #deps: AskDeps;

  constructor(deps: AskDeps) {
    this.#deps = deps;
  }

  /**
   * Accepts a checked message, and loads its actor if that is not in memory.
   * @throws GreenroomError `overloaded` when the actor or the node has too much to do
   */
  accept(checked: Checked, idempotencyKey?: string, sender: Sender | null = null): Promise<Answer> {
    const { inFlight, mailSeqs } = this.#deps;
    const actor = this.#admit(checked);
    const accepted = { checked, kind: checked.operation.kind, idempotencyKey, sender, mailSeq: mailSeqs.last };
    return inFlight.accept({ ...accepted, mark: actor.mark }, (delivery) => this.#enter(actor, delivery));
  }

  /** An actor has been loaded: its inbox can run. */
  loaded(actor: Actor): void {
    for (const delivery of [...actor.inbox]) this.#lookUp(actor, delivery);
    this.#wake(actor);
  }

  #admit({ definition, key, keyText }: Checked): Actor {
    const { registry, inFlight, clock, refused } = this.#deps;
    try {
      if (inFlight.full) throw overloaded(`${inFlight.size} messages are in flight`);
      const actor = registry.use(definition, key, keyText);
      if (actor.hold !== null && actor.hold.nextTry !== null) {
        throw heldUp(actor, actor.hold.delivery.message, Date.parse(actor.hold.nextTry.at) - clock.now());
      }
      if (actor.inbox.length >= MAX_INBOX) {
        throw overloaded(`${MAX_INBOX} messages are queued for ${definition.type} ${keyText}`);
      }
      return actor;
    } catch (error) {
      refused();
      throw error;
    }
  }

  #enter(actor: Actor, delivery: Delivery): void {
    if (this.#joins(actor, delivery)) return;
    actor.inbox.push(delivery);
    if (actor.isLoaded) {
      this.#lookUp(actor, delivery);
      this.#wake(actor);
    } else {
      void this.#deps.activation.load(actor);
    }
  }

  /** Whether a message with the same idempotency key is pending. Then this one joins it, or is refused. */
  #joins(actor: Actor, delivery: Delivery): boolean {
    const { repeats } = this.#deps;
    const first = repeats.first(actor, delivery.idempotencyKey);
    if (first === undefined) repeats.add(actor, delivery);
    else joinOrRefuse(first, delivery);
    return first !== undefined;
  }

  /** Looks up whether a reply is stored under the delivery's key. An actor that is not in the store has none. */
  #lookUp(actor: Actor, delivery: Delivery): void {
    const { idempotencyKey } = delivery;
    if (idempotencyKey === undefined || delivery.storedReply !== undefined) return;
    if (actor.id === null) {
      delivery.storedReply = null;
      return;
    }
    this.#deps.storedReplies.ask({ id: actor.id, idempotencyKey }).then(
      (stored) => {
        delivery.storedReply = stored;
        if (stored?.reply === null) joinQueued(actor, delivery, stored);
        this.#deps.wake(actor);
      },
      (error: unknown) => {
        // Later asks fail too: they must not overtake one that its sender will send again.
        for (const later of actor.inbox.takeAsks(delivery)) later.fail(unavailable(error));
        this.#deps.wake(actor);
      },
    );
  }

  #wake(actor: Actor): void {
    this.#deps.activity.mark(actor);
    this.#deps.wake(actor);
  }
}

/** A repeat of a message that is queued in the mailbox gets its answer, or is to come again later. */
function joinQueued(actor: Actor, delivery: Delivery, stored: StoredReply): void {
  actor.inbox.remove(delivery);
  const first = [...actor.mailbox.head.values()].find((one) => one.message.id === stored.messageId);
  if (stored.digest !== delivery.digest) delivery.fail(idempotencyConflict());
  else if (first === undefined) delivery.fail(noReplyYet());
  else first.join(delivery);
}

/** A repeat of a pending message gets its answer. Another message under the same key is refused. */
export function joinOrRefuse(first: Delivery, repeat: Delivery): void {
  if (first.digest !== repeat.digest) repeat.fail(idempotencyConflict());
  else if (first.kind === "tell" && repeat.kind !== "tell") repeat.fail(noReplyYet());
  else first.join(repeat);
}
