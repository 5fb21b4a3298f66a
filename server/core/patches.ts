import type { Patch } from "../protocol/journal.ts";
import type { Json } from "../protocol/json.ts";

type Container = Json[] | Record<string, Json>;

/**
 * The patches that lead from one state to the next, and that also give each object's members their order: a patch says
 * nothing of it, and whoever takes an object's first member for its oldest would take another one after a recovery.
 * What stands elsewhere, since it was deleted and set again, is removed and added once more.
 */
export function withOrder(before: Json, after: Json, patches: readonly Patch[]): Patch[] {
  const found = [...patches];
  if (isContainer(before) && isContainer(after)) reorder(before, after, [], namesByObject(patches), found);
  return found;
}

/** The names of the members that have patches, in the order of these, by the object's path as JSON. */
function namesByObject(patches: readonly Patch[]): Map<string, string[]> {
  const names = new Map<string, string[]>();
  for (const { path } of patches) {
    const object = JSON.stringify(path.slice(0, -1));
    const own = names.get(object);
    if (own === undefined) names.set(object, [String(path.at(-1))]);
    else own.push(String(path.at(-1)));
  }
  return names;
}

/** What both states share is not looked into, so the cost is that of the change. */
function reorder(
  before: Container,
  after: Container,
  path: Patch["path"],
  patchedNames: ReadonlyMap<string, string[]>,
  found: Patch[],
): void {
  const within = (was: Json | undefined, is: Json | undefined, step: string | number) => {
    if (was !== is && isContainer(was) && isContainer(is)) reorder(was, is, [...path, step], patchedNames, found);
  };
  if (Array.isArray(before) || Array.isArray(after)) {
    if (!Array.isArray(before) || !Array.isArray(after)) return;
    for (let i = 0; i < after.length; i++) within(before[i], after[i], i);
    return;
  }
  const names = Object.keys(after);
  for (const name of names) within(before[name], after[name], name);
  if (isSame(names, Object.keys(before))) return;
  const patched = patchedOrder(before, after, patchedNames.get(JSON.stringify(path)) ?? []);
  const first = names.findIndex((name, i) => name !== patched[i]);
  for (const name of first === -1 ? [] : names.slice(first)) {
    found.push(
      { op: "remove", path: [...path, name] },
      { op: "add", path: [...path, name], value: after[name] as Json },
    );
  }
}

/** The names of an object's members in the order that patches leave them in: new ones come last, as they are set. */
function patchedOrder(
  before: Record<string, Json>,
  after: Record<string, Json>,
  patchedNames: readonly string[],
): string[] {
  const kept = [...Object.keys(before), ...patchedNames].filter((name) => Object.hasOwn(after, name));
  // An object again, since names that are numbers come first and sorted, whoever sets them when.
  return Object.keys(Object.fromEntries(kept.map((name) => [name, null])));
}

function isSame(names: readonly string[], others: readonly string[]): boolean {
  return names.length === others.length && names.every((name, i) => name === others[i]);
}

function isContainer(value: Json | undefined): value is Container {
  return typeof value === "object" && value !== null;
}
