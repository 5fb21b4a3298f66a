import type { Json, JsonObject } from "../../protocol/journal.ts";

/** Maximum nesting of arrays and objects. */
export const MAX_DEPTH = 128;

/** A value cannot be stored as JSON. `path` locates the problem. */
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
 * Checks that a value is plain JSON that Postgres can store: no `undefined`, function, symbol, bigint, NaN, infinity,
 * class instance, cycle, array with holes, array with named members, accessor, `__proto__` member, U+0000 or lone
 * surrogate. Parts that are identical (`===`) to the same part of `known`, a value that was checked before, are
 * skipped, so checking a changed state costs what changed. (-0 passes and is written as 0, as by `JSON.stringify`.)
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
  if (!plain) throw new NotJson([...path], `is ${describe(value)}; only plain objects and arrays can be stored`);
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

/** Freezes a value deeply. Frozen parts are skipped, so the cost is that of the change. */
export function freeze<T extends Json>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const member of Object.values<Json>(value)) freeze(member);
  return value;
}

/** Copies a value deeply. Faster than `structuredClone`, which handles more than JSON. */
export function copyJson<T extends Json>(value: T): T;
export function copyJson(value: Json): Json {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => copyJson(item));
  const copy: Record<string, Json> = {};
  for (const name of Object.keys(value)) copy[name] = copyJson((value as JsonObject)[name] as Json);
  return copy;
}

/** A JSON array or object. */
export type Container = Exclude<Json, null | boolean | number | string>;

export function isContainer(value: Json | undefined): value is Container {
  return typeof value === "object" && value !== null;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return isContainer(value) && !Array.isArray(value);
}

/** An own member of a value; undefined if there is none. */
export function memberOf(value: Container, name: string): Json | undefined {
  return Object.hasOwn(value, name) ? (value as JsonObject)[name] : undefined;
}

/** Formats a path: `.items[3].name`. */
export function formatPath(path: readonly (string | number)[]): string {
  return path.map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`)).join("");
}
