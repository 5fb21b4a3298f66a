import { z } from "zod";
import type { Head } from "./fold.ts";
import type { Entry, EntryKind } from "./journal.ts";
import type { Json } from "./json.ts";

/**
 * A part of a journal to step through: the actor as it was at `base.seq`, and all entries after that, without gaps. The
 * state at any of them is a fold.
 */
export interface PastWindow {
  base: Head;
  entries: Entry[];
}

/** How far the making of a state has come, in seqs; `from` is that of the checkpoint it began with, or of the begin. */
export interface FoldProgress {
  from: number;
  folded: number;
  wanted: number;
}

/** One line of the answer to a question for a window: any number of the first kind, then one of another. */
export type PastLine = { progress: FoldProgress } | { window: PastWindow };

/** Which window is wanted: the one that has the entry of a seq; of 0, the one that the journal begins with. */
export const pastQuery = z.object({ at: z.coerce.number().int().min(0) });

/** Which state is wanted: at a seq, or at a time (ISO, UTC); without either the newest. */
export const stateQuery = z
  .strictObject({ at: z.coerce.number().int().min(0).optional(), time: z.iso.datetime().optional() })
  .refine(({ at, time }) => at === undefined || time === undefined, "say at or time, not both");

/** How many entries of each kind a stretch of a journal has, from `seq` on; the first was committed at `at`. */
export interface Stretch {
  seq: number;
  at: number;
  kinds: Partial<Record<EntryKind, number>>;
}

/** A journal as a whole. */
export interface Timeline {
  /** The first seq that is kept, and the last; both 0 where there is none. */
  begins: number;
  head: number;
  /** Stretches of the same length, in seqs. Of a long one only the first entries were counted, and what that makes of all is told. */
  width: number;
  stretches: Stretch[];
  /** Seqs, newest first: at most `MAX_MARKS` of each. */
  checkpoints: number[];
  failures: number[];
}

/** The most checkpoints, and the most failures, that a timeline tells. */
export const MAX_MARKS = 2_000;

/** A path as a JSON pointer: `/items/0/name`; the empty text is the whole state. */
const pointer = z
  .string()
  .max(1_024)
  .regex(/^(\/([^~/]|~[01])*)*$/, "a JSON pointer such as /items/0");

/** Whose changes are wanted: the value's at a path, of entries below `before`, newest first. */
export const changesQuery = z.object({
  path: pointer,
  before: z.coerce.number().int().min(1).optional(),
});
export type ChangesQuery = z.infer<typeof changesQuery>;

/** An entry that changed the value at a path, and what brought it. */
export interface PathChange {
  seq: number;
  at: number;
  kind: EntryKind;
  /** Null where no message did it. */
  messageId: string | null;
  command: string | null;
  /** The value before and after as JSON text, cut after so many characters; null where there was none. */
  was: string | null;
  is: string | null;
}

/** The steps of a JSON pointer. */
export function stepsOf(path: string): string[] {
  return path
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** The value at a path; undefined where there is none. */
export function valueAt(value: Json | undefined, path: readonly (string | number)[]): Json | undefined {
  let found: Json | undefined = value;
  for (const step of path) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, step)) return undefined;
    found = found[step as never];
  }
  return found;
}

/** Where an actor came from, and the newest of those that came from it; keys in their text form. Times in milliseconds. */
export interface Lineage {
  parent: { keyText: string; seq: number } | null;
  forks: { keyText: string; seq: number; at: number }[];
}

/** Where checkpoints are wanted: above a seq; everywhere unless told. */
export const checkpointsRequest = z.strictObject({ after: z.number().int().min(0).default(0) });

/** Checkpoints that were written, by their seqs; where to go on, null when none is missing; and the journal's end. */
export interface CheckpointsWritten {
  seqs: number[];
  next: number | null;
  head: number;
}

/** A moment of an actor to be kept as a new one: under which key. */
export const forkRequest = z.strictObject({
  at: z.number().int().min(1),
  key: z.array(z.string()).min(1).max(8),
});
export type ForkRequest = z.infer<typeof forkRequest>;
