import type { Patch } from "./journal.ts";
import type { Json } from "./json.ts";

/**
 * Applies patches to a state in place. The state and the patches' values must be the caller's own.
 * @throws Error when a patch does not fit the state
 */
export function applyPatches(state: Json, patches: readonly Patch[]): void {
  for (const patch of patches) applyPatch(state, patch);
}

function applyPatch(state: Json, { op, path, value }: Patch): void {
  const last = path.at(-1);
  let parent = state;
  for (const step of path.slice(0, -1)) parent = member(parent, step, path);
  if (last === undefined || typeof parent !== "object" || parent === null) throw misfit(path);
  if (Array.isArray(parent)) changeList(parent, op, last, value as Json, path);
  else changeObject(parent as Record<string, Json>, op, String(last), value as Json, path);
}

function changeList(list: Json[], op: Patch["op"], at: string | number, value: Json, path: Patch["path"]): void {
  if (at === "length") {
    // Never lengthen it: a patch from a file must not create a list of billions of items.
    if (!Number.isInteger(value) || Number(value) < 0 || Number(value) > list.length) throw misfit(path);
    list.length = Number(value);
    return;
  }
  const index = Number(at);
  if (!Number.isInteger(index) || index < 0 || index > list.length) throw misfit(path);
  if (op === "add") list.splice(index, 0, value);
  else if (op === "remove") list.splice(index, 1);
  else list[index] = value;
}

function changeObject(
  object: Record<string, Json>,
  op: Patch["op"],
  name: string,
  value: Json,
  path: Patch["path"],
): void {
  if (name === "__proto__") throw misfit(path);
  // Removing a missing member is allowed: a handler may delete a member that never existed.
  if (op === "replace" && !Object.hasOwn(object, name)) throw misfit(path);
  if (op === "remove") delete object[name];
  else object[name] = value;
}

function member(container: Json, step: string | number, path: Patch["path"]): Json {
  // Only own members: a path must never lead to a prototype.
  if (typeof container !== "object" || container === null || !Object.hasOwn(container, step)) throw misfit(path);
  return container[step as never];
}

function misfit(path: Patch["path"]): Error {
  return new Error(`A patch of ${path.join(".")} does not fit the state.`);
}
