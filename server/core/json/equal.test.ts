import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json } from "../../protocol/journal.ts";
import { isEqual } from "./equal.ts";

describe("two values are the same JSON", () => {
  test.each<[Json, Json]>([
    [null, null],
    [0, -0],
    ["a", "a"],
    [[], []],
    [{}, {}],
    [
      { a: 1, b: [{ c: null }] },
      { b: [{ c: null }], a: 1 },
    ],
    [Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
  ])("%j and %j", (a, b) => {
    expect(isEqual(a, b)).toBe(true);
    expect(isEqual(b, a)).toBe(true);
  });

  test("after writing and reading", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const json = value as Json;
        expect(isEqual(json, JSON.parse(JSON.stringify(json)) as Json)).toBe(true);
      }),
    );
  });
});

describe("two values are not the same JSON", () => {
  test.each<[Json | undefined, Json | undefined]>([
    [null, undefined],
    [null, 0],
    [null, {}],
    [0, false],
    [1, "1"],
    ["a", "A"],
    [[], {}],
    [[1, 2], [1]],
    [
      [1, 2],
      [2, 1],
    ],
    [{ a: 1 }, {}],
    [{ a: 1 }, { b: 1 }],
    [{ a: null }, { b: null }],
    [{ a: { b: 1 } }, { a: { b: 2 } }],
    [{ toString: 1 }, { a: 1 }],
  ])("%j and %j", (a, b) => {
    expect(isEqual(a, b)).toBe(false);
    expect(isEqual(b, a)).toBe(false);
  });
});
