import type { LastChange, Lifecycle } from "../../protocol/actors.ts";
import type { Entry, Json } from "../../protocol/journal.ts";
import type { MailCounts } from "../../protocol/mail.ts";
import type { Position } from "../../protocol/stream.ts";
import type { ActorId, Address } from "../ports/ids.ts";

/** A change of an actor's lifecycle. `reason` says why it is `failed` or `fenced`. */
export interface LifeEvent extends Address {
  kind: "life";
  lifecycle: Lifecycle;
  reason: string | null;
  at: number;
}

/** A durable entry. `bytes` is the size of its body as JSON. Each access to `body` parses it again. */
export type CommittedEntry = Entry & { kind: Entry["body"]["kind"]; bytes: number };

/** An actor whose revision or seq a batch advanced. */
export interface ActorChange extends Readonly<Address> {
  id: ActorId;
  head: number;
  /** The seq of its newest entry; 0 if it has none. */
  seq: number;
  state: Json;
  /** The state's size as JSON. */
  stateBytes: number;
  /** Null when the state itself did not change. */
  lastChange: LastChange | null;
  /** The entries appended to its journal or history. */
  entries: readonly CommittedEntry[];
  at: number;
}

/** A checkpoint that was written. */
export interface CheckpointEvent extends Address {
  kind: "checkpoint";
  seq: number;
  bytes: number;
  version: number;
  permanent: boolean;
  at: number;
}

/** The change in the numbers of mailbox messages and dead letters: exact, or an upper bound. */
export interface MailChange extends MailCounts {
  isExact: boolean;
}

/** A failed attempt of a mailbox message that no entry records: it is retried, or it became a dead letter. */
export interface FailedAttempt extends Address {
  kind: "retry" | "dead_letter";
  messageId: string;
  command: string;
  attempts: number;
  /** The error, in one line. */
  text: string;
  /** The actor's revision or seq. */
  head: number;
  at: number;
}

/** A durable batch. Events of one lane arrive in order, each number once. */
export interface CommittedEvent {
  kind: "committed";
  lane: number;
  number: number;
  at: number;
  turns: number;
  /** From collecting the batch to its commit, in milliseconds. */
  durationMs: number;
  changes: readonly ActorChange[];
  failures: readonly FailedAttempt[];
  /** Actors whose mailboxes changed. */
  mailboxes: readonly Address[];
  /** The net change in mailbox messages and dead letters. */
  mail: MailChange;
  /** When the earliest reminder that the batch set is due; null if it set none. */
  reminders: number | null;
}

/** An actor created in the store. Ids grow in the order of creation. */
export type CreatedActor = Address & { id: ActorId };

/** Actors were created in the store. */
export interface CreatedEvent {
  kind: "created";
  actors: readonly CreatedActor[];
}

/** An actor was erased. Earlier events about it no longer apply. */
export interface ErasedEvent extends Address {
  kind: "erased";
}

/**
 * Another node has committed up to this position, without events on this node. A standby emits this from time to time, and
 * once when it takes over; from then on it emits every event.
 */
export interface BehindEvent {
  kind: "behind";
  position: Position;
}

/** Everything that the runtime reports. Changes are reported once they are durable. */
export type RuntimeEvent = LifeEvent | CommittedEvent | CreatedEvent | CheckpointEvent | ErasedEvent | BehindEvent;

/** Listeners at one time. */
const MAX_LISTENERS = 16;

/** Passes events to listeners synchronously and in order. A listener must be quick and must not throw. */
export class Events {
  readonly #listeners = new Set<(event: RuntimeEvent) => void>();

  /** Listens until the returned function is called. */
  listen(listener: (event: RuntimeEvent) => void): () => void {
    if (this.#listeners.size >= MAX_LISTENERS) throw new RangeError(`At most ${MAX_LISTENERS} listeners.`);
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(event: RuntimeEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
