import { z } from "zod";
import type { Page } from "./actors.ts";
import { fold, type Head } from "./fold.ts";
import type { Entry, EntryKind, Json, Patch } from "./journal.ts";

/**
 * A part of a journal: the actor at `base.seq`, and all entries after that, without gaps. Folding them gives the state
 * at each entry.
 */
export interface PastWindow {
  base: Head;
  entries: Entry[];
}

/** The progress of folding a state, in seqs. `from` is the seq of the checkpoint it started from. */
export interface FoldProgress {
  from: number;
  folded: number;
  wanted: number;
}

/** One line of the response to a request for a window: any number of the first kind, then one of the second. */
export type PastLine = { progress: FoldProgress } | { window: PastWindow };

/** Selects the window that contains a seq; for 0, the first window. */
export const pastQuery = z.strictObject({ at: z.coerce.number().int().min(0) });

/** Selects the state at a seq or at a time (ISO, UTC); the newest by default. */
export const stateQuery = z
  .strictObject({ at: z.coerce.number().int().min(0).optional(), time: z.iso.datetime().optional() })
  .refine(({ at, time }) => at === undefined || time === undefined, "use either at or time, not both");

/**
 * The number of entries of each kind in a stretch of a journal that starts at `seq`, whose entry was committed at `at`.
 */
export interface Stretch {
  seq: number;
  at: number;
  kinds: Partial<Record<EntryKind, number>>;
}

/** An overview of a journal. */
export interface Timeline {
  /** The first and the last stored seq; both 0 if there is none. */
  begins: number;
  head: number;
  /**
   * Stretches of the same length, in seqs. For a long journal the counts are extrapolated from the first entries of
   * each.
   */
  width: number;
  stretches: Stretch[];
  /** Seqs, newest first; at most `MAX_MARKS` of each. */
  checkpoints: number[];
  failures: number[];
}

/** Maximum number of checkpoints, and of failures, in a timeline. */
export const MAX_MARKS = 2_000;

/** A path as a JSON pointer: `/items/0/name`. The empty text is the whole state. */
const pointer = z
  .string()
  .max(1_024)
  .regex(/^(\/([^~/]|~[01])*)*$/, "must be a JSON pointer such as /items/0");

/** Selects the changes of the value at a path, in entries below `before`, newest first. */
export const changesQuery = z.strictObject({
  path: pointer,
  before: z.coerce.number().int().min(1).optional(),
});
export type ChangesQuery = z.infer<typeof changesQuery>;

/** An entry that changed the value at a path, and its message. */
export interface PathChange {
  seq: number;
  at: number;
  kind: EntryKind;
  /** Null if no message caused the change. */
  messageId: string | null;
  command: string | null;
  /** The value before and after, as truncated JSON text; null if it did not exist. */
  was: string | null;
  is: string | null;
}

/** Splits a JSON pointer into steps. */
export function stepsOf(path: string): string[] {
  return path
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** Returns the value at a path; undefined if there is none. */
export function valueAt(value: Json | undefined, path: readonly (string | number)[]): Json | undefined {
  let found: Json | undefined = value;
  for (const step of path) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, step)) return undefined;
    found = found[step as never];
  }
  return found;
}

/** The parent of a fork, and an actor's newest forks. Keys are in their text form, times in milliseconds. */
export interface Lineage {
  parent: { keyText: string; seq: number } | null;
  forks: { keyText: string; seq: number; at: number }[];
}

/** Writes checkpoints above a seq; default everywhere. */
export const checkpointsRequest = z.strictObject({ after: z.number().int().min(0).default(0) });

/** The seqs of the written checkpoints, the seq to continue at (null if none is missing), and the journal's end. */
export interface CheckpointsWritten {
  seqs: number[];
  next: number | null;
  head: number;
}

/** Creates a new actor with this key from the actor at a seq. */
export const forkRequest = z.strictObject({
  at: z.number().int().min(1),
  key: z.array(z.string()).min(1).max(8),
});
export type ForkRequest = z.infer<typeof forkRequest>;

/** Changes on a page, and the windows searched for them. A page can have fewer changes although more follow. */
const PAGE = 100;
const MAX_WINDOWS = 20;
/** Maximum length of a value, in characters. */
const MAX_TEXT = 500;

/**
 * Returns the entries that changed the value at a path, newest first, one page at a time. An insertion into a list
 * changes the items after it.
 * @param window returns the window that contains an entry
 * @param range the first stored seq, and the seq below which to search
 */
export async function changesOf(
  window: (at: number) => Promise<PastWindow>,
  path: readonly string[],
  { begins, before }: { begins: number; before: number },
): Promise<Page<PathChange>> {
  const items: PathChange[] = [];
  let at = before - 1;
  for (let looked = 0; at >= begins && looked < MAX_WINDOWS; looked++) {
    const { base, entries } = await window(at);
    const from = base.seq;
    const found = changesWithin(
      base,
      entries.filter(({ seq }) => seq <= at),
      path,
    ).reverse();
    items.push(...found.slice(0, PAGE - items.length));
    at = items.length === PAGE ? (items.at(-1)?.seq ?? 1) - 1 : from;
    if (items.length === PAGE) break;
  }
  return { items, next: at >= begins ? String(at + 1) : null };
}

/** Oldest first. Modifies the head. */
function changesWithin(head: Head, entries: readonly Entry[], path: readonly string[]): PathChange[] {
  const changes: PathChange[] = [];
  let before = textAt(head, path);
  for (const entry of entries) {
    const message = messageOf(head, entry);
    fold(head, [entry]);
    if (!mayTouch(entry, path)) continue;
    const after = textAt(head, path);
    if (after === before) continue;
    const { seq, at, body } = entry;
    changes.push({ seq, at, kind: body.kind, ...message, was: cut(before), is: cut(after) });
    before = after;
  }
  return changes;
}

function messageOf({ open }: Head, { body }: Entry): Pick<PathChange, "messageId" | "command"> {
  if (!("messageId" in body)) return { messageId: null, command: null };
  const message = "message" in body ? body.message : undefined;
  return { messageId: body.messageId, command: (message ?? open?.message)?.command ?? null };
}

/** Whether an entry can have changed the value: it changes the value itself, a parent, or an item of the same list. */
function mayTouch({ body }: Entry, path: readonly string[]): boolean {
  if (!("messageId" in body)) return true;
  if (body.kind !== "turn") return false;
  return body.state !== undefined || (body.patches ?? []).some((patch) => isNear(patch, path));
}

function isNear({ path: changed }: Patch, path: readonly string[]): boolean {
  const shared = Math.min(changed.length - 1, path.length);
  return changed.slice(0, shared).every((step, i) => String(step) === path[i]);
}

function textAt({ state }: Head, path: readonly string[]): string | null {
  const value = valueAt(state, path);
  return value === undefined ? null : JSON.stringify(value);
}

function cut(text: string | null): string | null {
  return text === null || text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}…`;
}
