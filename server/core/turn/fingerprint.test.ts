import { describe, expect, test } from "vitest";
import { fingerprint } from "./fingerprint.ts";

const stack = (...names: string[]) =>
  ["Error: x", ...names.map((name, i) => `    at ${name} (/app/f.ts:${i}:7)`)].join("\n");
const error = (message: string, at = stack("add", "call", "run")) => ({ name: "Error", message, stack: at });

describe("failures have the same fingerprint when they differ", () => {
  test.each([
    ["in a number", "order 17 is late", "order 18 is late"],
    ["in a UUID", "no 3f0c8a52-1111-4222-8333-444455556666", "no 9f0c8a52-aaaa-4bbb-8ccc-ddddeeeeffff"],
    ["in an id with digits", "no user-12ab", "no user-77"],
    ["in what is quoted", 'no "lantern" here', 'no "tent" here'],
    ["in white space", "a  b\n c", "a b c"],
  ])("%s", (_, one, other) => {
    expect(fingerprint(error(one))).toEqual(fingerprint(error(other)));
  });

  test("in files and lines, which change with every deployment, or in frames far from the cause", () => {
    const here = fingerprint(error("late", stack("add", "call", "run", "lane")));
    const there = fingerprint(
      error("late", "Error: x\n    at add (/b/g.ts:9:1)\n    at async call (h:1:1)\n    at new run (i:2:2)"),
    );
    expect(there).toEqual(here);
  });
});

describe("failures have different fingerprints when they differ", () => {
  test.each([
    ["in what they say", error("late"), error("early")],
    ["in their type", error("late"), { ...error("late"), name: "RangeError" }],
    ["in where they come from", error("late"), error("late", stack("remove", "call", "run"))],
  ])("%s", (_, one, other) => {
    expect(fingerprint(one).id).not.toBe(fingerprint(other).id);
  });
});

test("a fingerprint has a title of at most 500 characters, and an id of 16 hex digits", () => {
  const { id, title } = fingerprint(error('no line "x" for order 17'));
  expect(title).toBe("Error: no line “…” for order #");
  expect(id).toMatch(/^[0-9a-f]{16}$/);
  expect(fingerprint(error("word ".repeat(1_000))).title).toHaveLength(500);
});

test("a long message is processed quickly", () => {
  expect(fingerprint(error("'\"`-".repeat(500_000))).id).toMatch(/^[0-9a-f]{16}$/);
});
