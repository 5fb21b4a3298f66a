import type { LastChange } from "../../protocol/actors.ts";
import type { EntryKind, Json, RecordedError, Sender } from "../../protocol/journal.ts";
import type { ActorId, Address } from "./ids.ts";

/** A message that a turn sent. `cause` is the message that this turn processed. */
export interface SentMessage {
  messageId: string;
  cause: string;
  causeCommand: string;
  sender: ActorId;
  receiver: ActorId;
  command: string;
  at: number;
}

/** A message to find at its receiver. It did not exist before `since` (milliseconds since 1970). */
export interface WantedMessage {
  messageId: string;
  actor: ActorId;
  since: number;
}

/** A message in a mailbox, or a dead letter. */
export interface StoredMessage {
  messageId: string;
  actor: ActorId;
  isDead: boolean;
  command: string;
  /** Null unless requested. */
  payload: Json;
  idempotencyKey: string | null;
  sender: Sender | null;
  sentAt: number;
  attempts: number;
  nextAt: number | null;
  error: RecordedError | null;
  fingerprint: string | null;
}

/** What an entry records about its message. Fields that it does not record are null. */
export interface StoredStep {
  messageId: string;
  actor: ActorId;
  seq: number;
  kind: EntryKind;
  at: number;
  command: string | null;
  sender: Sender | null;
  acceptedAt: number | null;
  idempotencyKey: string | null;
  /** Undefined unless requested and recorded. */
  payload: Json | undefined;
  reply: Json | undefined;
  effect: { name: string; attempts: number; error: string | null } | null;
  error: RecordedError | null;
}

/** Finds messages and their causes. Read-only; every read is bounded. */
export interface MessageStore {
  /** Those of the given messages that turns sent. */
  sentMessages(messageIds: readonly string[]): Promise<SentMessage[]>;
  /** A message that a turn sent, then its cause, and so on; up to `limit`. */
  causesOf(messageId: string, limit: number): Promise<SentMessage[]>;
  /** Up to `limit` actors with the mark that a message id contains. */
  actorsMarked(mark: string, limit: number): Promise<(Address & { id: ActorId })[]>;
  /** Actors by id, without those that were erased. */
  actorsById(ids: readonly ActorId[]): Promise<(Address & { id: ActorId })[]>;
  /** The receiver of a dead letter; null when there is no such letter. */
  receiverOfLetter(messageId: string): Promise<ActorId | null>;
  /** Those that are near the front of their mailboxes, or dead letters. `whole` includes payloads. */
  storedMessages(wanted: readonly WantedMessage[], whole: boolean): Promise<StoredMessage[]>;
  /** The entries about messages, oldest first. `whole` includes payloads and replies. */
  steps(wanted: readonly WantedMessage[], whole: boolean): Promise<StoredStep[]>;
  /** The last changes of durable states. */
  lastChanges(actors: readonly ActorId[]): Promise<{ actor: ActorId; revision: number; change: LastChange }[]>;
}
