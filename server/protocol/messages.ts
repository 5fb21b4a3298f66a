import type { EntryKind, Json, RecordedError, Sender } from "./journal.ts";

/**
 * The status of a message. `waiting`: in a mailbox. `backing off`: in a mailbox, after a failed attempt. `running`:
 * waits for an effect. `failed`: the caller received an error. `dead`: a dead letter. `unrecorded`: its actor has no
 * journal, or no longer the entry.
 */
export type MessageStatus = "waiting" | "backing off" | "running" | "done" | "failed" | "dead" | "unrecorded";

/** An entry of its receiver's journal about a message. */
export interface MessageStep {
  seq: number;
  kind: EntryKind;
  /** ISO, UTC. */
  at: string;
  /** The finished effect, or the error of the attempt; null for other entries. */
  what: string | null;
  isError: boolean;
}

/** A message in a trace. Times are ISO, UTC. */
export interface TracedMessage {
  messageId: string;
  /** The message whose turn sent it; null if a client or a reminder sent it, or if that is no longer stored. */
  cause: string | null;
  /** Its receiver; null if that was erased. `key` has the segments, `keyText` their text form. */
  actor: { type: string; key: string[]; keyText: string } | null;
  /** Null if it is no longer stored. */
  command: string | null;
  sender: Sender | null;
  sentAt: string;
  status: MessageStatus;
  /** The number of failed attempts. */
  attempts: number;
  /** The time of the next attempt, while it backs off. */
  nextAt: string | null;
  /** The entries of its receiver's journal about it, oldest first. */
  steps: MessageStep[];
  /** The revision it made, if it made the latest change of a durable state. */
  changed: { revision: number; at: string } | null;
}

/** The requested message, with additional details. */
export interface MessageDetail extends TracedMessage {
  /** Undefined if it is no longer stored. */
  payload?: Json;
  idempotencyKey: string | null;
  /** The reply of its turn; undefined if there is none, or it is no longer stored. */
  reply?: Json;
  /** The error of the last attempt. */
  error: RecordedError | null;
  /** The group of its dead letter. */
  fingerprint: string | null;
}

/** A message, its causes, and everything that they caused. */
export interface Trace {
  message: MessageDetail;
  /** All messages of the trace, including the requested one; each after its cause. */
  messages: TracedMessage[];
  /** Whether messages are missing because there are too many. */
  isCut: boolean;
}
