import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json } from "../../server/protocol/journal.ts";
import { diff } from "./diff.ts";

describe("a diff", () => {
  test.each<[what: string, before: Json, after: Json, changes: object[]]>([
    ["of equal values is empty", { a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }, []],
    [
      "names members",
      { a: 1, b: 2 },
      { a: 3, c: 4 },
      [
        { kind: "changed", path: ["a"], was: 1, is: 3 },
        { kind: "removed", path: ["b"], was: 2 },
        { kind: "added", path: ["c"], is: 4 },
      ],
    ],
    [
      "shows an insertion into a list as one change",
      ["b", "c"],
      ["a", "b", "c"],
      [{ kind: "added", path: [0], is: "a" }],
    ],
    [
      "shows a removal from a list as one change",
      ["a", "b", "c"],
      ["b", "c"],
      [{ kind: "removed", path: [0], was: "a" }],
    ],
    ["shows a moved item as one change", [1, 2, 3, 4], [4, 1, 2, 3], [{ kind: "moved", path: [0], from: 3, is: 4 }]],
    [
      "compares items with the same id",
      [
        { id: 1, n: 1 },
        { id: 2, n: 1 },
      ],
      [{ id: 0 }, { id: 2, n: 5 }, { id: 1, n: 1 }],
      [
        { kind: "added", path: [0], is: { id: 0 } },
        { kind: "changed", path: [1, "n"], was: 1, is: 5 },
      ],
    ],
    [
      "compares items at the same index",
      [{ n: 1 }, { n: 2 }],
      [{ n: 1 }, { n: 3 }],
      [{ kind: "changed", path: [1, "n"], was: 2, is: 3 }],
    ],
    [
      "distinguishes a list from an object",
      { a: [1] },
      { a: { 0: 1 } },
      [{ kind: "changed", path: ["a"], was: [1], is: { 0: 1 } }],
    ],
  ])("%s", (_, before, after, changes) => {
    expect(diff(before, after)).toEqual(changes);
  });

  test("of lists of small numbers is empty only if they are equal, and its additions and removals add up", () => {
    const list = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 12 });
    fc.assert(
      fc.property(list, list, (before, after) => {
        const changes = diff(before, after);
        expect(changes.length === 0).toBe(JSON.stringify(before) === JSON.stringify(after));
        const count = (kind: string) => changes.filter((change) => change.kind === kind).length;
        expect(before.length + count("added") - count("removed")).toBe(after.length);
      }),
    );
  });

  test("of ten thousand items edited at both ends is fast", () => {
    const before = Array.from({ length: 10_000 }, (_, i) => ({ id: i, text: `item ${i}` }));
    const after: Json = [{ id: -1, text: "new" }, ...before.slice(1, -1), { id: -2, text: "last" }];
    expect(diff(before, after)).toHaveLength(4);
  });
});
