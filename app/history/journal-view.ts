import type { Page } from "../../server/protocol/actors.ts";
import type { Entry, EntryKind } from "../../server/protocol/journal.ts";
import { type Commands, commandsIn } from "../words/entries.ts";

/** The max number of entries of a window, and of cached commands. Older ones are on the server. */
export const MAX_WINDOW = 3000;
/** A gap of more seqs than this is not filled: the view restarts at the newest entries. */
const MAX_GAP = 2000;

/** A part of a journal without gaps: all entries (of one kind, if filtered) in a range of seqs. */
export interface JournalWindow {
  /** Newest first. */
  entries: readonly Entry[];
  /** The range that it covers; from 1 if nothing older is on the server. */
  from: number;
  upTo: number;
  /** The position of its first row among all rows ever shown: +1 for each added above, -1 for each removed. */
  top: number;
}

/**
 * What a page knows of a journal. `live` follows the head. `frozen` is shown instead while the user has paused or scrolled
 * away from the head.
 */
export interface JournalView {
  kind: EntryKind | null;
  live: JournalWindow | null;
  frozen: { window: JournalWindow; seen: Seen; isHeld: boolean } | null;
  /** The commands of messages that were received before their turns. */
  commands: Commands;
}

/** The end of the live window when it was last shown. */
type Seen = Pick<JournalWindow, "upTo" | "top">;

/** A view before the first read, of one kind of entry or of all. */
export function emptyView(kind: EntryKind | null): JournalView {
  return { kind, live: null, frozen: null, commands: new Map() };
}

/** The window to show; null before the first page. */
export function shown({ live, frozen }: JournalView): JournalWindow | null {
  return frozen?.window ?? live;
}

/**
 * What the view must read to follow a journal whose highest seq is `head`: the newest page, or the entries between. A
 * frozen view of one kind reads all entries between, to count them exactly.
 */
export function missing({ kind, live, frozen }: JournalView, head: number): "newest" | "between" | null {
  if (live === null) return "newest";
  if (live.upTo >= head) return null;
  const mayRestart = frozen === null || kind === null;
  return mayRestart && head - live.upTo > MAX_GAP ? "newest" : "between";
}

/** Takes the newest page, newest first, complete up to `head`. */
export function withNewest(view: JournalView, page: Page<Entry>, head: number): JournalView {
  const read = windowOf(page, Math.max(head, page.items[0]?.seq ?? 0), view.live?.top ?? 0);
  return withCommands({ ...view, live: read }, page.items);
}

/** Takes the page after `after`, oldest first, complete up to `head` unless the page is full. */
export function withBetween(view: JournalView, page: Page<Entry>, after: number, head: number): JournalView {
  const { live } = view;
  if (live === null || live.upTo < after) return view;
  return withCommands({ ...view, live: newer(live, page.items, endOf(page, head)) }, page.items);
}

/** Takes entries from the stream, oldest first and without gaps, if they connect to the known ones. */
export function withTail(view: JournalView, tail: readonly Entry[]): JournalView {
  const { live, kind } = view;
  const [oldest, newest] = [tail[0]?.seq, tail.at(-1)?.seq];
  if (live === null || oldest === undefined || newest === undefined) return view;
  if (oldest > live.upTo + 1 || newest <= live.upTo) return view;
  const wanted = kind === null ? tail : tail.filter(({ body }) => body.kind === kind);
  return withCommands({ ...view, live: newer(live, wanted, newest) }, tail);
}

/** Takes the page before `before`, newest first, if the shown window starts there. */
export function withOlder(view: JournalView, page: Page<Entry>, before: number): JournalView {
  const window = shown(view);
  if (window?.from !== before) return view;
  const all = [...window.entries, ...page.items];
  const entries = all.slice(-MAX_WINDOW);
  const dropped = all.length - entries.length;
  const upTo = dropped === 0 ? window.upTo : (entries[0]?.seq ?? window.upTo);
  return withCommands(showing(view, { entries, from: startOf(page), upTo, top: window.top - dropped }), page.items);
}

/** Takes the page after `after`, oldest first, if the frozen window ends there. */
export function withNewer(view: JournalView, page: Page<Entry>, after: number, head: number): JournalView {
  if (view.frozen?.window.upTo !== after) return view;
  return withCommands(showing(view, newer(view.frozen.window, page.items, endOf(page, head))), page.items);
}

/** Caches the commands of messages in `received` entries. */
export function withCommands(view: JournalView, entries: readonly Entry[]): JournalView {
  const found = [...commandsIn(entries)].filter(([id]) => !view.commands.has(id));
  if (found.length === 0) return view;
  return { ...view, commands: new Map([...view.commands, ...found].slice(-MAX_WINDOW)) };
}

/** Freezes the shown window. With `isHeld`, it stays frozen even at the head. */
export function freeze(view: JournalView, isHeld: boolean): JournalView {
  const { live } = view;
  if (live === null || view.frozen?.isHeld || (view.frozen !== null && !isHeld)) return view;
  return { ...view, frozen: { window: live, seen: seenOf(live), ...view.frozen, isHeld } };
}

/** Shows the live window again. */
export function resume(view: JournalView): JournalView {
  return view.frozen === null ? view : { ...view, frozen: null };
}

/** Shows another part of the journal, frozen: the page before `before`, newest first. */
export function withPart(view: JournalView, page: Page<Entry>, before: number): JournalView {
  const { live, frozen } = view;
  if (live === null) return view;
  const window = windowOf(page, before - 1, 0);
  const next = { window, seen: frozen?.seen ?? seenOf(live), isHeld: frozen?.isHeld ?? false };
  return withCommands({ ...view, frozen: next }, page.items);
}

/** Where the entry of a seq is; null before the first read. */
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

/** Whether the shown window reaches the head at which the view was frozen. */
export function isBack({ frozen }: JournalView): boolean {
  return frozen === null || frozen.window.upTo >= frozen.seen.upTo;
}

/** The number of entries since the view was frozen. Without a filter it follows from the seqs. */
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
  return { entries: page.items, from: startOf(page), upTo, top };
}

function startOf({ items, next }: Page<Entry>): number {
  return next === null ? 1 : (items.at(-1)?.seq ?? 1);
}

function endOf({ items, next }: Page<Entry>, head: number): number {
  const last = items.at(-1)?.seq ?? 0;
  return next === null ? Math.max(head, last) : last;
}

/** Adds the entries after a window, oldest first, so that it covers all up to `upTo`. Known ones are ignored. */
function newer(window: JournalWindow, entries: readonly Entry[], upTo: number): JournalWindow {
  const added = entries.filter(({ seq }) => seq > window.upTo).toReversed();
  const all = [...added, ...window.entries];
  const newest = all.slice(0, MAX_WINDOW);
  const from = newest.length === all.length ? window.from : (newest.at(-1)?.seq ?? window.from);
  return { entries: newest, from, upTo: Math.max(window.upTo, upTo), top: window.top + added.length };
}
