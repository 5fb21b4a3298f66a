import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json } from "../../protocol/journal.ts";
import { changedPaths, MAX_PATHS } from "./changes.ts";

const numbers = (count: number, first = 0) => Array.from({ length: count }, (_, i) => i + first);

describe("the paths at which two states differ", () => {
  test.each<[what: string, before: Json, after: Json, paths: (string | number)[][]]>([
    ["none, of the same values", { a: [1, { b: null }] }, { a: [1, { b: null }] }, []],
    ["a member's", { a: 1, b: 2 }, { a: 1, b: 3 }, [["b"]]],
    ["each member's, in the order of the first state", { a: 1, b: 2 }, { b: 3, a: 2 }, [["a"], ["b"]]],
    ["the way down to a member", { a: { b: [{ c: 1 }] } }, { a: { b: [{ c: 2 }] } }, [["a", "b", 0, "c"]]],
    ["a new member's", {}, { a: null }, [["a"]]],
    ["a lost member's", { a: null }, {}, [["a"]]],
    ["a list's as a whole when items only went", { l: [1, 2] }, { l: [1] }, [["l"]]],
    ["an item's that is another one in its place", { l: [1, 2] }, { l: [1, 3] }, [["l", 1]]],
    ["an item's that was put in front", { l: [2, 1] }, { l: [3, 2, 1] }, [["l", 0]]],
    ["an item's that was put in front, when the last one went for it", { l: [3, 2, 1] }, { l: [4, 3, 2] }, [["l", 0]]],
    ["an item's that was added", { l: [1, 2] }, { l: [1, 2, 3] }, [["l", 2]]],
    ["an item's that moved to the front", { l: [1, 2, 3] }, { l: [3, 1, 2] }, [["l", 0]]],
    [
      "each item's that was put in",
      { l: [1, 2, 3] },
      { l: [8, 1, 2, 9, 3] },
      [
        ["l", 0],
        ["l", 3],
      ],
    ],
    [
      "all items' of another list as long",
      { l: [1, 2] },
      { l: [3, 4] },
      [
        ["l", 0],
        ["l", 1],
      ],
    ],
    ["the way down into an item in its place", { l: [{ a: 1 }, 2] }, { l: [{ a: 2 }, 2] }, [["l", 0, "a"]]],
    ["a value's that became another kind", { a: [] }, { a: {} }, [["a"]]],
    ["a value's that became null", { a: {} }, { a: null }, [["a"]]],
    ["a text's that was a number", { a: 1 }, { a: "1" }, [["a"]]],
    ["the root's, before the first state", null, { a: 1 }, [[]]],
    ["a member's that objects inherit elsewhere", {}, { toString: 1 }, [["toString"]]],
  ])("are %s", (_, before, after, paths) => {
    expect(changedPaths(before, after)).toEqual({ paths, more: false });
  });

  test("are empty exactly when the states are equal", () => {
    const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>;
    fc.assert(
      fc.property(json, json, (before, after) => {
        expect(changedPaths(before, after).paths.length === 0).toBe(isDeepStrictEqual(before, after));
      }),
    );
  });

  test("cover every difference: everything else is unchanged and in the same order", () => {
    const list = fc.array(fc.constantFrom(0, 1, 2, 3), { maxLength: 5 });
    const value = fc.oneof(fc.constantFrom(null, 0, 1, "a"), list);
    const state = fc.dictionary(
      fc.constantFrom("a", "b"),
      fc.oneof(value, fc.dictionary(fc.constantFrom("c", "d"), value)),
    );
    fc.assert(
      fc.property(state, state, (before, after) => {
        expect(isSameBut(before, after, changedPaths(before, after).paths)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test("are found in long lists", () => {
    const before = numbers(100_000);
    const after = [-1, ...before.slice(0, 50_000), -2, ...before.slice(50_000, -1)];
    expect(changedPaths(before, after)).toEqual({ paths: [[0], [50_001]], more: false });
  });

  test("are limited to 32, and `more` says that there are others", () => {
    expect(changedPaths(numbers(MAX_PATHS), numbers(MAX_PATHS, 100))).toEqual({
      paths: numbers(MAX_PATHS).map((i) => [i]),
      more: false,
    });
    const more = changedPaths(numbers(MAX_PATHS + 1), numbers(MAX_PATHS + 1, 100));
    expect(more.paths).toHaveLength(MAX_PATHS);
    expect(more.more).toBe(true);
  });

  test("are not searched for in shared parts", () => {
    const shared = new Proxy<Record<string, Json>>(
      {},
      {
        ownKeys: () => {
          throw new Error("looked into");
        },
      },
    );
    expect(changedPaths({ shared, n: 1 }, { shared, n: 2 })).toEqual({ paths: [["n"]], more: false });
  });
});

/** Whether two values are equal except at the paths. */
function isSameBut(before: Json | undefined, after: Json | undefined, paths: readonly (string | number)[][]): boolean {
  const within = (step: string | number) => paths.filter(([first]) => first === step).map(([, ...rest]) => rest);
  if (paths.some((path) => path.length === 0) || isDeepStrictEqual(before, after)) return true;
  if (Array.isArray(before) && Array.isArray(after)) {
    if (before.length === after.length && after.every((item, i) => isSameBut(before[i], item, within(i)))) return true;
    const unchanged = after.filter((_, i) => within(i).length === 0);
    return isPartOf(unchanged, before);
  }
  if (!isObject(before) || !isObject(after)) return false;
  return Object.keys({ ...before, ...after }).every((name) => isSameBut(before[name], after[name], within(name)));
}

/** Whether a list is a subsequence of another one. */
function isPartOf(items: readonly Json[], list: readonly Json[]): boolean {
  let next = 0;
  for (const item of list) if (next < items.length && isDeepStrictEqual(item, items[next])) next++;
  return next === items.length;
}

function isObject(value: Json | undefined): value is Record<string, Json> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
