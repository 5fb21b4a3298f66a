import type { Page } from "../../server/protocol/actors.ts";
import type { Entry, EntryKind } from "../../server/protocol/journal.ts";
import { type Commands, commandsIn } from "../words/entries.ts";

/** The most entries that a window holds, and the most commands that are remembered: older ones are on the server. */
export const MAX_WINDOW = 3000;
/** A hole of more seqs than this is not filled: the view begins anew at the newest entries. */
const MAX_HOLE = 2000;

/** A part of a journal without a hole: all its entries (of one kind, where only those are wanted) in a range of seqs. */
export interface JournalWindow {
  /** Newest first. */
  entries: readonly Entry[];
  /** The range that it covers. From 1, when nothing older is on the server. */
  from: number;
  upTo: number;
  /** Where its first row lies among all rows ever shown: +1 for each put above it, -1 for each taken off. */
  top: number;
}

/**
 * What a page knows of a journal. `live` follows the head. While `frozen` is set that one is shown instead: whoever
 * scrolls away from the head, or pauses, looks at something that does not move.
 */
export interface JournalView {
  kind: EntryKind | null;
  live: JournalWindow | null;
  frozen: { window: JournalWindow; seen: Seen; isHeld: boolean } | null;
  /** The commands of messages that were received before their turns. */
  commands: Commands;
}

/** How far a live window had come when it was last shown. */
type Seen = Pick<JournalWindow, "upTo" | "top">;

/** A view of a journal of which nothing was read yet; of one kind of entry, or of all. */
export function emptyView(kind: EntryKind | null): JournalView {
  return { kind, live: null, frozen: null, commands: new Map() };
}

/** What is to be shown; null before the first page is there. */
export function shown({ live, frozen }: JournalView): JournalWindow | null {
  return frozen?.window ?? live;
}

/**
 * What has to be read for the view to follow a journal whose highest seq is `head`: its newest page, or what lies
 * between. Who counts entries of one kind while frozen reads all that lies between, or the count would not be exact.
 */
export function missing({ kind, live, frozen }: JournalView, head: number): "newest" | "between" | null {
  if (live === null) return "newest";
  if (live.upTo >= head) return null;
  const mayBeginAnew = frozen === null || kind === null;
  return mayBeginAnew && head - live.upTo > MAX_HOLE ? "newest" : "between";
}

/** The newest page of a journal has been read: newest first, and with all up to `head`. */
export function withNewest(view: JournalView, page: Page<Entry>, head: number): JournalView {
  const read = windowOf(page, Math.max(head, page.items[0]?.seq ?? 0), view.live?.top ?? 0);
  return withCommands({ ...view, live: read }, page.items);
}

/** What comes after `after` has been read: oldest first, and unless the page is full with all up to `head`. */
export function withBetween(view: JournalView, page: Page<Entry>, after: number, head: number): JournalView {
  const { live } = view;
  if (live === null || live.upTo < after) return view;
  return withCommands({ ...view, live: newer(live, page.items, endOf(page, head)) }, page.items);
}

/** The stream told of entries, oldest first and without a hole. They are taken if they reach what is known. */
export function withTail(view: JournalView, tail: readonly Entry[]): JournalView {
  const { live, kind } = view;
  const [oldest, newest] = [tail[0]?.seq, tail.at(-1)?.seq];
  if (live === null || oldest === undefined || newest === undefined) return view;
  if (oldest > live.upTo + 1 || newest <= live.upTo) return view;
  const wanted = kind === null ? tail : tail.filter(({ body }) => body.kind === kind);
  return withCommands({ ...view, live: newer(live, wanted, newest) }, tail);
}

/** The page before `before`, where what is shown begins, has been read, newest first. */
export function withOlder(view: JournalView, page: Page<Entry>, before: number): JournalView {
  const window = shown(view);
  if (window?.from !== before) return view;
  const all = [...window.entries, ...page.items];
  const entries = all.slice(-MAX_WINDOW);
  const dropped = all.length - entries.length;
  const upTo = dropped === 0 ? window.upTo : (entries[0]?.seq ?? window.upTo);
  return withCommands(showing(view, { entries, from: beginOf(page), upTo, top: window.top - dropped }), page.items);
}

