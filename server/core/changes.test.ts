import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json } from "../protocol/json.ts";
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
    ["a list's as a whole when its length changed", { l: [1, 2] }, { l: [1] }, [["l"]]],
    ["an item's when its length did not", { l: [1, 2] }, { l: [1, 3] }, [["l", 1]]],
    ["a value's that became another kind", { a: [] }, { a: {} }, [["a"]]],
    ["a value's that became null", { a: {} }, { a: null }, [["a"]]],
    ["a text's that was a number", { a: 1 }, { a: "1" }, [["a"]]],
    ["the root's, before the first state", null, { a: 1 }, [[]]],
    ["a member's that objects inherit elsewhere", {}, { toString: 1 }, [["toString"]]],
  ])("are %s", (_, before, after, paths) => {
    expect(changedPaths(before, after)).toEqual({ paths, more: false });
  });

  test("are none exactly when the states are equal", () => {
    const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>;
    fc.assert(
      fc.property(json, json, (before, after) => {
        expect(changedPaths(before, after).paths.length === 0).toBe(isDeepStrictEqual(before, after));
      }),
    );
  });

  test("lead to every difference: whoever writes the new values there has the new state", () => {
    const value = fc.oneof(fc.constantFrom(null, 0, 1, "a"), fc.array(fc.constantFrom(0, 1), { maxLength: 2 }));
    const state = fc.dictionary(
      fc.constantFrom("a", "b"),
      fc.oneof(value, fc.dictionary(fc.constantFrom("c", "d"), value)),
    );
    fc.assert(
      fc.property(state, state, (before, after) => {
        const written = structuredClone(before);
        for (const path of changedPaths(before, after).paths) put(written, path, after);
        expect(written).toEqual(after);
      }),
      { numRuns: 500 },
    );
  });

  test("are 32 at most, and then it is said that there are more", () => {
    expect(changedPaths(numbers(MAX_PATHS), numbers(MAX_PATHS, 1))).toEqual({
      paths: numbers(MAX_PATHS).map((i) => [i]),
      more: false,
    });
    const more = changedPaths(numbers(MAX_PATHS + 1), numbers(MAX_PATHS + 1, 1));
    expect(more.paths).toHaveLength(MAX_PATHS);
    expect(more.more).toBe(true);
  });

  test("are not looked for in what both states share", () => {
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

/** Makes the value at a path in `target` what it is in `source`. */
function put(target: Json, path: readonly (string | number)[], source: Json): void {
  type Container = Record<string | number, Json>;
  const last = path.at(-1) as string | number;
  let to = target as Container;
  let from = source as Container;
  for (const step of path.slice(0, -1)) {
    to = to[step] as Container;
    from = from[step] as Container;
  }
  if (Object.hasOwn(from, last)) to[last] = from[last] as Json;
  else delete to[last];
}
