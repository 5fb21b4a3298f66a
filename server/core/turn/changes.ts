import type { Json, JsonObject } from "../../protocol/journal.ts";
import { addedOrMoved } from "../../protocol/list-diff.ts";
import { isObject, memberOf } from "../json/json.ts";

/** Maximum number of paths that describe a change. */
export const MAX_PATHS = 32;

type Path = (string | number)[];

/** The paths at which two states differ. `more` says that there are further ones. */
export interface Changes {
  paths: Path[];
  more: boolean;
}

/**
 * The paths at which `after` differs from `before`. Shared parts are skipped, so the cost is that of the change. For a
 * list, the added and moved items are reported, or the list itself if items were only removed.
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
  else add(path, found);
}

function collectMembers(before: JsonObject, after: JsonObject, path: Path, found: Changes): void {
  for (const name of Object.keys(before)) {
    const next = memberOf(after, name);
    if (!Object.is(before[name], next)) collect(before[name], next, [...path, name], found);
  }
  for (const name of Object.keys(after)) {
    if (!Object.hasOwn(before, name)) collect(undefined, after[name], [...path, name], found);
  }
}

function collectItems(before: readonly Json[], after: readonly Json[], path: Path, found: Changes): void {
  const moved = addedOrMoved(before, after);
  const inPlace = after.filter((item, i) => !Object.is(item, before[i])).length;
  if (before.length === after.length && inPlace <= moved.length) {
    for (const [i, item] of after.entries()) collect(before[i], item, [...path, i], found);
    return;
  }
  if (moved.length === 0) add(path, found);
  for (const i of moved) add([...path, i], found);
}

function add(path: Path, found: Changes): void {
  if (found.paths.length === MAX_PATHS) found.more = true;
  else found.paths.push(path);
}
