import type { GreenroomError } from "../../core/errors.ts";
import type { ActorId, Address } from "../ports/ids.ts";
import type { Envelope } from "../ports/mail-rows.ts";

/** An actor that a message is for. Its id is looked up, or made, ahead of the batch. */
export interface Receiver extends Address {
  id: ActorId | null;
}

/** A message on its way into a mailbox. */
export interface Outgoing extends Envelope {
  to: Receiver;
  mailSeq: number;
}

/** What is committed that no turn made: a client's message, a due reminder, a dead letter that goes back. */
export type ExternalWrite = {
  /** The receiver; of a told message the very same as the message's. */
  to: Receiver;
  /** The message's place in the mailbox. */
  mailSeq: number;
  /** Called once: it is durable; or it never will be, and why. */
  settle(error: GreenroomError | null): void;
} & (
  | { kind: "tell"; mail: Outgoing; digest: string | null }
  | { kind: "firing"; name: string; generation: number; messageId: string; next: number | null }
  | { kind: "redrive"; messageId: string; job: string }
);
