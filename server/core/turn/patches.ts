import type { Patch } from "../../protocol/journal.ts";
import type { Json } from "../../protocol/json.ts";

type Container = Json[] | Record<string, Json>;

/**
 * The patches that lead from one state to the next, and that also give each object's members their order: a patch says
 * nothing of it, and whoever takes an object's first member for its oldest would take another one after a recovery.
 * What stands elsewhere, since it was deleted and set again, is removed and added once more.
 */
export function withOrder(before: Json, after: Json, patches: Patch[]): Patch[] {
  const reordering = new Reordering(patches);
  if (isContainer(before) && isContainer(after)) reorder(before, after, [], reordering);
  return reordering.more.length === 0 ? patches : [...patches, ...reordering.more];
}

/** The patches of a change, and those that are missing for the order. */
class Reordering {
  readonly more: Patch[] = [];
  readonly #patches: readonly Patch[];
  #names: Map<string, string[]> | undefined;

  constructor(patches: readonly Patch[]) {
    this.#patches = patches;
  }

  /** The names of an object's members that have patches, in the order of these. */
  names(object: Patch["path"]): readonly string[] {
    this.#names ??= namesByObject(this.#patches);
    return this.#names.get(JSON.stringify(object)) ?? [];
  }
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
function reorder(before: Container, after: Container, path: Patch["path"], reordering: Reordering): void {
  if (Array.isArray(before) || Array.isArray(after)) {
    if (!Array.isArray(before) || !Array.isArray(after)) return;
    for (let i = 0; i < after.length; i++) reorderWithin(before[i], after[i], path, i, reordering);
    return;
  }
  const names = Object.keys(after);
  for (const name of names) reorderWithin(before[name], after[name], path, name, reordering);
  if (isSame(names, Object.keys(before))) return;
  const patched = patchedOrder(before, after, reordering.names(path));
  const first = names.findIndex((name, i) => name !== patched[i]);
  for (const name of first === -1 ? [] : names.slice(first)) {
    reordering.more.push(
      { op: "remove", path: [...path, name] },
      { op: "add", path: [...path, name], value: after[name] as Json },
    );
  }
}

function reorderWithin(
  before: Json | undefined,
  after: Json | undefined,
  path: Patch["path"],
  step: string | number,
  reordering: Reordering,
): void {
  if (before !== after && isContainer(before) && isContainer(after)) {
    reorder(before, after, [...path, step], reordering);
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
