import type { LastChange, Lifecycle } from "../../protocol/actors.ts";
import type { Entry } from "../../protocol/journal.ts";
import type { Json } from "../../protocol/json.ts";
import type { MailCounts } from "../../protocol/mail.ts";
import type { Position } from "../../protocol/stream.ts";
import type { ActorId, Address } from "../ports/ids.ts";

/** A step in an actor's life. `reason` says why it is `failed` or `fenced`. */
export interface LifeEvent extends Address {
  kind: "life";
  lifecycle: Lifecycle;
  reason: string | null;
  at: number;
}

/** An entry that is durable. `bytes` is the size of its body as JSON; the body is read anew each time it is asked for. */
export type CommittedEntry = Entry & { kind: Entry["body"]["kind"]; bytes: number };

/** An actor that a batch brought to a new revision or seq. */
export interface ActorChange extends Readonly<Address> {
  id: ActorId;
  head: number;
  /** The seq of its newest entry; 0 where it has none. */
  seq: number;
  state: Json;
  /** The state's size as JSON. */
  stateBytes: number;
  /** Null when the state itself did not change. */
  lastChange: LastChange | null;
  /** What was appended to its journal, or its history. */
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

/** How the numbers of messages in mailboxes and of dead letters change: exactly, or at most so much. */
export interface MailChange extends MailCounts {
  isExact: boolean;
}

/** A message of a mailbox that failed and is tried again, where no entry tells it; or that was given up. */
export interface FailedAttempt extends Address {
  kind: "retry" | "dead_letter";
  messageId: string;
  command: string;
  attempts: number;
  /** What went wrong, in a line. */
  text: string;
  /** Where the actor stood. */
  head: number;
  at: number;
}

/** A batch that is durable. Those of one lane come in order, with no number twice. */
export interface CommittedEvent {
  kind: "committed";
  lane: number;
  number: number;
  at: number;
  turns: number;
  /** From the first look at the batch to its commit, in milliseconds. */
  durationMs: number;
  changes: readonly ActorChange[];
  failures: readonly FailedAttempt[];
  /** Actors to whose mailboxes something came, or left them, or waits for another attempt. */
  mailboxes: readonly Address[];
  /** What the batch adds to the messages in mailboxes and to the dead letters, and takes from them. */
  mail: MailChange;
  /** When the earliest of the reminders that were set is due; null where none was. */
  reminders: number | null;
}

/** An actor that came to be in the store. Of two, the later one has the higher id. */
export type CreatedActor = Address & { id: ActorId };

/** Actors that came to be in the store. */
export interface CreatedEvent {
  kind: "created";
  actors: readonly CreatedActor[];
}

/** An actor that was erased: what was told of it before holds no more. */
export interface ErasedEvent extends Address {
  kind: "erased";
}

/**
 * Another node's commits: the store is further than what this one has told, up to this position. A standby tells of
 * them now and then, and once when it takes over; from then on it tells all.
 */
export interface BehindEvent {
  kind: "behind";
  position: Position;
}

/** All that the runtime tells about itself; only what has committed is told as done. */
export type RuntimeEvent = LifeEvent | CommittedEvent | CreatedEvent | CheckpointEvent | ErasedEvent | BehindEvent;

/** The most listeners at one time. */
const MAX_LISTENERS = 16;

/** Passes events to listeners, in order, at once. A listener must be quick and must not throw. */
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
