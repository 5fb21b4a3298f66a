import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { Json } from "../../../../../server/protocol/journal.ts";
import {
  type Field,
  formShape,
  parseField,
  parsePayloadText,
  payloadOf,
  rawOf,
  valueIn,
  withValue,
} from "./schema-form.ts";

const shapeOf = (schema: z.ZodType) =>
  formShape(JSON.parse(JSON.stringify(z.toJSONSchema(schema, { io: "input" }))) as Json);

function fieldsOf(schema: z.ZodType): Field[] {
  const shape = shapeOf(schema);
  return shape.kind === "members" ? shape.fields : [shape.field];
}

/** Parses the text of a form's only input. */
function parse(schema: z.ZodType, raw: string) {
  const [field] = fieldsOf(z.object({ it: schema }));
  if (field === undefined) throw new Error("no field");
  return parseField(field, raw, "utc");
}

describe("a form generated from a schema", () => {
  test("has an input of the right kind for each member", () => {
    const fields = fieldsOf(
      z.object({
        text: z.string().min(1).max(200).describe("What it says"),
        when: z.iso.datetime().optional(),
        count: z.number().int().positive().default(1),
        share: z.number(),
        on: z.boolean(),
        size: z.enum(["s", "m"]),
        tags: z.array(z.string()),
        either: z.union([z.string(), z.number()]),
      }),
    );
    expect(fields.map(({ name, kind, required }) => [name, kind, required])).toEqual([
      ["text", "text", true],
      ["when", "time", false],
      ["count", "integer", false],
      ["share", "number", true],
      ["on", "boolean", true],
      ["size", "choice", true],
      ["tags", "json", true],
      ["either", "json", true],
    ]);
    expect(fields[0]).toMatchObject({ minLength: 1, maxLength: 200, description: "What it says" });
    expect(fields[2]).toMatchObject({ exclusiveMinimum: 0, fallback: 1 });
  });

  test("has no input for an empty object, and a single one for anything but a plain object", () => {
    expect(shapeOf(z.object({}))).toEqual({ kind: "members", fields: [] });
    expect(shapeOf(z.record(z.string(), z.number()))).toMatchObject({ kind: "whole", field: { kind: "json" } });
    expect(shapeOf(z.string())).toMatchObject({ kind: "whole", field: { kind: "text" } });
  });
});

describe("an input", () => {
  test("reports a missing required value; an optional one may be omitted", () => {
    expect(parse(z.number(), " ")).toEqual({ ok: false, problem: "Required." });
    expect(parse(z.number().optional(), "")).toEqual({ ok: true, value: undefined });
    expect(parse(z.string().min(1), "")).toEqual({ ok: false, problem: "Required." });
    expect(parse(z.string(), "")).toEqual({ ok: true, value: "" });
    expect(parse(z.string().optional(), "")).toEqual({ ok: true, value: undefined });
  });

  test("of text enforces its lengths and its pattern", () => {
    const code = z
      .string()
      .min(2)
      .max(4)
      .regex(/^[a-z]+$/);
    expect(parse(code, "abc")).toEqual({ ok: true, value: "abc" });
    expect(parse(code, "a")).toMatchObject({ problem: "At least 2 characters; has 1." });
    expect(parse(code, "abcde")).toMatchObject({ problem: "At most 4 characters; has 5." });
    expect(parse(code, "ABC")).toMatchObject({ problem: "Must match ^[a-z]+$" });
  });

  test("of a number enforces its limits", () => {
    expect(parse(z.number(), "1e3")).toEqual({ ok: true, value: 1000 });
    expect(parse(z.number(), "ten")).toMatchObject({ problem: "Must be a number." });
    expect(parse(z.number().int(), "1.5")).toMatchObject({ problem: "Must be an integer." });
    expect(parse(z.number().min(2), "1")).toMatchObject({ problem: "Must be at least 2." });
    expect(parse(z.number().max(2), "3")).toMatchObject({ problem: "Must be at most 2." });
    expect(parse(z.number().positive(), "0")).toMatchObject({ problem: "Must be more than 0." });
    expect(parse(z.number().lt(2), "2")).toMatchObject({ problem: "Must be less than 2." });
    expect(parse(z.number().multipleOf(0.1), "0.3")).toEqual({ ok: true, value: 0.3 });
    expect(parse(z.number().multipleOf(5), "7")).toMatchObject({ problem: "Must be a multiple of 5." });
  });

  test("of a time is read in the page's zone and sent in UTC", () => {
    const [field] = fieldsOf(z.object({ at: z.iso.datetime() }));
    if (field === undefined) throw new Error("no field");
    expect(parseField(field, "2026-11-22T14:03:20", "utc")).toEqual({ ok: true, value: "2026-11-22T14:03:20.000Z" });
    const local = new Date(2026, 10, 22, 14, 3, 20).toISOString();
    expect(parseField(field, "2026-11-22T14:03:20", "local")).toEqual({ ok: true, value: local });
    expect(parseField(field, "soon", "utc")).toMatchObject({ problem: "Must be a date and time." });
  });

  test("of a choice yields the chosen value, of any type", () => {
    expect(parse(z.enum(["s", "m"]), "1")).toEqual({ ok: true, value: "m" });
  });

  test("of JSON accepts only JSON", () => {
    expect(parse(z.array(z.number()), "[1, 2]")).toEqual({ ok: true, value: [1, 2] });
    expect(parse(z.array(z.number()), "[1")).toMatchObject({ ok: false });
  });
});

