import type { GreenroomError } from "../../core/errors.ts";
import type { Sender } from "../../protocol/journal.ts";
import { unavailable } from "../actor/activation.ts";
import type { Answer, Delivery } from "../actor/delivery.ts";
import type { Repeats } from "../actor/repeats.ts";
import type { NodeMetrics } from "../inspect/metrics.ts";
import type { Identities } from "../lane/identities.ts";
import type { Lanes } from "../lane/lanes.ts";
import type { StoredReply } from "../ports/commit.ts";
import type { Address } from "../ports/ids.ts";
import { crashPoint } from "../shared/crash-points.ts";
import type { MailSeqs } from "../shared/mail-seqs.ts";
import { markOf } from "../shared/message-id.ts";
import type { Checked } from "../shared/types.ts";
import { idempotencyConflict } from "../turn/answers.ts";
import { joinOrRefuse, overloaded } from "./ask.ts";
import type { InFlight } from "./in-flight.ts";
import type { StoredReplies } from "./stored-replies.ts";

/** What telling works with. */
export interface TellsOptions {
  inFlight: InFlight;
  metrics: NodeMetrics;
  ids: MailSeqs;
  repeats: Repeats;
  storedReplies: StoredReplies;
  identities: Identities;
  lanes: Lanes;
}

/** Puts clients' messages into mailboxes. */
export class TellHandler {
  readonly #with: TellsOptions;
  /** Messages whose keys are being looked up, by actor: those that come after them wait for them. */
  readonly #before = new Map<string, Promise<void>>();

  constructor(options: TellsOptions) {
    this.#with = options;
  }

  /**
   * Puts a checked message into its actor's mailbox; resolves when it is durable there. Messages for one actor are put
   * there in the order in which this is called.
   * @throws GreenroomError `overloaded` when the node has too much to do
   */
  accept(checked: Checked, idempotencyKey?: string, sender: Sender | null = null): Promise<Answer> {
    const { inFlight, metrics, ids } = this.#with;
    if (inFlight.full) {
      metrics.refused();
      throw overloaded(`${inFlight.size} messages are in flight`);
    }
    const address = { type: checked.definition.type, keyText: checked.keyText };
    const accepted = {
      checked,
      kind: "tell" as const,
      idempotencyKey,
      sender,
      mailSeq: ids.last,
      mark: markOf(address),
    };
    return inFlight.accept(accepted, (delivery) => this.#enter(address, delivery));
  }

  #enter(address: Address, delivery: Delivery): void {
    const { repeats } = this.#with;
    const first = repeats.first(address, delivery.idempotencyKey);
    if (first !== undefined) return joinOrRefuse(first, delivery);
    repeats.add(address, delivery);
    const name = `${address.type}/${address.keyText}`;
    const before = this.#before.get(name);
    if (before === undefined && delivery.idempotencyKey === undefined) return this.#post(address, delivery);
    const own = this.#afterLookUp(address, delivery, before).finally(() => {
      if (this.#before.get(name) === own) this.#before.delete(name);
    });
    this.#before.set(name, own);
  }

  async #afterLookUp(address: Address, delivery: Delivery, before: Promise<void> | undefined): Promise<void> {
    const [kept] = await Promise.all([this.#kept(address, delivery), before]);
    if (kept instanceof Error) delivery.fail(kept);
    else if (kept === null) this.#post(address, delivery);
    else answerRepeat(delivery, kept);
  }

  /** What is kept under the message's key; or why that cannot be known now. */
  async #kept(address: Address, { idempotencyKey }: Delivery): Promise<StoredReply | GreenroomError | null> {
    if (idempotencyKey === undefined) return null;
    const { identities, storedReplies } = this.#with;
    try {
      return await storedReplies.ask({ id: await identities.of(address), idempotencyKey });
    } catch (error) {
      return unavailable(error);
    }
  }

  #post({ type, keyText }: Address, delivery: Delivery): void {
    if (delivery.expired) return delivery.fail(unavailable(null));
    const { lanes, ids } = this.#with;
    const { id: messageId, operation: command, now: sentAt } = delivery.message;
    const to = { type, keyText, id: null };
    const mailSeq = ids.next();
    const idempotencyKey = delivery.idempotencyKey ?? null;
    crashPoint("tell: accepted");
    lanes.post({
      kind: "tell",
      to,
      mailSeq,
      mail: {
        to,
        mailSeq,
        messageId,
        command,
        payload: delivery.payloadText,
        idempotencyKey,
        sender: delivery.sender,
        sentAt,
      },
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
