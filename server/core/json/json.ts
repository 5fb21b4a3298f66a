import type { Json, JsonObject } from "../../protocol/json.ts";

/** The deepest nesting of arrays and objects in one value. */
export const MAX_DEPTH = 128;

/** Why a value is not JSON as we keep it, and where. */
export class NotJson extends Error {
  override readonly name = "NotJson";
  readonly path: readonly (string | number)[];
  readonly problem: string;

  constructor(path: readonly (string | number)[], problem: string) {
    super(`${path.length === 0 ? "the value" : formatPath(path)} ${problem}`);
    this.path = path;
    this.problem = problem;
  }
}

/**
 * Checks that a value is plain JSON that Postgres can hold: no `undefined`, function, symbol, bigint, NaN, infinity,
 * class instance, cycle, hole in an array, named member of an array, accessor, `__proto__` member, U+0000 or lone
 * surrogate. Whatever is the very same object in `known`, a value that was checked before, is not looked at again; so a
 * changed state costs what changed.
 * (-0 passes, and is written as 0, as `JSON.stringify` does.)
 * @throws NotJson
 */
export function checkJson(value: unknown, known?: unknown): asserts value is Json {
  check(value, known, [], []);
}

function check(value: unknown, known: unknown, path: (string | number)[], parents: object[]): void {
  switch (typeof value) {
    case "boolean":
      return;
    case "string":
      return checkString(value, path);
    case "number":
      if (!Number.isFinite(value)) throw new NotJson([...path], `is ${value}, which JSON cannot hold`);
      return;
    case "object":
      if (value === null || value === known) return;
      return checkObject(value, known, path, parents);
    default:
      throw new NotJson([...path], `is ${describe(value)}, which JSON cannot hold`);
  }
}

function checkObject(value: object, known: unknown, path: (string | number)[], parents: object[]): void {
  if (parents.includes(value)) throw new NotJson([...path], "contains itself");
  if (parents.length === MAX_DEPTH) throw new NotJson([...path], `is nested deeper than ${MAX_DEPTH} levels`);
  requirePlain(value, path);
  parents.push(value);
  if (Array.isArray(value)) checkArray(value, known, path, parents);
  else checkMembers(value, known, path, parents);
  parents.pop();
}

function requirePlain(value: object, path: (string | number)[]): void {
  const prototype: unknown = Object.getPrototypeOf(value);
  const plain = Array.isArray(value)
    ? prototype === Array.prototype
    : prototype === Object.prototype || prototype === null;
  if (!plain) throw new NotJson([...path], `is ${describe(value)}; only plain objects and arrays are kept`);
  if (Object.getOwnPropertySymbols(value).length > 0) throw new NotJson([...path], "has a symbol as a name");
}

function checkArray(value: readonly unknown[], known: unknown, path: (string | number)[], parents: object[]): void {
  if (Object.keys(value).length > value.length) throw new NotJson([...path], "is an array with named members");
  const before = Array.isArray(known) ? known : undefined;
  for (let i = 0; i < value.length; i++) {
    if (!(i in value)) throw new NotJson([...path, i], "is a hole in an array");
    path.push(i);
    check(value[i], before?.[i], path, parents);
    path.pop();
  }
}

function checkMembers(value: object, known: unknown, path: (string | number)[], parents: object[]): void {
  const before = typeof known === "object" && known !== null ? (known as Record<string, unknown>) : undefined;
  for (const name of Object.keys(value)) {
    path.push(name);
    if (name === "__proto__") throw new NotJson([...path], "is a reserved name");
    checkString(name, path);
    if (Object.getOwnPropertyDescriptor(value, name)?.get !== undefined) throw new NotJson([...path], "is an accessor");
    check((value as Record<string, unknown>)[name], before?.[name], path, parents);
    path.pop();
  }
}

function checkString(text: string, path: (string | number)[]): void {
  if (!text.isWellFormed()) throw new NotJson([...path], "holds a lone surrogate");
  if (text.includes("\u0000")) throw new NotJson([...path], "holds the character U+0000");
}

function describe(value: unknown): string {
  if (typeof value === "object" && value !== null) return `a ${value.constructor?.name ?? "foreign object"}`;
  return value === undefined ? "undefined" : `a ${typeof value}`;
}

/**
 * Makes a value unchangeable, to its depth: whoever writes to it gets a TypeError. What is frozen already is not looked
 * into, so a changed state costs what changed.
 */
export function freeze<T extends Json>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const member of Object.values<Json>(value)) freeze(member);
  return value;
}

/** A copy of a value that shares nothing with it. Faster than `structuredClone`, which knows more than JSON. */
export function copyJson<T extends Json>(value: T): T;
export function copyJson(value: Json): Json {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => copyJson(item));
  const copy: Record<string, Json> = {};
  for (const name of Object.keys(value)) copy[name] = copyJson((value as JsonObject)[name] as Json);
  return copy;
}

/** A path as people write it: `.items[3].name`. */
export function formatPath(path: readonly (string | number)[]): string {
  return path.map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`)).join("");
}
