import { z } from "zod";
import type { Json } from "./json.ts";

/** One change of a state. A list gets shorter by a `replace` of its `length`. */
export interface Patch {
  op: "add" | "remove" | "replace";
  path: (string | number)[];
  value?: Json;
}

/** The error of an effect, as it is recorded. */
export interface EffectError {
  name: string;
  message: string;
}

/** An effect that is over: its result, or the error of its last attempt. */
export type RecordedEffect = { name: string; attempts: number } & ({ result: Json } | { error: EffectError });

/** An effect that runs now. */
export interface RunningEffect {
  /** The command that asked for it. */
  command: string;
  name: string;
  /** Counts the message's effects from 0. */
  n: number;
  /** From 1. */
  attempt: number;
  /** When its first attempt began, as far as this node knows. ISO, UTC. */
  since: string;
}

/** A message as the journal keeps it: all that replay needs of it. `now` is the time its handler saw. */
export interface RecordedMessage {
  id: string;
  command: string;
  payload: Json;
  now: number;
  idempotencyKey?: string;
  /** What sent it, where it was not simply a client. */
  from?: Sender;
}

/**
 * Where a message came from, if not from a client: a turn of an actor; a reminder that the actor had set itself; a
 * person who sent the message of that id once more, perhaps with another payload.
 */
export type Sender = { type: string; key: string; messageId: string } | { reminder: string } | { resends: string };

/** A message that a turn sends. `key` is in its text form. */
export interface RecordedSend {
  messageId: string;
  type: string;
  key: string;
  command: string;
  payload: Json;
}

/** A reminder that a turn sets; or, with `set: null`, takes back. Times are milliseconds. */
export interface RecordedReminder {
  name: string;
  set: { at: number; every: number | null; command: string; payload: Json } | null;
}

/** What a handler threw. */
export interface RecordedError {
  name: string;
  message: string;
  stack: string;
}

/** A finished turn. A message that was `received` before is not recorded again. */
export interface TurnEntry {
  kind: "turn";
  messageId: string;
  message?: RecordedMessage;
  /** What changed; or the whole state, where it is the first or the shorter of the two. Neither: nothing changed. */
  patches?: Patch[];
  state?: Json;
  reply: Json;
  sends?: RecordedSend[];
  reminders?: RecordedReminder[];
  /** What it sends and sets was never sent or set: the turn is of a what-if that was kept. */
  unsent?: boolean;
  /** The state's version, and the digest of the code that ran. */
  version: number;
  code: string;
  /** Of a durable state: the revision that it made. */
  revision?: number;
}

/** A message whose handler asked for its first effect: from here on it is resumed until it is over. */
export interface ReceivedEntry {
  kind: "received";
  messageId: string;
  message: RecordedMessage;
  /** Those that were over in an earlier attempt: they answer from what is recorded. */
  effects?: RecordedEffect[];
}

/** An effect of a received message is over. `n` counts the message's effects from 0. */
export interface EffectEntry {
  kind: "effect";
  messageId: string;
  n: number;
  /** When its first attempt began, in milliseconds since 1970: all before it was durable then. */
  startedAt?: number;
  effect: RecordedEffect;
}

/** A handler threw, or refused a message that was received: the state is unchanged, and the message is over. */
export interface AttemptFailedEntry {
  kind: "attempt_failed";
  messageId: string;
  message?: RecordedMessage;
  attempt: number;
  error: RecordedError;
  code: string;
}

/** The state was brought to a newer version of its type. */
export interface MigratedEntry {
  kind: "migrated";
  from: number;
  to: number;
  state: Json;
}

/** The actor begins as another of its type was at a seq. There is no state where that one had none yet. */
export interface ForkedEntry {
  kind: "forked";
  /** The other actor's key in its text form. */
  from: { key: string; seq: number };
  state?: Json;
  /** The state's version, and the time that its newest turn saw: those of the other actor then. */
  version: number;
  turnTime: number;
  /** Of a durable state: the revision that it begins with. */
  revision?: number;
  /** How many of the entries that follow are of a what-if, which was kept with it; none unless told. */
  whatIf?: number;
}

/** A durable state whose changes were not kept as entries until here: what it was before the entry that follows. */
export interface AdoptedEntry {
  kind: "adopted";
  revision: number;
  state: Json;
  /** The state's version, and the time that its newest turn saw. */
  version: number;
  turnTime: number;
}

/** What one entry of a journal says. */
export type EntryBody =
  | TurnEntry
  | ReceivedEntry
  | EffectEntry
  | AttemptFailedEntry
  | MigratedEntry
  | ForkedEntry
  | AdoptedEntry;

/** An entry in its place. `seq` counts from 1 without gaps; `at` is in milliseconds since 1970. */
export interface Entry {
  seq: number;
  /** When it was handed to the store. */
  at: number;
  /** How long it then took until it was durable, in milliseconds, together with what was committed with it; where known. */
  durationMs?: number | undefined;
  body: EntryBody;
}

/** The kinds of entries. */
export const entryKind = z.enum(["turn", "received", "effect", "attempt_failed", "migrated", "forked", "adopted"]);
export type EntryKind = z.infer<typeof entryKind>;

/** The most entries of one page. */
const MAX_ENTRIES = 500;

/**
 * Which part of a journal is wanted: the entries after `after`, oldest first; or those before `before`, newest first;
 * without either, the newest.
 */
export const journalQuery = z.object({
  after: z.coerce.number().int().min(0).optional(),
  before: z.coerce.number().int().min(1).optional(),
  kind: entryKind.optional(),
  limit: z.coerce.number().int().min(1).max(MAX_ENTRIES).default(100),
});
export type JournalQuery = z.infer<typeof journalQuery>;

/** A checkpoint as lists show it. `bytes` is the size of its state as JSON. */
export interface CheckpointInfo {
  seq: number;
  at: string;
  bytes: number;
  version: number;
  /** Kept for good, for time travel. */
  permanent: boolean;
  /** Its checksum does not hold: no recovery begins with it. */
  damaged: boolean;
}

/** A checkpoint that a recovery passed over, and why. */
export interface DamagedCheckpoint {
  seq: number;
  reason: string;
}

/** How an actor that is in memory was brought back from its journal. */
export interface Recovery {
  /** ISO, UTC. */
  at: string;
  /** The seq of the checkpoint that it began with; 0 where it was the begin of the journal. */
  checkpoint: number;
  /** Entries that were folded after it. */
  entries: number;
  /** How long it took, in milliseconds, together with the actors that were recovered by the same statements. */
  ms: number;
  /** Newest first. */
  damaged: DamagedCheckpoint[];
}
