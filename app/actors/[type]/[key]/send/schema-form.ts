import type { Json, JsonObject } from "../../../../../server/protocol/journal.ts";
import { formatTime, type Zone } from "../../../../words/format.ts";

const limits = [
  "minLength",
  "maxLength",
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "multipleOf",
] as const;

/** One input of a form, made from a member of a JSON Schema (draft 2020-12). */
export interface Field extends Partial<Record<(typeof limits)[number], number>> {
  name: string;
  kind: "text" | "number" | "integer" | "boolean" | "choice" | "time" | "json";
  required: boolean;
  description: string | undefined;
  /** The default of an omitted member. */
  fallback: Json | undefined;
  choices: readonly Json[];
  pattern: string | undefined;
}

/** One input per member, or a single one for a payload that is not a plain object. */
export type FormShape = { kind: "members"; fields: Field[] } | { kind: "whole"; field: Field };

/** The inputs for a payload of `schema`. Members without a matching input kind are edited as JSON. */
export function formShape(schema: Json): FormShape {
  const root = asObject(schema);
  const members = asObject(root.properties);
  if (root.type !== "object" || root.properties === undefined)
    return { kind: "whole", field: fieldOf("payload", root, true) };
  const required = Array.isArray(root.required) ? root.required : [];
  const fields = Object.entries(members).map(([name, member]) =>
    fieldOf(name, asObject(member), required.includes(name)),
  );
  return { kind: "members", fields };
}

function fieldOf(name: string, schema: JsonObject, required: boolean): Field {
  const text = (key: string) => (typeof schema[key] === "string" ? schema[key] : undefined);
  const kind = kindOf(schema);
  return {
    name,
    kind,
    required,
    description: text("description"),
    fallback: schema.default,
    choices: Array.isArray(schema.enum) ? schema.enum : [],
    pattern: kind === "time" ? undefined : text("pattern"),
    ...Object.fromEntries(
      limits.map((limit) => [limit, schema[limit]]).filter(([, value]) => typeof value === "number"),
    ),
  };
}

function kindOf(schema: JsonObject): Field["kind"] {
  if (Array.isArray(schema.enum)) return "choice";
  switch (schema.type) {
    case "string":
      return schema.format === "date-time" ? "time" : "text";
    case "number":
    case "integer":
    case "boolean":
      return schema.type;
    default:
      return "json";
  }
}

function asObject(value: Json | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

/** The outcome of an input: a value, undefined if omitted, or an error. */
export type Parsed = { ok: true; value: Json | undefined } | { ok: false; problem: string };

const absent: Parsed = { ok: true, value: undefined };

/** The value of one input, checked. `zone` is the one in which times are typed. */
export function parseField(field: Field, raw: string, zone: Zone): Parsed {
  const isBlank = field.kind === "text" ? raw === "" : raw.trim() === "";
  if (isBlank && !(field.kind === "text" && field.required)) {
    return field.required ? wrong("Required.") : absent;
  }
  switch (field.kind) {
    case "text":
      return parseText(field, raw);
    case "number":
    case "integer":
      return parseNumber(field, raw);
    case "boolean":
      return { ok: true, value: raw === "true" };
    case "choice":
      return { ok: true, value: field.choices[Number(raw)] };
    case "time":
      return parseTime(raw, zone);
    case "json":
      return parseJson(raw);
  }
}

function parseText(field: Field, raw: string): Parsed {
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY, pattern } = field;
  if (raw === "" && minLength > 0) return wrong("Required.");
  if (raw.length < minLength) return wrong(`At least ${minLength} characters; has ${raw.length}.`);
  if (raw.length > maxLength) return wrong(`At most ${maxLength} characters; has ${raw.length}.`);
  if (pattern !== undefined && !matches(pattern, raw)) return wrong(`Must match ${pattern}`);
  return { ok: true, value: raw };
}

/** Patterns that this browser cannot parse are left to the server. */
function matches(pattern: string, raw: string): boolean {
  try {
    return new RegExp(pattern, "u").test(raw);
  } catch {
    return true;
  }
}

