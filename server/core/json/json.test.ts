import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hostile } from "../../testing/hostile.ts";
import { checkJson, formatPath, freeze, MAX_DEPTH, NotJson } from "./json.ts";

const half = "\ud83d";

/** `depth` arrays, each in the one before. */
function nested(depth: number): unknown {
  let value: unknown = [];
  for (let level = 1; level < depth; level++) value = [value];
  return value;
}

describe.each(hostile)("%s", (_, value, problem, path = []) => {
  test.each([
    ["as the value", value, path],
    ["as a member", { good: 1, bad: value }, ["bad", ...path]],
    ["in an array", [[], value], [1, ...path]],
    ["far inside", { a: [{ b: [null, { c: value }] }] }, ["a", 0, "b", 1, "c", ...path]],
  ])("is refused %s", (_, whole, where) => {
    expect(() => checkJson(whole)).toThrow(
      expect.objectContaining({ name: "NotJson", path: where, problem: expect.stringContaining(problem) }),
    );
  });
});

describe("plain JSON", () => {
  test.each([
    ["null", null],
    ["a boolean", false],
    ["a number", -1.5e300],
    ["negative zero", -0],
    ["an empty string", ""],
    ["any well-formed text", "π \u0001 \ufeff \uffff 😀"],
    ["an empty array", []],
    ["an empty object", {}],
    ["an object without a prototype", Object.assign(Object.create(null), { a: 1 })],
    ["odd names", { "": 1, constructor: 2, toString: 3, "0": 4, " ": 5 }],
    ["128 levels", nested(MAX_DEPTH)],
  ])("passes: %s", (_, value) => {
    expect(() => checkJson(value)).not.toThrow();
  });

  test("can contain the same object more than once", () => {
    const shared = { a: [1] };
    expect(() => checkJson([shared, shared, { again: shared, and: shared.a }])).not.toThrow();
  });

  test("has at most 128 levels", () => {
    expect(() => checkJson(nested(MAX_DEPTH + 1))).toThrow(/nested deeper than 128 levels/);
    expect(() => checkJson({ a: nested(MAX_DEPTH) })).toThrow(/nested deeper than 128 levels/);
  });

  test("of any shape passes", () => {
    const reserved = /__proto__|\\u0000/;
    const json = fc
      .jsonValue({ stringUnit: "grapheme", depthSize: "small" })
      .filter((value) => !reserved.test(JSON.stringify(value)));
    fc.assert(
      fc.property(json, (value) => {
        expect(() => checkJson(value)).not.toThrow();
      }),
    );
  });

  test("survives writing and reading: any value that passes comes back equal", () => {
    const good = fc.oneof(
      fc.constant(null),
      fc.boolean(),
      fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => !Object.is(number, -0)),
      fc.string({ unit: "binary" }),
    );
    const bad = fc.constantFrom(...hostile.map(([, value]) => value));
    const name = fc.oneof(
      { weight: 9, arbitrary: fc.string() },
      fc.constantFrom("__proto__", "toJSON", "length", half),
    );
    const { anything } = fc.letrec((again) => ({
      anything: fc.oneof(
        { maxDepth: 4 },
        { weight: 30, arbitrary: good },
        { weight: 1, arbitrary: bad },
        { weight: 10, arbitrary: fc.array(again("anything"), { maxLength: 4 }) },
        { weight: 10, arbitrary: fc.dictionary(name, again("anything"), { maxKeys: 4 }) },
      ),
    }));
    let passed = 0;
    fc.assert(
      fc.property(anything, (value) => {
        try {
          checkJson(value);
        } catch (error) {
          expect(error).toBeInstanceOf(NotJson);
          return;
        }
        passed += 1;
        expect(JSON.parse(JSON.stringify(value))).toEqual(value);
      }),
      { numRuns: 1_000 },
    );
    expect(passed).toBeGreaterThan(500);
  });
});

describe("a value that was checked before", () => {
  const unchecked = { bad: undefined };

  test("is not checked again where it is the same object", () => {
    expect(() => checkJson({ list: [unchecked], n: 2 }, { list: [unchecked], n: 1 })).not.toThrow();
    expect(() => checkJson(unchecked, unchecked)).not.toThrow();
  });

  test.each([
    ["stands somewhere else", { other: unchecked }, { list: unchecked }],
    ["is an equal object only", { list: { ...unchecked } }, { list: unchecked }],
    ["was in a list, and is in an object", { 0: unchecked }, "text"],
  ])("is checked when it %s", (_, value, known) => {
    expect(() => checkJson(value, known)).toThrow(NotJson);
  });
});

describe("a frozen value", () => {
  test("cannot be modified at any depth", () => {
    const value = freeze({ a: { b: [{ c: 1 }] } });
    expect(() => {
      value.a.b[0]!.c = 2;
    }).toThrow(TypeError);
    expect(() => value.a.b.push({ c: 3 })).toThrow(TypeError);
    expect(value).toEqual({ a: { b: [{ c: 1 }] } });
  });

  test("is frozen once: frozen parts are skipped", () => {
    const before = Object.freeze({ inner: { n: 1 } });
    freeze({ before });
    expect(Object.isFrozen(before.inner)).toBe(false);
  });

  test.each([null, true, 1, "text"])("can be a primitive: %j", (value) => {
    expect(freeze(value)).toBe(value);
  });
});

test.each([
  [[], ""],
  [["items", 3, "name"], ".items[3].name"],
  [[0, 1], "[0][1]"],
])("the path %j is written %j", (path, text) => {
  expect(formatPath(path)).toBe(text);
});
