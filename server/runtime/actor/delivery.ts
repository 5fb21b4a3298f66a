import type { GreenroomError } from "../../core/errors.ts";
import type { Message } from "../../core/turn/turn.ts";
import type { RecordedMessage, Sender } from "../../protocol/journal.ts";
import type { Json } from "../../protocol/json.ts";
import type { StoredReply } from "../ports/commit.ts";
import type { Mail } from "../ports/mail-rows.ts";
import { digest } from "../shared/digest.ts";
import type { UnderWay } from "./repeats.ts";

/** What a caller is answered. `reply` is JSON text. */
export interface Answer {
  reply: string;
  /** The revision, or seq, of the state that it was made from. */
  head: number;
  messageId: string;
  repeated: boolean;
  /** Set where nothing was written of it, since it changed nothing: `head` is then an earlier message's. */
  unrecorded?: true;
}

/** Who waits for a delivery's outcome. */
export interface Caller {
  resolve(answer: Answer): void;
  reject(error: GreenroomError): void;
}

/** What a delivery is made of. */
export interface DeliveryParts {
  message: Message;
  /** The payload as JSON, where it is written already. */
  payloadText?: string;
  kind: "command" | "query" | "tell";
  idempotencyKey: string | undefined;
  /** What sent it, where it was not simply a client. */
  sender?: Sender | null;
  /** Null where nobody waits. */
  caller: Caller | null;
  /** The newest place of any mailbox when it was accepted; of a message from a mailbox, its own. */
  mailSeq: number;
  /** Called once, when nothing of the delivery is left in the runtime. */
  finished: (delivery: Delivery) => void;
}

/** A message on its way: in an actor's line, then in a turn, then answered; or, of a `tell`, into a mailbox. */
export class Delivery {
  readonly message: Message;
  readonly kind: "command" | "query" | "tell";
  readonly idempotencyKey: string | undefined;
  /** What sent it; null for a client. */
  readonly sender: Sender | null;
  /** Of command and payload; tells a repeat from another message under the same key. Empty without a key. */
  readonly digest: string;
  /** In a line, whatever has a lower one comes first. */
  readonly mailSeq: number;
  /** The reply kept for its key; null when there is none; undefined until the store has said. */
  storedReply: StoredReply | null | undefined;
  /** Its place in the actor's mailbox, and how far it has come; null for one that is not there. */
  mail: Mail | null = null;
  /** Where it stands among those that are accepted and not finished. */
  slot = -1;
  /** What repeats know it by, if it has an idempotency key. */
  underWay: UnderWay | undefined;
  #payloadText: string | undefined;
  readonly #caller: Caller | null;
  readonly #finished: (delivery: Delivery) => void;
  #joined: Delivery[] | undefined;
  #expired = false;

  constructor({ message, payloadText, kind, idempotencyKey, sender = null, caller, mailSeq, finished }: DeliveryParts) {
    this.message = message;
    this.#payloadText = payloadText;
    this.kind = kind;
    this.idempotencyKey = idempotencyKey;
    this.sender = sender;
    this.mailSeq = mailSeq;
    this.digest = idempotencyKey === undefined ? "" : digest(message.operation, this.payloadText);
    this.storedReply = idempotencyKey === undefined ? null : undefined;
    this.#caller = caller;
    this.#finished = finished;
  }

  /** A message from a mailbox: nobody waits for it, but repeats may join. Its key was looked up when it was sent. */
  static ofMail(mail: Mail): Delivery {
    const { messageId: id, command, sentAt: now, idempotencyKey: key } = mail;
    const message = { id, command, payload: JSON.parse(mail.payload) as Json, now };
    return Delivery.resumed(key === null ? message : { ...message, idempotencyKey: key }, mail, () => undefined);
  }

  /** A message whose turn a crash interrupted: nobody waits for it, but repeats may join. Its key has been looked up. */
  static resumed(
    { id, command: operation, payload, now, idempotencyKey, from }: RecordedMessage,
    mail: Mail | null,
    finished: (delivery: Delivery) => void,
  ): Delivery {
    const message = { id, operation, payload, now };
    const mailSeq = mail?.mailSeq ?? 0;
    const sender = mail?.sender ?? from ?? null;
    const delivery = new Delivery({
      message,
      kind: "command",
      idempotencyKey,
      sender,
      caller: null,
      mailSeq,
      finished,
    });
    delivery.storedReply = null;
    delivery.mail = mail;
    return delivery;
  }

  /** The payload as JSON: written once, for the journal, the mailbox and the digest. */
  get payloadText(): string {
    this.#payloadText ??= JSON.stringify(this.message.payload);
    return this.#payloadText;
  }

  /** Whether its caller was told that its time ran out; if it has not run, it will not. */
  get expired(): boolean {
    return this.#expired;
  }

  /** Whether somebody waits for the answer. */
  get isAwaited(): boolean {
    return this.#caller !== null && !this.#expired;
  }

  /** Lets a repeat of this message, under the same idempotency key, have the same answer. */
  join(repeat: Delivery): void {
    this.#joined ??= [];
    this.#joined.push(repeat);
  }

  answer(answer: Answer): void {
    if (!this.#expired) this.#caller?.resolve(answer);
    this.#finish((repeat) => repeat.answer({ ...answer, repeated: true }));
  }

  fail(error: GreenroomError): void {
    if (!this.#expired) this.#caller?.reject(error);
    this.#finish((repeat) => repeat.fail(error));
  }

  /** Tells the caller that its time ran out. What is under way goes on. */
  expire(error: GreenroomError): void {
    this.#expired = true;
    this.#caller?.reject(error);
  }

  #finish(settleRepeat: (repeat: Delivery) => void): void {
    this.#finished(this);
    this.#joined?.forEach(settleRepeat);
    this.#joined = undefined;
  }
}