test("a payload contains the filled inputs and omits the others", () => {
  const shape = shapeOf(z.object({ optIn: z.boolean(), at: z.iso.datetime().optional(), note: z.string().optional() }));
  expect(payloadOf(shape, ["false", "", "hello"], "utc")).toEqual({ optIn: false, note: "hello" });
});

describe("a payload and the inputs of its form", () => {
  const shape = shapeOf(
    z.object({
      text: z.string(),
      count: z.number().int().optional(),
      at: z.iso.datetime().optional(),
      on: z.boolean().optional(),
      size: z.enum(["s", "m"]).optional(),
      tags: z.array(z.string()).optional(),
    }),
  );
  const fields = shape.kind === "members" ? shape.fields : [];
  const raws = (payload: Json, zone: "utc" | "local" = "utc") =>
    fields.map((field) => rawOf(field, valueIn(shape, payload, field), zone));

  test("convert into each other without loss", () => {
    const payload = { text: "a", count: 3, at: "2026-03-01T14:00:00.123Z", on: false, size: "m", tags: ["x"] };
    expect(raws(payload)).toEqual(["a", "3", "2026-03-01T14:00:00.123", "false", "1", '["x"]']);
    expect(payloadOf(shape, raws(payload) as string[], "utc")).toEqual(payload);
    expect(payloadOf(shape, raws(payload, "local") as string[], "local")).toEqual(payload);
    expect(raws({ text: "" })).toEqual(["", "", "", "", "", ""]);
  });

  test("keep members without an input when one is changed, and lose omitted ones", () => {
    const [text, count] = fields as [Field, Field];
    const payload = { text: "a", count: 1, extra: true };
    expect(withValue(shape, payload, text, "b")).toEqual({ text: "b", count: 1, extra: true });
    expect(withValue(shape, payload, count, undefined)).toEqual({ text: "a", extra: true });
  });

  test.each([
    ['{"text": 1}', "text must be text."],
    ['{"text": "a", "count": "1"}', "count must be an integer."],
    ['{"at": "yesterday"}', "at must be a time like 2026-01-31T12:00:00Z."],
    ['{"size": "xl"}', 'size must be one of ["s","m"].'],
    ["[]", "Must be an object."],
  ])("refuse %s", (text, problem) => {
    expect(parsePayloadText(shape, text, "utc")).toEqual({ ok: false, problem });
  });

  test("refuse invalid JSON", () => {
    expect(parsePayloadText(shape, '{"text": ', "utc")).toMatchObject({
      ok: false,
      problem: expect.stringContaining("Not JSON"),
    });
  });
});
