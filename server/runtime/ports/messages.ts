import type { LastChange } from "../../protocol/actors.ts";
import type { EntryKind, RecordedError, Sender } from "../../protocol/journal.ts";
import type { Json } from "../../protocol/json.ts";
import type { ActorId, Address } from "./ids.ts";

/** What is kept of a message that a turn sent: the message that the turn processed, and between whom. */
export interface SentMessage {
  messageId: string;
  cause: string;
  causeCommand: string;
  sender: ActorId;
  receiver: ActorId;
  command: string;
  at: number;
}

/** A message that is looked for with its receiver, where it cannot have been before a time (milliseconds since 1970). */
export interface WantedMessage {
  messageId: string;
  actor: ActorId;
  since: number;
}

/** A message that is in a mailbox, or given up. */
export interface StoredMessage {
  messageId: string;
  actor: ActorId;
  isDead: boolean;
  command: string;
  /** Null where it was not asked for. */
  payload: Json;
  idempotencyKey: string | null;
  sender: Sender | null;
  sentAt: number;
  attempts: number;
  nextAt: number | null;
  error: RecordedError | null;
  fingerprint: string | null;
}

/** What one entry tells of its message. Whatever it does not tell is null. */
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
  /** Of the message, and of its turn; undefined where they were not asked for, or the entry has none. */
  payload: Json | undefined;
  reply: Json | undefined;
  effect: { name: string; attempts: number; error: string | null } | null;
  error: RecordedError | null;
}

/** Messages wherever they are now, and what came of which. It reads alone; all of it is bounded. */
export interface MessageStore {
  /** Of messages that turns sent, those that are asked for. */
  sentMessages(messageIds: readonly string[]): Promise<SentMessage[]>;
  /** A message that a turn sent, then the one that caused it, and so on; `limit` at most. */
  causesOf(messageId: string, limit: number): Promise<SentMessage[]>;
  /** Actors that have the mark that a message's id tells; `limit` at most. */
  actorsMarked(mark: string, limit: number): Promise<(Address & { id: ActorId })[]>;
  /** Actors by their ids; those that were erased are missing. */
  actorsById(ids: readonly ActorId[]): Promise<(Address & { id: ActorId })[]>;
  /** The receiver of a dead letter; null when there is none of that id. */
  receiverOfLetter(messageId: string): Promise<ActorId | null>;
  /** Those that wait among the first of their mailboxes, or are dead letters. `whole` says whether payloads are wanted. */
  storedMessages(wanted: readonly WantedMessage[], whole: boolean): Promise<StoredMessage[]>;
  /** The entries that tell of messages, oldest first. `whole` says whether payloads and replies are wanted. */
  steps(wanted: readonly WantedMessage[], whole: boolean): Promise<StoredStep[]>;
  /** What changed durable states last. */
  lastChanges(actors: readonly ActorId[]): Promise<{ actor: ActorId; revision: number; change: LastChange }[]>;
}
