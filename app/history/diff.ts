import type { Json } from "../../server/protocol/journal.ts";
import { addedOrMoved } from "../../server/protocol/list-diff.ts";
import type { Path } from "../tree/tree.ts";

/** One difference between two values. Inserting, removing or moving a list item is one change. */
export type Change =
  | { kind: "added"; path: Path; is: Json }
  | { kind: "removed"; path: Path; was: Json }
  | { kind: "changed"; path: Path; was: Json; is: Json }
  | { kind: "moved"; path: Path; from: number; is: Json };

/**
 * The differences of two values. List items are equal if their JSON is. Others are matched by `id`, or if they are in the
 * same gap between unchanged items. The path of a removed item has its old index, all other paths have the new one.
 */
export function diff(before: Json, after: Json): Change[] {
  const changes: Change[] = [];
  compare(before, after, [], changes);
  return changes;
}

function compare(was: Json, is: Json, path: Path, changes: Change[]): void {
  if (was === is) return;
  if (Array.isArray(was) && Array.isArray(is)) compareLists(was as Json[], is as Json[], path, changes);
  else if (isObject(was) && isObject(is)) compareObjects(was, is, path, changes);
  else changes.push({ kind: "changed", path, was, is });
}

function compareObjects(was: Members, is: Members, path: Path, changes: Change[]): void {
  for (const [name, value] of Object.entries(was)) {
    const inner = [...path, name];
    if (Object.hasOwn(is, name)) compare(value, is[name] as Json, inner, changes);
    else changes.push({ kind: "removed", path: inner, was: value });
  }
  for (const [name, value] of Object.entries(is)) {
    if (!Object.hasOwn(was, name)) changes.push({ kind: "added", path: [...path, name], is: value });
  }
}

function compareLists(was: readonly Json[], is: readonly Json[], path: Path, changes: Change[]): void {
  const [before, after] = [was.map(text), is.map(text)];
  const loose = addedOrMoved(before, after);
  const left = looseBefore(before, after, loose);
  const indexes = indexesOf(before, left);
  const gone = new Set(left);
  const fresh: number[] = [];
  for (const at of loose) {
    const from = indexes.get(after[at] as string)?.shift();
    if (from === undefined) fresh.push(at);
    else {
      gone.delete(from);
      changes.push({ kind: "moved", path: [...path, at], from, is: is[at] as Json });
    }
  }
  const partners = pair({ was, is }, [...gone], fresh, loose);
  for (const at of fresh) {
    const from = partners.get(at);
    if (from === undefined) changes.push({ kind: "added", path: [...path, at], is: is[at] as Json });
    else compare(was[from] as Json, is[at] as Json, [...path, at], changes);
    if (from !== undefined) gone.delete(from);
  }
  for (const from of gone) changes.push({ kind: "removed", path: [...path, from], was: was[from] as Json });
}

/** The indexes in `before` of the items that did not stay in order. */
function looseBefore(before: readonly string[], after: readonly string[], loose: readonly number[]): number[] {
  const moved = new Set(loose);
  const stayed = after.filter((_, at) => !moved.has(at));
  let next = 0;
  // Matches from the front; which of equal items stays does not matter.
  return before.flatMap((item, at) => {
    if (item !== stayed[next]) return [at];
    next += 1;
    return [];
  });
}

function indexesOf(items: readonly string[], at: readonly number[]): Map<string, number[]> {
  const indexes = new Map<string, number[]>();
  for (const index of at) {
    const item = items[index] as string;
    indexes.set(item, [...(indexes.get(item) ?? []), index]);
  }
  return indexes;
}

/** The old index of each new item that has a counterpart. */
function pair(
  { was, is }: { was: readonly Json[]; is: readonly Json[] },
  gone: readonly number[],
  fresh: readonly number[],
  loose: readonly number[],
): Map<number, number> {
  const partners = new Map<number, number>();
  const byId = new Map(gone.flatMap((from) => (idOf(was[from]) === undefined ? [] : [[idOf(was[from]), from]])));
  for (const at of fresh) {
    const from = byId.get(idOf(is[at]));
    if (from === undefined) continue;
    partners.set(at, from);
    byId.delete(idOf(is[at]));
  }
  const taken = new Set(partners.values());
  const ofGap = gapsOf(gone);
  const others = new Map<number, number[]>();
  for (const from of gone) if (!taken.has(from)) others.set(ofGap(from), [...(others.get(ofGap(from)) ?? []), from]);
  const gapAfter = gapsOf(loose);
  for (const at of fresh) {
    if (partners.has(at)) continue;
    const candidates = others.get(gapAfter(at));
    const from = candidates?.find((index) => isAlike(was[index], is[at]));
    if (candidates === undefined || from === undefined) continue;
    candidates.splice(candidates.indexOf(from), 1);
    partners.set(at, from);
  }
  return partners;
}

/** For an item that did not stay, the number of items before it that did. */
function gapsOf(loose: readonly number[]): (at: number) => number {
  const order = new Map(loose.map((at, i) => [at, at - i]));
  return (at) => order.get(at) ?? at;
}

function isAlike(was: Json | undefined, is: Json | undefined): boolean {
  if (idOf(was) !== undefined || idOf(is) !== undefined) return idOf(was) === idOf(is);
  return Array.isArray(was) === Array.isArray(is) && typeof was === typeof is;
}

function idOf(value: Json | undefined): Json | undefined {
  return isObject(value) && Object.hasOwn(value, "id") ? value.id : undefined;
}

type Members = Record<string, Json>;

function isObject(value: Json | undefined): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(value: Json): string {
  return JSON.stringify(value);
}
