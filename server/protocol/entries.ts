import { z } from "zod";

// The entries of a journal as schemas. The console checks history files by them; `journal.ts` exports their types, so that
// other modules do not load the schemas.

/** Any JSON value. States, payloads and replies are JSON. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object. Optional members are absent, never `undefined`. */
export type JsonObject = { readonly [name: string]: Json };

/** The last time that a `Date` can represent, in milliseconds since 1970. */
const MAX_TIME = 8.64e15;
/** Maximum length of an error's message or stack, in characters. */
const MAX_ERROR = 1_000_000;
/** Maximum length of a patch's path. */
const MAX_PATH = 140;

/** The number of an entry; 0 stands for the start of the journal. */
export const seq = z.number().int().min(0);
export const time = z.number().min(0).max(MAX_TIME);
/** A name or an id. */
export const name = z.string().max(1_024);
const keyText = z.string().max(4_096);
const text = z.string().max(MAX_ERROR);
/** Any JSON. */
export const value = z.custom<Json>((given) => given !== undefined, "a value is missing");

/** One change of a state. A list is shortened by a `replace` of its `length`. */
const patch = z.object({
  op: z.enum(["add", "remove", "replace"]),
  path: z.array(z.union([z.string(), z.number()])).max(MAX_PATH),
  value: value.optional(),
});
export type Patch = z.infer<typeof patch>;

/** The error of an effect. */
const effectError = z.object({ name, message: z.string() });
export type EffectError = z.infer<typeof effectError>;

/** A finished effect: its result, or the error of its last attempt. */
export const recordedEffect = z.union([
  z.object({ name, attempts: seq, result: value }),
  z.object({ name, attempts: seq, error: effectError }),
]);
export type RecordedEffect = z.infer<typeof recordedEffect>;

/**
 * The source of a message that no client sent: an actor's turn, a reminder of the actor itself, or a person who sent the
 * message of that id again, perhaps with another payload.
 */
const sender = z.union([
  z.object({ type: name, key: keyText, messageId: name }),
  z.object({ reminder: name }),
  z.object({ resends: name }),
]);
export type Sender = z.infer<typeof sender>;

/** A message as the journal stores it. `now` is the time that its handler saw, in milliseconds since 1970. */
export const recordedMessage = z.object({
  id: name,
  command: name,
  payload: value,
  now: time,
  idempotencyKey: name.optional(),
  from: sender.optional(),
});
export type RecordedMessage = z.infer<typeof recordedMessage>;

/** A message that a turn sends. `key` is in its text form. */
const recordedSend = z.object({ messageId: name, type: name, key: z.string(), command: name, payload: value });
export type RecordedSend = z.infer<typeof recordedSend>;

/** A reminder that a turn sets, or cancels with `set: null`. Times are in milliseconds. */
const recordedReminder = z.object({
  name,
  set: z.object({ at: time, every: time.nullable(), command: name, payload: value }).nullable(),
});
export type RecordedReminder = z.infer<typeof recordedReminder>;

/** An error that a handler threw. */
const recordedError = z.object({ name, message: text, stack: text });
export type RecordedError = z.infer<typeof recordedError>;

/** A finished turn. A message with a `received` entry is not repeated. */
const turn = z.object({
  kind: z.literal("turn"),
  messageId: name,
  message: recordedMessage.optional(),
  /** The change; or `state`, for the first turn and where the whole state is shorter. Neither: nothing changed. */
  patches: z.array(patch).optional(),
  state: value.optional(),
  reply: value,
  sends: z.array(recordedSend).optional(),
  reminders: z.array(recordedReminder).optional(),
  /** Its sends and reminders were not carried out: the turn comes from a stored what-if. */
  unsent: z.boolean().optional(),
  /** The version of the state. */
  version: seq,
  /** The digest of the code that ran. */
  code: name,
  /** For a durable state: the revision that the turn made. */
  revision: seq.optional(),
});
export type TurnEntry = z.infer<typeof turn>;

/** A handler requested its first effect. From here on the message is resumed until it is finished. */
const received = z.object({
  kind: z.literal("received"),
  messageId: name,
  message: recordedMessage,
  /** Effects that finished in an earlier attempt; their results are used again. */
  effects: z.array(recordedEffect).optional(),
});

/** An effect of a received message finished. */
const effect = z.object({
  kind: z.literal("effect"),
  messageId: name,
  /** Counts the message's effects from 0. */
  n: seq,
  /** When its first attempt started, in milliseconds since 1970. */
  startedAt: time.optional(),
  effect: recordedEffect,
});

/** A handler threw, or refused a received message: the state is unchanged and the message is finished. */
const attemptFailed = z.object({
  kind: z.literal("attempt_failed"),
  messageId: name,
  message: recordedMessage.optional(),
  attempt: seq,
  error: recordedError,
  code: name,
});
export type AttemptFailedEntry = z.infer<typeof attemptFailed>;

/** The state was migrated to a newer version of its type. */
const migrated = z.object({ kind: z.literal("migrated"), from: seq, to: seq, state: value });
export type MigratedEntry = z.infer<typeof migrated>;

/** The actor starts as a fork of another one at a seq. */
const forked = z.object({
  kind: z.literal("forked"),
  from: z.object({ key: keyText, seq }),
  /** Absent if the other actor had no state yet. */
  state: value.optional(),
  version: seq,
  /** The time of the other actor's newest turn then. */
  turnTime: time,
  /** For a durable state: its first revision. */
  revision: seq.optional(),
  /** How many of the following entries come from a what-if; default 0. */
  whatIf: seq.optional(),
});
export type ForkedEntry = z.infer<typeof forked>;

/** A durable state whose history starts here: the state before the next entry. */
const adopted = z.object({ kind: z.literal("adopted"), revision: seq, state: value, version: seq, turnTime: time });

const entryBody = z.discriminatedUnion("kind", [turn, received, effect, attemptFailed, migrated, forked, adopted]);
export type EntryBody = z.infer<typeof entryBody>;

/** One entry of a journal. */
export const entry = z.object({
  /** Counts from 1 without gaps. */
  seq: seq.min(1),
  /** When it was handed to the store, in milliseconds since 1970. */
  at: time,
  /** How long its commit took, together with the rest of the batch, in milliseconds; absent if unknown. */
  durationMs: z.number().optional(),
  body: entryBody,
});
export type Entry = z.infer<typeof entry>;
