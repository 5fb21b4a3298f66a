import type { Json, JsonObject } from "../protocol/json.ts";

/** The most bytes that a state, or an entry of a journal, may have as JSON. */
export const MAX_STATE = 16 * 1024 * 1024;

type Container = Exclude<Json, null | boolean | number | string>;

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
  for (const member of Object.values<Json>(value)) bytes += measure(member);
  if (isObject(value)) for (const name of Object.keys(value)) bytes += measure(name);
  return bytes;
}

/** How many bytes more `after` has than `before`. */
function gained(before: Json, after: Json): number {
  if (before === after) return 0;
  if (Array.isArray(before) && Array.isArray(after)) return gainedByItems(before, after);
  if (isObject(before) && isObject(after)) return gainedByMembers(before, after);
  return measure(after) - measure(before);
}

function gainedByItems(before: readonly Json[], after: readonly Json[]): number {
  let bytes = shell(after) - shell(before);
  const both = Math.min(before.length, after.length);
  for (let i = 0; i < both; i++) bytes += gained(before[i] as Json, after[i] as Json);
  for (let i = both; i < after.length; i++) bytes += measure(after[i] as Json);
  for (let i = both; i < before.length; i++) bytes -= measure(before[i] as Json);
  return bytes;
}

function gainedByMembers(before: JsonObject, after: JsonObject): number {
  let bytes = shell(after) - shell(before);
  for (const name of Object.keys(after)) {
    const value = after[name] as Json;
    bytes += Object.hasOwn(before, name) ? gained(before[name] as Json, value) : measure(name) + measure(value);
  }
  for (const name of Object.keys(before)) {
    if (!Object.hasOwn(after, name)) bytes -= measure(name) + measure(before[name] as Json);
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

function isObject(value: Json): value is JsonObject {
  return isContainer(value) && !Array.isArray(value);
}
