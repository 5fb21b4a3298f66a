import type { Json } from "../../protocol/json.ts";

/** Whether two values are the same JSON, whatever the order of their objects' members. */
export function isEqual(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every((name) => Object.hasOwn(b, name) && isEqual(a[name as never], b[name as never]));
}

/** The path of the first place where two values differ, in the order of the first one's members; null where they are the same JSON. */
export function firstDifference(a: Json | undefined, b: Json | undefined): (string | number)[] | null {
  if (isEqual(a, b)) return null;
  if (!isContainer(a) || !isContainer(b) || Array.isArray(a) !== Array.isArray(b)) return [];
  for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const inner = firstDifference(memberOf(a, name), memberOf(b, name));
    if (inner !== null) return [Array.isArray(a) ? Number(name) : name, ...inner];
  }
  return [];
}

function memberOf(value: object, name: string): Json | undefined {
  return Object.hasOwn(value, name) ? value[name as never] : undefined;
}

function isContainer(value: Json | undefined): value is Exclude<Json, null | boolean | number | string> {
  return typeof value === "object" && value !== null;
}
