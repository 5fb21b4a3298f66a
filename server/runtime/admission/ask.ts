import { GreenroomError } from "../../core/errors.ts";
import type { Sender } from "../../protocol/journal.ts";
import { type Activation, unavailable } from "../actor/activation.ts";
import type { Activity } from "../actor/activity.ts";
import type { Actor } from "../actor/actor.ts";
import type { Answer, Delivery } from "../actor/delivery.ts";
import type { Registry } from "../actor/registry.ts";
import type { Repeats } from "../actor/repeats.ts";
import type { NodeMetrics } from "../inspect/metrics.ts";
import { heldUp } from "../mailbox/retries.ts";
import type { Clock } from "../ports/clock.ts";
import type { StoredReply } from "../ports/commit.ts";
import { MAX_LINE } from "../shared/limits.ts";
import type { MailSeqs } from "../shared/mail-seqs.ts";
import type { Checked } from "../shared/types.ts";
import { idempotencyConflict } from "../turn/answers.ts";
import type { InFlight } from "./in-flight.ts";
import type { StoredReplies } from "./stored-replies.ts";

/** What the askHandler works with. */
export interface EntranceOptions {
  clock: Clock;
  registry: Registry;
  inFlight: InFlight;
  activation: Activation;
  activity: Activity;
  metrics: NodeMetrics;
  ids: MailSeqs;
  repeats: Repeats;
  storedReplies: StoredReplies;
  /** Says that an actor may have something to do. */
  wake: (actor: Actor) => void;
}

/** Puts messages that somebody waits for into the lines of their actors. */
export class AskHandler {
  readonly #with: EntranceOptions;

  constructor(options: EntranceOptions) {
    this.#with = options;
  }

  /**
   * Puts a checked message into its actor's line, and loads the actor if it is not in memory.
   * @throws GreenroomError `overloaded` when the actor, or the node, has too much to do
   */
  accept(checked: Checked, idempotencyKey?: string, sender: Sender | null = null): Promise<Answer> {
    const { inFlight, ids } = this.#with;
    const actor = this.#place(checked);
    const accepted = {
      checked,
      kind: checked.operation.kind,
      idempotencyKey,
      sender,
      mailSeq: ids.last,
      mark: actor.mark,
    };
    return inFlight.accept(accepted, (delivery) => this.#enter(actor, delivery));
  }

  /** An actor has been loaded: what waits for it can go on. */
  loaded(actor: Actor): void {
    for (const delivery of [...actor.line]) this.#lookUp(actor, delivery);
    this.#wake(actor);
  }

  #place({ definition, key, keyText }: Checked): Actor {
    const { registry, inFlight, metrics, clock } = this.#with;
    try {
      if (inFlight.full) throw overloaded(`${inFlight.size} messages are in flight`);
      const actor = registry.use(definition, key, keyText);
      if (actor.nextTry !== null) throw heldUp(actor, clock.now());
      if (actor.line.length >= MAX_LINE)
        throw overloaded(`${MAX_LINE} messages wait for ${definition.type} ${keyText}`);
      return actor;
    } catch (error) {
      metrics.refused();
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
    const { repeats } = this.#with;
    const first = repeats.first(actor, delivery.idempotencyKey);
    if (first === undefined) repeats.add(actor, delivery);
    else joinOrRefuse(first, delivery);
    return first !== undefined;
  }

  /** Asks whether a reply is kept for a delivery's key; an actor that is not in the store has none. */
  #lookUp(actor: Actor, delivery: Delivery): void {
    const { idempotencyKey } = delivery;
    if (idempotencyKey === undefined || delivery.storedReply !== undefined) return;
    if (actor.id === null) {
      delivery.storedReply = null;
      return;
    }
    this.#with.storedReplies.ask({ id: actor.id, idempotencyKey }).then(
      (kept) => {
        delivery.storedReply = kept;
        if (kept?.reply === null) joinPending(actor, delivery, kept);
        this.#with.wake(actor);
      },
      (error: unknown) => {
        // What came after it fails with it: a message must not overtake one that its sender will send again.
        for (const later of takeFrom(actor, delivery)) later.fail(unavailable(error));
        this.#with.wake(actor);
      },
    );
  }

  #wake(actor: Actor): void {
    this.#with.activity.mark(actor);
    this.#with.wake(actor);
  }
}

/** A delivery, and those that were accepted after it, leave their line; not those that came from the mailbox. */
function takeFrom({ line }: Actor, delivery: Delivery): Delivery[] {
  const at = line.indexOf(delivery);
  const after = line.splice(at < 0 ? line.length : at);
  line.push(...after.filter((one) => one.mail !== null));
  return after.filter((one) => one.mail === null);
}

/** A repeat of a message that waits in the mailbox: it has that one's answer, or is to come again later. */
function joinPending(actor: Actor, delivery: Delivery, kept: StoredReply): void {
  const at = actor.line.indexOf(delivery);
  if (at >= 0) actor.line.splice(at, 1);
  const first = [...actor.mailbox.head.values()].find((one) => one.message.id === kept.messageId);
  if (kept.digest !== delivery.digest) delivery.fail(idempotencyConflict());
  else if (first === undefined) delivery.fail(stillWaits());
  else first.join(delivery);
}

/** A repeat of a message that is on its way has its answer; another under the same key is refused. */
export function joinOrRefuse(first: Delivery, repeat: Delivery): void {
  if (first.digest !== repeat.digest) repeat.fail(idempotencyConflict());
  else if (first.kind === "tell" && repeat.kind !== "tell") repeat.fail(stillWaits());
  else first.join(repeat);
}

function stillWaits(): GreenroomError {
  return new GreenroomError(
    "timeout",
    "This command was told before under the same key, and has no reply yet: it waits in the mailbox, or is a dead letter.",
    { retryAfterMs: 250 },
  );
}

/** The refusal of a message for which there is no room. */
export function overloaded(what: string): GreenroomError {
  return new GreenroomError("overloaded", `Too much to do: ${what}. Try again shortly.`, { retryAfterMs: 250 });
}
