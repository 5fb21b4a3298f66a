import type { Json, JsonObject, Patch } from "../../protocol/journal.ts";
import { type Container, isContainer, isObject } from "../json/json.ts";

/**
 * Adds the patches that give each object's members their order. Patches alone do not preserve it, so code that takes an
 * object's first member for its oldest would see another one after a recovery. A member that was deleted and set again
 * is removed and added once more.
 */
export function withOrder(before: Json, after: Json, patches: Patch[]): Patch[] {
  const reordering = new Reordering(patches);
  if (isContainer(before) && isContainer(after)) reorder(before, after, [], reordering);
  return reordering.more.length === 0 ? patches : [...patches, ...reordering.more];
}

/** The patches of a change, and the additional ones that restore the order. */
class Reordering {
  readonly more: Patch[] = [];
  readonly #patches: readonly Patch[];
  #names: Map<string, string[]> | undefined;

  constructor(patches: readonly Patch[]) {
    this.#patches = patches;
  }

  /** The names of an object's patched members, in patch order. */
  names(object: Patch["path"]): readonly string[] {
    this.#names ??= namesByObject(this.#patches);
    return this.#names.get(JSON.stringify(object)) ?? [];
  }
}

/** The names of patched members in patch order, by the object's path as JSON. */
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

/** Shared parts are skipped, so the cost is that of the change. */
function reorder(before: Container, after: Container, path: Patch["path"], reordering: Reordering): void {
  if (Array.isArray(before) && Array.isArray(after)) {
    for (let i = 0; i < after.length; i++) reorderWithin(before[i], after[i], path, i, reordering);
  }
  if (!isObject(before) || !isObject(after)) return;
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

/** An object's member names in the order that the patches leave them in: new ones last. */
function patchedOrder(before: JsonObject, after: JsonObject, patchedNames: readonly string[]): string[] {
  const names = [...Object.keys(before), ...patchedNames].filter((name) => Object.hasOwn(after, name));
  // Numeric names come first and sorted in every object, so build one.
  return Object.keys(Object.fromEntries(names.map((name) => [name, null])));
}

function isSame(names: readonly string[], others: readonly string[]): boolean {
  return names.length === others.length && names.every((name, i) => name === others[i]);
}
