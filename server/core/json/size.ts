import type { Json, JsonObject } from "../../protocol/journal.ts";
import { type Container, isObject } from "./json.ts";

/** Maximum size of a state, or of a journal entry, in bytes of JSON. */
export const MAX_STATE = 16 * 1024 * 1024;

/** How many more bytes of JSON `after` has than `before`. Shared parts are skipped. */
export function gainedBytes(before: Json, after: Json): number {
  if (before === after) return 0;
  if (Array.isArray(before) && Array.isArray(after)) return gainedByItems(before, after);
  if (isObject(before) && isObject(after)) return gainedByMembers(before, after);
  return jsonBytes(after) - jsonBytes(before);
}

/** The size of a value in bytes of JSON. */
export function jsonBytes(value: Json): number {
  return Buffer.byteLength(JSON.stringify(value));
}

function gainedByItems(before: readonly Json[], after: readonly Json[]): number {
  let bytes = shell(after) - shell(before);
  const both = Math.min(before.length, after.length);
  for (let i = 0; i < both; i++) bytes += gainedBytes(before[i] as Json, after[i] as Json);
  for (let i = both; i < after.length; i++) bytes += jsonBytes(after[i] as Json);
  for (let i = both; i < before.length; i++) bytes -= jsonBytes(before[i] as Json);
  return bytes;
}

function gainedByMembers(before: JsonObject, after: JsonObject): number {
  let bytes = shell(after) - shell(before);
  for (const name of Object.keys(after)) {
    const value = after[name] as Json;
    bytes += Object.hasOwn(before, name)
      ? gainedBytes(before[name] as Json, value)
      : jsonBytes(name) + jsonBytes(value);
  }
  for (const name of Object.keys(before)) {
    if (!Object.hasOwn(after, name)) bytes -= jsonBytes(name) + jsonBytes(before[name] as Json);
  }
  return bytes;
}

/** The bytes of brackets, commas and colons. */
function shell(value: Container): number {
  const members = Array.isArray(value) ? value.length : Object.keys(value).length;
  return 2 + Math.max(members - 1, 0) + (Array.isArray(value) ? 0 : members);
}
