import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { Schema } from "./contract.ts";
import { MAX_PAYLOAD, parsePayload } from "./payload.ts";

const order = z.object({
  count: z.number().int().positive().default(1),
  lines: z.array(z.object({ sku: z.string().min(1) })).optional(),
  note: z.string().optional(),
});

const parse = (input: unknown, schema: Schema = order) => parsePayload(schema, input, "shop.order");

/** The error that a payload is refused with. */
const refusal = (code: string, message: string, issues?: unknown) =>
  expect.objectContaining({
    code,
    message: expect.stringContaining(message),
    ...(issues === undefined ? {} : { details: { issues } }),
  });

describe("a valid payload", () => {
  test("is the schema's output, with its text", () => {
    expect(parse({ note: "é", extra: true })).toEqual({
      value: { count: 1, note: "é" },
      text: '{"count":1,"note":"é"}',
    });
  });

  test("is a copy: later changes by the sender do not affect it", () => {
    const sent = { tags: ["a"] };
    const { value } = parse(sent, z.object({ tags: z.unknown() }));
    sent.tags.push("b");
    expect(value).toEqual({ tags: ["a"] });
  });

  test("can be a primitive", () => {
    expect(parse(5, z.number())).toEqual({ value: 5, text: "5" });
  });
});

describe("an invalid payload", () => {
  test("is refused with each issue and its path", () => {
    const input = { count: 0, lines: [{ sku: "a" }, { sku: "" }] };
    expect(() => parse(input)).toThrow(
      refusal("invalid_payload", "The payload of shop.order is not valid: count: ", [
        { path: ["count"], message: expect.any(String) },
        { path: ["lines", 1, "sku"], message: expect.any(String) },
      ]),
    );
  });

  test("is refused at its root when it is the wrong kind of value", () => {
    expect(() => parse("text")).toThrow(
      refusal("invalid_payload", "shop.order is not valid: Invalid input", [{ path: [], message: expect.any(String) }]),
    );
  });

  test("is refused with at most 50 issues", () => {
    expect(() => parse({ lines: Array.from({ length: 60 }, () => ({ sku: "" })) })).toThrow(
      expect.objectContaining({ details: { issues: expect.toSatisfy((issues: unknown[]) => issues.length === 50) } }),
    );
  });

  test.each([
    ["undefined", { note: undefined }],
    ["a Date", { note: new Date(0) }],
    ["U+0000", { note: "a\u0000" }],
    ["a lone surrogate", { note: "\ud800" }],
  ])("is refused before the schema sees it if it contains %s", (_, input) => {
    expect(() => parse(input)).toThrow(
      refusal("invalid_payload", "shop.order is not valid: note: ", [{ path: ["note"], message: expect.any(String) }]),
    );
  });

  test("is refused if the schema's output is not JSON", () => {
    expect(() => parse({ at: "2026-01-01" }, z.object({ at: z.coerce.date() }))).toThrow(
      refusal("invalid_payload", "at: is a Date", [{ path: ["at"], message: expect.stringContaining("is a Date") }]),
    );
  });

  test("has the paths of issues also from schemas with object or symbol steps", () => {
    const named: Schema = {
      "~standard": {
        ...z.unknown()["~standard"],
        validate: () => ({
          issues: [{ message: "no", path: ["a", { key: 0 }, { key: Symbol("s") }] }, { message: "no" }],
        }),
      },
    };
    expect(() => parse({}, named)).toThrow(
      refusal("invalid_payload", "not valid: a.0.Symbol(s): no", [
        { path: ["a", 0, "Symbol(s)"], message: "no" },
        { path: [], message: "no" },
      ]),
    );
  });
});

describe("a payload's size", () => {
  /** A text whose JSON has `bytes` bytes. */
  const text = (bytes: number, char: string) => char.repeat((bytes - 2) / new TextEncoder().encode(char).length);

  test.each(["a", "é", "日"])("can be up to 1 MiB of JSON, however many bytes a character takes: %s", (char) => {
    const whole = text(MAX_PAYLOAD, char);
    const rest = "x".repeat(MAX_PAYLOAD - 2 - new TextEncoder().encode(whole).length);
    expect(() => parse(whole + rest, z.string())).not.toThrow();
    expect(() => parse(`${whole + rest}x`, z.string())).toThrow(
      refusal("payload_too_large", "larger than 1048576 bytes"),
    );
  });
});

test("an asynchronous schema is a TypeError", () => {
  const slow = z.string().refine(async () => true);
  expect(() => parse("text", slow)).toThrow(
    new TypeError("The schema of shop.order is asynchronous; only synchronous schemas are supported."),
  );
});
