import { z } from "zod";
import { MAX_EXPORTED } from "./bounds.ts";
import { name, recordedEffect, recordedMessage, seq, time, value } from "./entries.ts";
import type { Head } from "./fold.ts";

/**
 * A history file is NDJSON in UTF-8: a `HistoryHeader`, one `Entry` a line in the order of their seqs, and a
 * `HistoryEnd`. Without the last line the file is incomplete. Each line ends with a line feed.
 */
export const FORMAT = "greenroom-history";
/** The format version that is written, and the newest that can be read. */
export const FORMAT_VERSION = 1;
/** Maximum length of a line, in bytes: a state of 16 MB, and a message with the results of its effects. */
export const MAX_FILE_LINE = 64 * 1024 * 1024;

const head: z.ZodType<Head> = z.object({
  seq,
  state: value.optional(),
  version: seq,
  turnTime: time,
  open: z.object({ message: recordedMessage, effects: z.array(recordedEffect) }).nullable(),
}) as never;

const key = z.array(name).min(1).max(8).readonly();

/** The first line of a file: the actor, the range, and the actor's state before it. */
export const historyHeader = z
  .object({
    format: z.literal(FORMAT),
    version: z.literal(FORMAT_VERSION),
    type: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, "not the name of a type"),
    /** The names of the key's segments. */
    names: key,
    key,
    /** The first and the last entry of the file. */
    from: seq.min(1),
    to: seq.min(1),
    /** The first and the last entry of the journal at the time of the export. */
    begins: seq,
    head: seq,
    /** The version of the type's state, and the digest of its code, at the time of the export. */
    stateVersion: seq,
    code: name,
    /** ISO, UTC. */
    exportedAt: z.iso.datetime(),
    /** The actor of the same type that it was forked from, if any. */
    forkedFrom: z.object({ key, seq }).nullable(),
    /** The actor before the first entry. */
    base: head,
  })
  .refine(({ from, to }) => to >= from && to - from < MAX_EXPORTED, "from and to are not the ends of a range")
  .refine(({ from, base }) => base.seq === from - 1, "base is not the state before the first entry")
  .refine(({ names, key }) => names.length === key.length, "the key does not have the segments of names");
export type HistoryHeader = z.infer<typeof historyHeader>;

/** The last line of a file: the number of entries, and the SHA-256 of all bytes before this line, in hex digits. */
export const historyEnd = z.strictObject({ count: seq, sha256: z.string().regex(/^[0-9a-f]{64}$/) });
export type HistoryEnd = z.infer<typeof historyEnd>;

/** The range to export; the whole retained history by default. */
export const exportRange = z
  .strictObject({ from: z.coerce.number().int().min(1).optional(), to: z.coerce.number().int().min(1).optional() })
  .refine(({ from = 1, to = Number.MAX_SAFE_INTEGER }) => from <= to, "from is after to");
export type ExportRange = z.infer<typeof exportRange>;

/** The name of a file. It uses the key's text form, which has no characters that file systems treat specially. */
export function fileName(type: string, keyText: string, { from, to }: ExportRange): string {
  const range = from === undefined && to === undefined ? "" : `-${from ?? "start"}-${to ?? "end"}`;
  return `${type}-${keyText.replaceAll(":", "+").slice(0, 120)}${range}.history.ndjson`;
}
