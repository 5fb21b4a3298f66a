import { expect, test } from "vitest";
import { aggregated, capacity, cellSize, lifecycleOf, withMap } from "./map.ts";

const nothing = { added: {}, changes: {}, worked: {} };

test("a map has one cell per actor; cells change in place, and new ones come last in their type", () => {
  const first = withMap(null, { ...nothing, groups: [{ type: "a", keys: ["x", "y"], cells: "pA" }] });
  const next = withMap(first, {
    added: { a: [["z", "a"]], b: [["n", "A"]] },
    changes: {
      a: [
        [0, "A"],
        [2, "A"],
      ],
    },
    worked: { a: [1] },
  });
  expect(next).toEqual({
    groups: [
      { type: "a", keys: ["x", "y", "z"], cells: ["A", "A", "A"] },
      { type: "b", keys: ["n"], cells: ["A"] },
    ],
    worked: { a: [1] },
  });
  expect(first.groups?.[0]?.cells).toEqual(["p", "A"]);
  expect(withMap(next, { ...nothing, groups: null })).toEqual({ groups: null, worked: {} });
  expect(withMap({ groups: null, worked: {} }, nothing).groups).toBeNull();
});

test("with too many actors each cell stands for several, and a rare lifecycle keeps a cell", () => {
  const { groups, each } = aggregated(
    [
      { type: "a", counts: { passivated: 999_000, failed: 1 } },
      { type: "none", counts: {} },
    ],
    capacity(1100),
  );
  expect(each).toBe(50);
  expect(groups.map(({ type, cells }) => [type, cells.length])).toEqual([["a", 19_981]]);
  expect(lifecycleOf(groups[0]?.cells.at(-1) ?? "")).toBe("failed");
});

test("a phone has room for fewer cells than a wide screen", () => {
  expect([capacity(330), capacity(1100)]).toEqual([9_840, 33_000]);
  expect(aggregated([{ type: "a", counts: { active: 20_000 } }], capacity(330)).each).toBe(3);
});

test.each([
  [[10], 16],
  [[2000], 10],
  [[20_000], 4],
  [[100_000], 4],
])("%j cells fit on 1,100 pixels at size %i", (counts, size) => {
  expect(cellSize(counts, 1100)).toBe(size);
});
