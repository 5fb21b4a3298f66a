import type { Json } from "../../protocol/json.ts";
import { unkept } from "../../protocol/unkept.ts";

/** The most paths that a change is told by. */
export const MAX_PATHS = 32;

type Path = (string | number)[];
type Container = Exclude<Json, null | boolean | number | string>;

/** The paths at which two states differ, and whether there were more than are told. */
export interface Changes {
  paths: Path[];
  more: boolean;
}

/**
 * The paths at which `after` differs from `before`. What both share is not looked into, so the cost is that of the
 * change. Of a list in which items moved, those are told that were put in or stand elsewhere among the others; the list
 * itself where items only went.
 */
export function changedPaths(before: Json, after: Json): Changes {
  const found: Changes = { paths: [], more: false };
  collect(before, after, [], found);
  return found;
}

function collect(before: Json | undefined, after: Json | undefined, path: Path, found: Changes): void {
  if (Object.is(before, after) || found.more) return;
  if (Array.isArray(before) && Array.isArray(after)) collectItems(before, after, path, found);
  else if (isObject(before) && isObject(after)) collectMembers(before, after, path, found);
  else tell(path, found);
}

function collectMembers(before: Container, after: Container, path: Path, found: Changes): void {
  for (const name of Object.keys(before)) {
    const [was, is] = [member(before, name), member(after, name)];
    if (!Object.is(was, is)) collect(was, is, [...path, name], found);
  }
  for (const name of Object.keys(after)) {
    if (!Object.hasOwn(before, name)) collect(undefined, member(after, name), [...path, name], found);
  }
}

function collectItems(before: readonly Json[], after: readonly Json[], path: Path, found: Changes): void {
  const moved = unkept(before, after);
  const inPlace = after.filter((item, i) => !Object.is(item, before[i])).length;
  if (before.length === after.length && inPlace <= moved.length) {
    for (const [i, item] of after.entries()) collect(before[i], item, [...path, i], found);
    return;
  }
  if (moved.length === 0) tell(path, found);
  for (const i of moved) tell([...path, i], found);
}

function tell(path: Path, found: Changes): void {
  if (found.paths.length === MAX_PATHS) found.more = true;
  else found.paths.push(path);
}

function isObject(value: Json | undefined): value is Container {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function member(container: object, name: string): Json | undefined {
  return Object.hasOwn(container, name) ? (container as Record<string, Json>)[name] : undefined;
}
