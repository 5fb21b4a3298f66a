import type { GreenroomError } from "../../core/errors.ts";
import type { Sender } from "../../protocol/journal.ts";
import type { Answer, Delivery } from "../actor/delivery.ts";
import type { Repeats } from "../actor/repeats.ts";
import type { StoredReply } from "../ports/commit.ts";
import type { ActorId, Address } from "../ports/ids.ts";
import { crashPoint } from "../shared/crash-points.ts";
import type { NodeDeps } from "../shared/deps.ts";
import type { ExternalWrite } from "../shared/external-write.ts";
import { markOf } from "../shared/message-id.ts";
import { idempotencyConflict, overloaded, unavailable } from "../shared/refusals.ts";
import type { Checked } from "../shared/types.ts";
import { joinOrRefuse } from "./ask.ts";
import type { InFlight } from "./in-flight.ts";
import type { StoredReplies } from "./stored-replies.ts";

type TellDeps = Pick<NodeDeps, "mailSeqs"> & {
  inFlight: InFlight;
  repeats: Repeats;
  storedReplies: StoredReplies;
  /** A message was refused because there was no room for it. */
  refused(): void;
  /** An actor's id, created if there is none. Rejects with `StoreUnavailable`. */
  idOf(address: Address): Promise<ActorId>;
  /** Commits a write in its receiver's lane. */
  post(write: ExternalWrite): void;
};

/** Puts clients' messages into mailboxes. */
export class TellHandler {
  readonly #deps: TellDeps;
  /** By actor, the newest message that waits for the lookup of a key. Later messages wait for it. */
  readonly #lookUps = new Map<string, Promise<void>>();

  constructor(deps: TellDeps) {
    this.#deps = deps;
  }

  /**
   * Puts a checked message into its actor's mailbox; resolves when it is durable there. The messages of one actor are put
   * there in the order of the calls.
   * @throws GreenroomError `overloaded` when the node has too much to do
   */
  accept(checked: Checked, idempotencyKey?: string, sender: Sender | null = null): Promise<Answer> {
    const { inFlight, refused, mailSeqs } = this.#deps;
    if (inFlight.full) {
      refused();
      throw overloaded(`${inFlight.size} messages are in flight`);
    }
    const address = { type: checked.definition.type, keyText: checked.keyText };
    const accepted = { checked, kind: "tell" as const, idempotencyKey, sender, mailSeq: mailSeqs.last };
    return inFlight.accept({ ...accepted, mark: markOf(address) }, (delivery) => this.#enter(address, delivery));
  }

  #enter(address: Address, delivery: Delivery): void {
    const { repeats } = this.#deps;
    const first = repeats.first(address, delivery.idempotencyKey);
    if (first !== undefined) return joinOrRefuse(first, delivery);
    repeats.add(address, delivery);
    const name = `${address.type}/${address.keyText}`;
    const before = this.#lookUps.get(name);
    if (before === undefined && delivery.idempotencyKey === undefined) return this.#post(address, delivery);
    const own = this.#lookUp(address, delivery, before).finally(() => {
      if (this.#lookUps.get(name) === own) this.#lookUps.delete(name);
    });
    this.#lookUps.set(name, own);
  }

  async #lookUp(address: Address, delivery: Delivery, before: Promise<void> | undefined): Promise<void> {
    const [stored] = await Promise.all([this.#storedReply(address, delivery), before]);
    if (stored instanceof Error) delivery.fail(stored);
    else if (stored === null) this.#post(address, delivery);
    else answerRepeat(delivery, stored);
  }

  /** The reply stored under the message's key; or why it is not known. */
  async #storedReply(address: Address, { idempotencyKey }: Delivery): Promise<StoredReply | GreenroomError | null> {
    if (idempotencyKey === undefined) return null;
    const { idOf, storedReplies } = this.#deps;
    try {
      return await storedReplies.ask({ id: await idOf(address), idempotencyKey });
    } catch (error) {
      return unavailable(error);
    }
  }

  #post({ type, keyText }: Address, delivery: Delivery): void {
    if (delivery.expired) return delivery.fail(unavailable(null));
    const { post, mailSeqs } = this.#deps;
    const { id: messageId, command, now: sentAt } = delivery.message;
    const to = { type, keyText, id: null };
    const mailSeq = mailSeqs.next();
    const idempotencyKey = delivery.idempotencyKey ?? null;
    const { payloadText: payload, sender } = delivery;
    crashPoint("tell: accepted");
    post({
      kind: "tell",
      to,
      mailSeq,
      mail: { to, mailSeq, messageId, command, payload, idempotencyKey, sender, sentAt },
      digest: idempotencyKey === null ? null : delivery.digest,
      settle: (error) => {
        if (error === null) delivery.answer({ reply: "null", head: 0, messageId, repeated: false });
        else delivery.fail(error);
      },
    });
  }
}

function answerRepeat(delivery: Delivery, { digest, messageId, head }: StoredReply): void {
  if (digest === delivery.digest) delivery.answer({ reply: "null", head, messageId, repeated: true });
  else delivery.fail(idempotencyConflict());
}
