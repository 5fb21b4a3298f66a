import type { Json } from "../protocol/json.ts";

/** The most bytes that a state, or an entry of a journal, may have as JSON. */
export const MAX_STATE = 16 * 1024 * 1024;

type Container = Json[] | { [name: string]: Json };

/** Sizes by object. A state never changes, so what is known of one holds for as long as it is there. */
const known = new WeakMap<Container, number>();

/**
 * How many bytes a value has as JSON. It is remembered: the value must not be changed afterwards. Of one that was made
 * from `before` it costs no more than what the two do not share.
 */
export function jsonBytes(value: Json, before?: Json): number {
  if (!isContainer(value)) return measure(value);
  let bytes = known.get(value);
  if (bytes === undefined) {
    bytes = before === undefined ? measure(value) : jsonBytes(before) + gained(before, value);
    known.set(value, bytes);
  }
  return bytes;
}

function measure(value: Json): number {
  if (!isContainer(value)) return Buffer.byteLength(JSON.stringify(value));
  let bytes = shell(value);
  if (Array.isArray(value)) for (const item of value) bytes += measure(item);
  else for (const name of Object.keys(value)) bytes += measure(name) + measure(value[name] as Json);
  return bytes;
}

/** How many bytes more `after` has than `before`. */
function gained(before: Json, after: Json): number {
  if (before === after) return 0;
  if (!isContainer(before) || !isContainer(after) || Array.isArray(before) !== Array.isArray(after)) {
    return measure(after) - measure(before);
  }
  const [was, is] = [before as Record<string, Json>, after as Record<string, Json>];
  const names = Array.isArray(after) ? 0 : 1;
  let bytes = shell(after) - shell(before);
  for (const name of Object.keys(is)) {
    const old = Object.hasOwn(was, name) ? was[name] : undefined;
    bytes += old === undefined ? names * measure(name) + measure(is[name] as Json) : gained(old, is[name] as Json);
  }
  for (const name of Object.keys(was)) {
    if (!Object.hasOwn(is, name)) bytes -= names * measure(name) + measure(was[name] as Json);
  }
  return bytes;
}

/** The bytes of brackets and commas, and of the colons of an object. */
function shell(value: Container): number {
  const members = Array.isArray(value) ? value.length : Object.keys(value).length;
  return 2 + Math.max(members - 1, 0) + (Array.isArray(value) ? 0 : members);
}

function isContainer(value: Json): value is Container {
  return typeof value === "object" && value !== null;
}
