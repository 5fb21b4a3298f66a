import type { Page } from "./actors.ts";
import { fold, type Head } from "./fold.ts";
import type { Entry, Patch } from "./journal.ts";
import { type PastWindow, type PathChange, valueAt } from "./past.ts";

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