function parseNumber(field: Field, raw: string): Parsed {
  const value = Number(raw);
  if (!Number.isFinite(value)) return wrong("Must be a number.");
  if (field.kind === "integer" && !Number.isSafeInteger(value)) return wrong("Must be an integer.");
  if (field.minimum !== undefined && value < field.minimum) return wrong(`Must be at least ${field.minimum}.`);
  if (field.maximum !== undefined && value > field.maximum) return wrong(`Must be at most ${field.maximum}.`);
  if (field.exclusiveMinimum !== undefined && value <= field.exclusiveMinimum) {
    return wrong(`Must be more than ${field.exclusiveMinimum}.`);
  }
  if (field.exclusiveMaximum !== undefined && value >= field.exclusiveMaximum) {
    return wrong(`Must be less than ${field.exclusiveMaximum}.`);
  }
  const steps = field.multipleOf === undefined ? 0 : value / field.multipleOf;
  if (Math.abs(steps - Math.round(steps)) > 1e-9) return wrong(`Must be a multiple of ${field.multipleOf}.`);
  return { ok: true, value };
}

function parseTime(raw: string, zone: Zone): Parsed {
  const time = new Date(zone === "utc" ? `${raw}Z` : raw);
  return Number.isNaN(time.getTime()) ? wrong("Must be a date and time.") : { ok: true, value: time.toISOString() };
}

function parseJson(raw: string): Parsed {
  try {
    return { ok: true, value: JSON.parse(raw) as Json };
  } catch (error) {
    return wrong(`Not JSON: ${(error as Error).message}`);
  }
}

function wrong(problem: string): Parsed {
  return { ok: false, problem };
}

/** The payload of a form whose inputs are all valid, without omitted members. */
export function payloadOf(shape: FormShape, values: readonly string[], zone: Zone): Json {
  const value = (field: Field, i: number): Json | undefined => {
    const parsed = parseField(field, values[i] ?? "", zone);
    return parsed.ok ? parsed.value : undefined;
  };
  if (shape.kind === "whole") return value(shape.field, 0) ?? null;
  const members = shape.fields.map((field, i) => [field.name, value(field, i)] as const);
  return Object.fromEntries(members.filter((member): member is [string, Json] => member[1] !== undefined));
}

/** The input's text for a value, "" if omitted; null if the input cannot show it. */
export function rawOf(field: Field, value: Json | undefined, zone: Zone): string | null {
  if (value === undefined) return "";
  switch (field.kind) {
    case "text":
      return typeof value === "string" ? value : null;
    case "number":
    case "integer":
      return typeof value === "number" ? String(value) : null;
    case "boolean":
      return typeof value === "boolean" ? String(value) : null;
    case "choice": {
      const index = field.choices.findIndex((choice) => JSON.stringify(choice) === JSON.stringify(value));
      return index === -1 ? null : String(index);
    }
    case "time": {
      const at = typeof value === "string" ? Date.parse(value) : Number.NaN;
      return Number.isNaN(at) ? null : `${formatTime(at, zone).replace(" ", "T")}${formatMs(at)}`;
    }
    case "json":
      return JSON.stringify(value);
  }
}

function formatMs(at: number): string {
  const ms = ((at % 1000) + 1000) % 1000;
  return ms === 0 ? "" : `.${String(ms).padStart(3, "0")}`;
}

/** The value of a field in a payload. */
export function valueIn(shape: FormShape, payload: Json, { name }: Field): Json | undefined {
  if (shape.kind === "whole") return payload;
  const members = asObject(payload);
  return Object.hasOwn(members, name) ? members[name] : undefined;
}

/** A payload with another value for a field. Members without a field stay. */
export function withValue(shape: FormShape, payload: Json, { name }: Field, value: Json | undefined): Json {
  if (shape.kind === "whole") return value ?? null;
  const { [name]: _, ...others } = asObject(payload);
  return value === undefined ? others : { ...asObject(payload), [name]: value };
}

/** Parses a payload; fails if the form cannot show it. */
export function parsePayloadText(
  shape: FormShape,
  text: string,
  zone: Zone,
): { ok: true; payload: Json } | { ok: false; problem: string } {
  const parsed = parseJson(text);
  if (!parsed.ok) return parsed;
  const payload = parsed.value as Json;
  if (shape.kind === "whole") return { ok: true, payload };
  if (typeof payload !== "object" || payload === null || Array.isArray(payload)) {
    return { ok: false, problem: "Must be an object." };
  }
  const odd = shape.fields.find((field) => rawOf(field, valueIn(shape, payload, field), zone) === null);
  return odd === undefined ? { ok: true, payload } : { ok: false, problem: `${odd.name} ${mustBe(odd)}.` };
}

function mustBe({ kind, choices }: Field): string {
  if (kind === "choice") return `must be one of ${JSON.stringify(choices)}`;
  const words = { text: "text", number: "a number", integer: "an integer", boolean: "true or false" } as const;
  return kind === "time" ? "must be a time like 2026-01-31T12:00:00Z" : `must be ${words[kind as keyof typeof words]}`;
}
