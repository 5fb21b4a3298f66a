import { describe, expect, test } from "vitest";
import { applyPatches } from "../../protocol/fold.ts";
import type { Json, Patch } from "../../protocol/journal.ts";
import { withOrder } from "./patches.ts";

const state = () => ({ n: 1, list: [{ a: 1 }, { a: 2 }], map: { x: 1, y: 2 }, none: null }) as Json;

function patched(...patches: Patch[]): Json {
  const own = state();
  applyPatches(own, patches);
  return own;
}

describe("a patch", () => {
  test.each<[what: string, Patch, Json]>([
    ["adds a member", { op: "add", path: ["map", "z"], value: 3 }, { map: { x: 1, y: 2, z: 3 } }],
    ["replaces a member", { op: "replace", path: ["map", "x"], value: [] }, { map: { x: [], y: 2 } }],
    ["removes a member", { op: "remove", path: ["map", "x"] }, { map: { y: 2 } }],
    ["replaces a member by null", { op: "replace", path: ["n"], value: null }, { n: null }],
    [
      "adds to a list, before what stood there",
      { op: "add", path: ["list", 0], value: 0 },
      { list: [0, { a: 1 }, { a: 2 }] },
    ],
    ["adds to a list's end", { op: "add", path: ["list", 2], value: 0 }, { list: [{ a: 1 }, { a: 2 }, 0] }],
    ["replaces what is in a list", { op: "replace", path: ["list", 1], value: 0 }, { list: [{ a: 1 }, 0] }],
    ["removes from a list", { op: "remove", path: ["list", 0] }, { list: [{ a: 2 }] }],
    ["makes a list shorter", { op: "replace", path: ["list", "length"], value: 1 }, { list: [{ a: 1 }] }],
    [
      "goes through lists and objects",
      { op: "replace", path: ["list", 1, "a"], value: 5 },
      { list: [{ a: 1 }, { a: 5 }] },
    ],
  ])("%s", (_, patch, changed) => {
    expect(patched(patch)).toEqual({ ...(state() as object), ...(changed as object) });
  });

  test("applies after those before it", () => {
    expect(
      patched(
        { op: "add", path: ["map", "z"], value: { deep: 1 } },
        { op: "replace", path: ["map", "z", "deep"], value: 2 },
        { op: "remove", path: ["list", 0] },
        { op: "replace", path: ["list", 0, "a"], value: 9 },
      ),
    ).toMatchObject({ map: { z: { deep: 2 } }, list: [{ a: 9 }] });
  });

  test("applies to a list that is the state itself", () => {
    const list: Json = [1, 2, 3];
    applyPatches(list, [
      { op: "replace", path: [0], value: 9 },
      { op: "replace", path: ["length"], value: 2 },
    ]);
    expect(list).toEqual([9, 2]);
  });
});

describe("a patch does not fit", () => {
  test.each<[why: string, Patch]>([
    ["it leads nowhere", { op: "replace", path: [], value: 1 }],
    ["a member on its way is missing", { op: "replace", path: ["gone", "x"], value: 1 }],
    ["a number is on its way", { op: "add", path: ["n", "x"], value: 1 }],
    ["null is on its way", { op: "add", path: ["none", "x"], value: 1 }],
    ["it adds beyond a list's end", { op: "add", path: ["list", 3], value: 1 }],
    ["it adds before a list's begin", { op: "add", path: ["list", -1], value: 1 }],
    ["a list has no such place", { op: "add", path: ["list", "first"], value: 1 }],
  ])("when %s", (_, patch) => {
    expect(() => patched(patch)).toThrow(`A patch of ${patch.path.join(".")} does not fit the state.`);
  });
});

describe("patches with the order of members", () => {
  /** A state after the patches of a change, as text: order matters. */
  const folded = (before: Json, after: Json, patches: Patch[]) => {
    const own = structuredClone(before);
    applyPatches(own, withOrder(before, after, patches));
    return JSON.stringify(own);
  };

  test("are unchanged if a change preserves the order", () => {
    const patches: Patch[] = [
      { op: "replace", path: ["map", "x"], value: 5 },
      { op: "remove", path: ["map", "y"] },
      { op: "add", path: ["map", "z"], value: 3 },
    ];
    expect(withOrder(state(), patched(...patches), patches)).toEqual(patches);
  });

  test("move a member that was deleted and set again to the end", () => {
    const after = { map: { y: 2, x: 7 } };
    const patches: Patch[] = [{ op: "replace", path: ["map", "x"], value: 7 }];
    expect(folded({ map: { x: 1, y: 2 } }, after, patches)).toBe(JSON.stringify(after));
  });

  test("do so if it was set to its old value, which needs no other patch", () => {
    const [before, after] = [{ map: { x: 1, y: 2 } }, { map: { y: 2, x: 1 } }];
    expect(folded(before, after, [])).toBe(JSON.stringify(after));
  });

  test("do so within a list", () => {
    const [before, after] = [{ list: [{ x: 1, y: 2 }] }, { list: [{ y: 2, x: 1 }] }];
    expect(folded(before, after, [])).toBe(JSON.stringify(after));
  });

  test("do so at the root, and with members that are new", () => {
    const after = { c: 3, b: 2, a: 9, d: 4 };
    const patches: Patch[] = [
      { op: "replace", path: ["a"], value: 9 },
      { op: "add", path: ["d"], value: 4 },
      { op: "replace", path: ["b"], value: 2 },
    ];
    expect(folded({ a: 1, b: 2, c: 3 }, after, patches)).toBe(JSON.stringify(after));
  });

  test("skip members with numeric names, which are always first and sorted", () => {
    const after = { map: { "5": 1, "6": 3, "7": 2 } };
    const patches: Patch[] = [{ op: "add", path: ["map", "6"], value: 3 }];
    expect(withOrder({ map: { "5": 1, "7": 2 } }, after, patches)).toEqual(patches);
  });
});
