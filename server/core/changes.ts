import type { Json } from "../protocol/json.ts";

/** The most paths that a change is told by. */
export const MAX_PATHS = 32;

/** The paths at which two states differ, and whether there were more than are told. */
export interface Changes {
  paths: (string | number)[][];
  more: boolean;
}

/**
 * The paths at which `after` differs from `before`. What both share is not looked into, so the cost is that of the
 * change. A list whose length changed is told as one path.
 */
export function changedPaths(before: Json, after: Json): Changes {
  const found: Changes = { paths: [], more: false };
  collect(before, after, [], found);
  return found;
}

function collect(before: Json | undefined, after: Json | undefined, path: (string | number)[], found: Changes): void {
  if (Object.is(before, after) || found.more) return;
  if (isContainer(before) && isContainer(after) && sameShape(before, after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    for (const name of names) {
      const step = Array.isArray(after) ? Number(name) : name;
      collect(member(before, name), member(after, name), [...path, step], found);
    }
    return;
  }
  if (found.paths.length === MAX_PATHS) found.more = true;
  else found.paths.push(path);
}

function sameShape(before: object, after: object): boolean {
  if (!Array.isArray(before)) return !Array.isArray(after);
  return Array.isArray(after) && before.length === after.length;
}

function isContainer(value: Json | undefined): value is Exclude<Json, null | boolean | number | string> {
  return typeof value === "object" && value !== null;
}

function member(container: object, name: string): Json | undefined {
  return Object.hasOwn(container, name) ? (container as Record<string, Json>)[name] : undefined;
}
