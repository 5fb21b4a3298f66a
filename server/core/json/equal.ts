import type { Json } from "../../protocol/journal.ts";
import { isContainer, memberOf } from "./json.ts";

/** Whether two values are the same JSON. The order of object members does not matter. */
export function isEqual(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (!isContainer(a) || !isContainer(b) || Array.isArray(a) !== Array.isArray(b)) return false;
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every((name) => Object.hasOwn(b, name) && isEqual(a[name as never], b[name as never]));
}

/** The path of the first difference, in the first value's member order; null if the values are the same JSON. */
export function firstDifference(a: Json | undefined, b: Json | undefined): (string | number)[] | null {
  if (isEqual(a, b)) return null;
  if (!isContainer(a) || !isContainer(b) || Array.isArray(a) !== Array.isArray(b)) return [];
  for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const inner = firstDifference(memberOf(a, name), memberOf(b, name));
    if (inner !== null) return [Array.isArray(a) ? Number(name) : name, ...inner];
  }
  return [];
}