/** The page after `after`, where what is shown ends while it is frozen, has been read, oldest first. */
export function withNewer(view: JournalView, page: Page<Entry>, after: number, head: number): JournalView {
  if (view.frozen?.window.upTo !== after) return view;
  return withCommands(showing(view, newer(view.frozen.window, page.items, endOf(page, head))), page.items);
}

/** Remembers what entries tell of messages: of the newest told. */
export function withCommands(view: JournalView, entries: readonly Entry[]): JournalView {
  const found = [...commandsIn(entries)].filter(([id]) => !view.commands.has(id));
  if (found.length === 0) return view;
  return { ...view, commands: new Map([...view.commands, ...found].slice(-MAX_WINDOW)) };
}

/** Stops what is shown. `isHeld` says that it was asked for: then it also stays so at the head. */
export function freeze(view: JournalView, isHeld: boolean): JournalView {
  const { live } = view;
  if (live === null || view.frozen?.isHeld || (view.frozen !== null && !isHeld)) return view;
  return { ...view, frozen: { window: live, seen: seenOf(live), ...view.frozen, isHeld } };
}

/** Shows the head again. */
export function resume(view: JournalView): JournalView {
  return view.frozen === null ? view : { ...view, frozen: null };
}

/** Another part of the journal has been read, to be shown standing still: the page before `before`, newest first. */
export function withPart(view: JournalView, page: Page<Entry>, before: number): JournalView {
  const { live, frozen } = view;
  if (live === null) return view;
  const window = windowOf(page, before - 1, 0);
  const next = { window, seen: frozen?.seen ?? seenOf(live), isHeld: frozen?.isHeld ?? false };
  return withCommands({ ...view, frozen: next }, page.items);
}

/** Where an entry of a seq is to be looked for; null while nothing was read. */
export function locate(view: JournalView, seq: number): "shown" | "live" | "ahead" | "elsewhere" | null {
  const { live } = view;
  if (live === null) return null;
  if (covers(shown(view), seq)) return "shown";
  if (seq > live.upTo) return "ahead";
  return covers(live, seq) ? "live" : "elsewhere";
}

function covers(window: JournalWindow | null, seq: number): boolean {
  return window !== null && window.from <= seq && seq <= window.upTo;
}

/** Whether what is shown goes as far as the head did when it was left: what follows there came since. */
export function isBack({ frozen }: JournalView): boolean {
  return frozen === null || frozen.window.upTo >= frozen.seen.upTo;
}

/** How many entries came since the view was frozen. Without a filter seqs say it, whether they were read or not. */
export function unseen({ kind, live, frozen }: JournalView, head: number): number {
  if (live === null || frozen === null) return 0;
  return kind === null ? head - frozen.seen.upTo : live.top - frozen.seen.top;
}

function showing(view: JournalView, window: JournalWindow): JournalView {
  return view.frozen === null ? { ...view, live: window } : { ...view, frozen: { ...view.frozen, window } };
}

function seenOf({ upTo, top }: JournalWindow): Seen {
  return { upTo, top };
}

function windowOf(page: Page<Entry>, upTo: number, top: number): JournalWindow {
  return { entries: page.items, from: beginOf(page), upTo, top };
}

function beginOf({ items, next }: Page<Entry>): number {
  return next === null ? 1 : (items.at(-1)?.seq ?? 1);
}

function endOf({ items, next }: Page<Entry>, head: number): number {
  const last = items.at(-1)?.seq ?? 0;
  return next === null ? Math.max(head, last) : last;
}

/** A window and the entries after it, oldest first, so that it covers all up to `upTo`. What it has already is left. */
function newer(window: JournalWindow, reported: readonly Entry[], upTo: number): JournalWindow {
  const added = reported.filter(({ seq }) => seq > window.upTo).toReversed();
  const all = [...added, ...window.entries];
  const entries = all.slice(0, MAX_WINDOW);
  const from = entries.length === all.length ? window.from : (entries.at(-1)?.seq ?? window.from);
  return { entries, from, upTo: Math.max(window.upTo, upTo), top: window.top + added.length };
}
