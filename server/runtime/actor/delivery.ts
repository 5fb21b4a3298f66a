import type { GreenroomError } from "../../core/errors.ts";
import type { Message } from "../../core/turn/turn.ts";
import type { Json, RecordedMessage, Sender } from "../../protocol/journal.ts";
import type { StoredReply } from "../ports/commit.ts";
import type { Mail } from "../ports/mail-rows.ts";
import { digest } from "../shared/digest.ts";
import type { Pending } from "./repeats.ts";

/** The answer to a message. `reply` is JSON text. */
export interface Answer {
  reply: string;
  /** The revision, or seq, of the state that the reply was made from. */
  head: number;
  messageId: string;
  repeated: boolean;
  /** Set when nothing was written because nothing changed: `head` is then an earlier message's. */
  unrecorded?: true;
}

/** Who waits for the outcome of a delivery. */
export interface Caller {
  resolve(answer: Answer): void;
  reject(error: GreenroomError): void;
}

export interface DeliveryParts {
  message: Message;
  /** The payload as JSON, if it has been serialized already. */
  payloadText?: string;
  kind: "command" | "query" | "tell";
  idempotencyKey: string | undefined;
  /** What sent it; null for a client. */
  sender?: Sender | null;
  /** Null when nobody waits. */
  caller: Caller | null;
  /** Its number in the mailbox; for an ask, the newest number of any mailbox when it was accepted. */
  mailSeq: number;
  /** Called once, when the runtime holds nothing of the delivery any more. */
  finished: (delivery: Delivery) => void;
}

/** A message that the runtime has accepted: in an inbox, then in a turn, then answered; or, of a `tell`, in a mailbox. */
export class Delivery {
  readonly message: Message;
  readonly kind: "command" | "query" | "tell";
  readonly idempotencyKey: string | undefined;
  /** What sent it; null for a client. */
  readonly sender: Sender | null;
  /** Of command and payload: distinguishes a repeat from another message under the same key. Empty without a key. */
  readonly digest: string;
  /** An inbox is sorted by it. */
  readonly mailSeq: number;
  /** The reply stored under its key; null when there is none; undefined until the store has answered. */
  storedReply: StoredReply | null | undefined;
  /** Its row in the actor's mailbox; null when it has none. */
  mail: Mail | null = null;
  /** Its index among the messages in flight. */
  slot = -1;
  /** What repeats find it by, if it has an idempotency key. */
  pending: Pending | undefined;
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
    this.digest = idempotencyKey === undefined ? "" : digest(message.command, this.payloadText);
    this.storedReply = idempotencyKey === undefined ? null : undefined;
    this.#caller = caller;
    this.#finished = finished;
  }

  /** A message from a mailbox. It has no caller, but repeats may join it. Its key was looked up when it was sent. */
  static ofMail(mail: Mail): Delivery {
    const { messageId: id, command, sentAt: now, idempotencyKey: key } = mail;
    const message = { id, command, payload: JSON.parse(mail.payload) as Json, now };
    return Delivery.resumed(key === null ? message : { ...message, idempotencyKey: key }, mail, () => undefined);
  }

  /** A message whose turn a crash interrupted. It has no caller, but repeats may join it. */
  static resumed(
    { id, command, payload, now, idempotencyKey, from }: RecordedMessage,
    mail: Mail | null,
    finished: (delivery: Delivery) => void,
  ): Delivery {
    const delivery = new Delivery({
      message: { id, command, payload, now },
      kind: "command",
      idempotencyKey,
      sender: mail?.sender ?? from ?? null,
      caller: null,
      mailSeq: mail?.mailSeq ?? 0,
      finished,
    });
    delivery.storedReply = null;
    delivery.mail = mail;
    return delivery;
  }

  /** The payload as JSON, serialized once. */
  get payloadText(): string {
    this.#payloadText ??= JSON.stringify(this.message.payload);
    return this.#payloadText;
  }

  /** Whether its caller's time has run out. If it has not started by then, it does not run. */
  get expired(): boolean {
    return this.#expired;
  }

  /** Whether a caller waits for the answer. */
  get isAwaited(): boolean {
    return this.#caller !== null && !this.#expired;
  }

  /** Gives a repeat of this message, under the same idempotency key, the same answer. */
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

  /** Rejects the caller because its time has run out. A turn that has started goes on. */
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
