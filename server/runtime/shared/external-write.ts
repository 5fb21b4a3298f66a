import type { GreenroomError } from "../../core/errors.ts";
import type { ActorId, Address } from "../ports/ids.ts";
import type { Envelope } from "../ports/mail-rows.ts";

/** The receiver of a message. Its id is looked up or created ahead of the batch. */
export interface Receiver extends Address {
  id: ActorId | null;
}

/** A message that will be put into a mailbox. */
export interface Outgoing extends Envelope {
  to: Receiver;
  mailSeq: number;
}

/** A write that no turn makes: a client's message, a due reminder, or a redriven dead letter. */
export type ExternalWrite = {
  /** For a tell, this is the same object as `mail.to`. */
  to: Receiver;
  mailSeq: number;
  /** Called once: with null when it is durable, or with the reason why it never will be. */
  settle(error: GreenroomError | null): void;
} & (
  | { kind: "tell"; mail: Outgoing; digest: string | null }
  | { kind: "firing"; name: string; generation: number; messageId: string; next: number | null }
  | { kind: "redrive"; messageId: string; job: string }
);
