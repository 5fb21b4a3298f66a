import type { EntryKind, RecordedError, Sender } from "./journal.ts";
import type { Json } from "./json.ts";

/**
 * How far a message has come. `waiting` in a mailbox; `backing off` there, after an attempt that failed; `running`, while
 * an effect of it does; `done`; `failed`, which its caller was told; `dead`, kept for a person; `unrecorded`, where its
 * actor keeps no journal, or no longer the entry.
 */
export type MessageStatus = "waiting" | "backing off" | "running" | "done" | "failed" | "dead" | "unrecorded";

/** What the journal of its receiver says of a message at one time. */
export interface MessageStep {
  seq: number;
  kind: EntryKind;
  /** ISO, UTC. */
  at: string;
  /** The effect that was over, or the error of the attempt; null for other entries. */
  what: string | null;
  isError: boolean;
}

/** A message among those that led to it and that it led to. Times are ISO, UTC. */
export interface TracedMessage {
  messageId: string;
  /** The message whose turn sent it; null where a client or a reminder did, or where that is not kept any more. */
  cause: string | null;
  /** Its receiver; null when that was erased. `key` are the segments, `keyText` is their text form. */
  actor: { type: string; key: string[]; keyText: string } | null;
  /** Null where nothing that is kept tells it. */
  command: string | null;
  sender: Sender | null;
  sentAt: string;
  status: MessageStatus;
  /** Attempts that failed until now. */
  attempts: number;
  /** When it is tried again, while it backs off. */
  nextAt: string | null;
  /** The entries of its receiver's journal that tell of it, oldest first. */
  steps: MessageStep[];
  /** When a state without a journal last changed, if that was by this message, and the revision that it made. */
  changed: { revision: number; at: string } | null;
}

/** What only the message that was asked for tells of itself. */
export interface MessageDetail extends TracedMessage {
  /** Undefined where nothing that is kept holds it. */
  payload?: Json;
  idempotencyKey: string | null;
  /** What its turn replied; undefined where there was none, or none is kept. */
  reply?: Json;
  /** Why the last attempt failed. */
  error: RecordedError | null;
  /** The group of dead letters that it is in. */
  fingerprint: string | null;
}

/** One message, what it came of, and all that came of the same. */
export interface Trace {
  message: MessageDetail;
  /** All of them, the one asked for too; each behind its cause. */
  messages: TracedMessage[];
  /** Whether there are more than are told. */
  isCut: boolean;
}
