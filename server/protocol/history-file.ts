import { z } from "zod";
import { MAX_EXPORTED } from "./bounds.ts";
import type { Head } from "./fold.ts";
import type { RecordedMessage } from "./journal.ts";

/**
 * A history as a file is NDJSON in UTF-8: a `HistoryHeader`, an `Entry` a line in the order of their seqs, and a
 * `HistoryEnd`, without which the file was cut. Each line ends with a line feed.
 */
export const FORMAT = "greenroom-history";
/** The version of the format that is written, and the newest that is read. */
export const FORMAT_VERSION = 1;
/** The largest file that the console opens, in bytes. */
export const MAX_FILE = 500 * 1024 * 1024;
/** The longest line that is read, in bytes: a state of 16 MB, and a message with the results of its effects. */
export const MAX_FILE_LINE = 64 * 1024 * 1024;

/** The last time that a `Date` can tell, in milliseconds since 1970. */
const END_OF_DATES = 8.64e15;

/** A number of an entry; 0 stands for the begin. */
export const seq = z.number().int().min(0);
/** A time in milliseconds since 1970. */
export const time = z.number().min(0).max(END_OF_DATES);
/** A short text: a name, or an id. */
export const name = z.string().max(1_024);
/** A value that is kept as it is. */
export const value = z.custom<never>((given) => given !== undefined, "a value is missing");

const sender = z.union([
  z.object({ type: name, key: z.string().max(4_096), messageId: name }),
  z.object({ reminder: name }),
  z.object({ resends: name }),
]);

/** A message as the journal keeps it. */
export const recordedMessage: z.ZodType<RecordedMessage> = z.object({
  id: name,
  command: name,
  payload: value,
  now: time,
  idempotencyKey: name.optional(),
  from: sender.optional(),
}) as never;

/** An effect that is over. */
export const recordedEffect = z.union([
  z.object({ name, attempts: seq, result: value }),
  z.object({ name, attempts: seq, error: z.object({ name, message: z.string() }) }),
]);

const head = z.object({
  seq,
  state: value.optional(),
  version: seq,
  turnTime: time,
  open: z.object({ message: recordedMessage, effects: z.array(recordedEffect) }).nullable(),
});

/** The first line of a file: whose history it is, and what the actor was before the first entry. */
export interface HistoryHeader {
  format: typeof FORMAT;
  version: number;
  type: string;
  /** The names of the key's segments, and the segments. */
  names: readonly string[];
  key: readonly string[];
  /** The first entry and the last one of the file. */
  from: number;
  to: number;
  /** The ends of the journal when the file was made. */
  begins: number;
  head: number;
  /** What ran then: the version of the type's state, and the digest of its code. Each entry has its own. */
  stateVersion: number;
  code: string;
  /** ISO, UTC. */
  exportedAt: string;
  /** Which actor of the type it began as, where it is a fork. */
  forkedFrom: { key: readonly string[]; seq: number } | null;
  /** What the actor was before the first entry. */
  base: Head;
}

const key = z.array(name).min(1).max(8);

/** Checks what a header says, once format and version are known to fit. */
export const historyHeader: z.ZodType<HistoryHeader> = z
  .object({
    format: z.literal(FORMAT),
    version: z.literal(FORMAT_VERSION),
    type: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, "not the name of a type"),
    names: key,
    key,
    from: seq.min(1),
    to: seq.min(1),
    begins: seq,
    head: seq,
    stateVersion: seq,
    code: name,
    exportedAt: z.iso.datetime(),
    forkedFrom: z.object({ key, seq }).nullable(),
    base: head,
  })
  .refine(({ from, to }) => to >= from && to - from < MAX_EXPORTED, "from and to are not the ends of a range")
  .refine(({ from, base }) => base.seq === from - 1, "base is not what was before the first entry")
  .refine(({ names, key }) => names.length === key.length, "the key has other segments than names") as never;

/** The last line of a file: how many entries it has, and the SHA-256 of all bytes before this line, in hex digits. */
export const historyEnd = z.strictObject({ count: seq, sha256: z.string().regex(/^[0-9a-f]{64}$/) });
export type HistoryEnd = z.infer<typeof historyEnd>;

/** Which entries a file is to have: all that are kept, unless told. */
export const exportRange = z
  .strictObject({ from: z.coerce.number().int().min(1).optional(), to: z.coerce.number().int().min(1).optional() })
  .refine(({ from = 1, to = Number.MAX_SAFE_INTEGER }) => from <= to, "from is after to");
export type ExportRange = z.infer<typeof exportRange>;

/** What a file is called: of an actor by its key's text form, in which no file system finds anything special. */
export function fileName(type: string, keyText: string, { from, to }: ExportRange): string {
  const range = from === undefined && to === undefined ? "" : `-${from ?? "begin"}-${to ?? "end"}`;
  return `${type}-${keyText.replaceAll(":", "+").slice(0, 120)}${range}.history.ndjson`;
}
