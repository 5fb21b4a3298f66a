import { describe, expect, test } from "vitest";
import type { Json } from "../../server/protocol/journal.ts";
import {
  formatPath,
  isShort,
  marksOf,
  partNames,
  preview,
  revealed,
  rowValue,
  search,
  type TreeRow,
  treeRows,
} from "./tree.ts";

const none = marksOf([]);
const state = { name: "x", list: [1, { deep: { deeper: true } }], empty: {} };

describe("the rows of a tree", () => {
  test("are in order, each with its depth and its position among its siblings", () => {
    const rows = treeRows(state, new Map(), none);
    expect(rows.map(({ id, depth, posInSet, siblings }) => [id, depth, posInSet, siblings])).toEqual([
      ["/name", 0, 1, 3],
      ["/list", 0, 2, 3],
      ["/list/0", 1, 1, 2],
      ["/list/1", 1, 2, 2],
      ["/empty", 0, 3, 3],
    ]);
  });

  test("are closed if deep or large, and open when toggled", () => {
    const large = { all: Array.from({ length: 101 }, (_, i) => i) };
    expect(treeRows(large, new Map(), none)).toHaveLength(1);
    expect(treeRows(large, new Map([["/all", true]]), none)).toHaveLength(102);
    expect(treeRows(state, new Map([["/list", false]]), none).map(({ id }) => id)).toEqual([
      "/name",
      "/list",
      "/empty",
    ]);
  });

  test("of a scalar or an empty container are one row", () => {
    expect(treeRows("text", new Map(), none).map(({ id, value }) => [id, value])).toEqual([["", "text"]]);
    expect(treeRows({}, new Map(), none)).toHaveLength(1);
  });

  test("mark changes and their ancestors", () => {
    const rows = treeRows(state, new Map(), marksOf([["list", 1, "deep"], ["name"]]));
    expect(rows.map(({ id, mark }) => [id, mark])).toEqual([
      ["/name", "changed"],
      ["/list", "within"],
      ["/list/0", null],
      ["/list/1", "within"],
      ["/empty", null],
    ]);
  });

  test("distinguish names with slashes and tildes", () => {
    const ids = treeRows({ "a/b": 1, a: { b: 1 }, "a~1b": 1 }, new Map(), none).map(({ id }) => id);
    expect(ids).toEqual(["/a~1b", "/a", "/a/b", "/a~01b"]);
  });
});

test("formats a path in code notation", () => {
  expect(formatPath(["items", 3, "name"])).toBe("items[3].name");
  expect(formatPath(["odd name", "x"])).toBe('["odd name"].x');
});

test("a value is short when its preview shows all of it", () => {
  const short: Json[] = [null, 7, "text", {}, { by: 2 }, ["a", "b", null]];
  const long: Json[] = ["x".repeat(300), { a: {} }, { a: "x".repeat(41) }, [1, 2, 3, 4, 5]];
  expect([...short, ...long].map(isShort)).toEqual([...short.map(() => true), ...long.map(() => false)]);
});

describe("a preview", () => {
  test("shows a container's first members on one line", () => {
    expect(preview({ a: 1, b: [1], c: { d: 1 } })).toBe("{a: 1, b: […], c: {…}}");
    expect(preview(["x", null])).toBe('["x", null]');
  });

  test("reads only the start of a large value", () => {
    expect(preview("x".repeat(1000))).toHaveLength(243);
    expect(preview(Array.from({ length: 100_000 }, () => 12345)).length).toBeLessThan(300);
  });
});

describe("a container with very many members", () => {
  const list = Array.from({ length: 2_500 }, (_, i) => i);
  const root = { list, names: Object.fromEntries(list.map((i) => [`n${i}`, i])) };
  const ids = (toggled: ReadonlyMap<string, boolean>) => treeRows(root, toggled, none).map(({ id }) => id);

  test("is shown in parts that open separately", () => {
    expect(ids(new Map([["/list", true]]))).toEqual(["/list", "/list/~0+", "/list/~1000+", "/list/~2000+", "/names"]);
    const rows = treeRows(root, new Map(["/list", "/list/~2000+"].map((id) => [id, true])), none);
    expect(rows).toHaveLength(505);
    expect(rows[4]).toMatchObject({ id: "/list/2000", depth: 2, posInSet: 1, siblings: 500, parent: 3 });
    expect(partNames(rows[3] as TreeRow)).toEqual(["2000", "2499"]);
    expect(rowValue(rows[3] as TreeRow)).toEqual(list.slice(2_000));
  });

  test("is opened at a path inside it", () => {
    expect(ids(revealed(root, ["names", "n1500"], new Map()))).toContain("/names/n1500");
    expect(ids(revealed(root, ["list", 7], new Map()))).toContain("/list/7");
  });
});

describe("a search", () => {
  const root = { Items: [{ name: "red hat" }, { name: "Hat stand" }], hat: null, n: 41 };

  test("finds member names and values, ignoring case, in the order of the tree", () => {
    expect(search(root, "hat", 10)).toEqual({
      paths: [["Items", 0, "name"], ["Items", 1, "name"], ["hat"]],
      more: false,
    });
    expect(search(root, "items", 10).paths).toEqual([["Items"]]);
    expect(search(root, "41", 10).paths).toEqual([["n"]]);
  });

  test("stops at the max number of matches and says so", () => {
    expect(search(root, "hat", 2)).toEqual({
      paths: [
        ["Items", 0, "name"],
        ["Items", 1, "name"],
      ],
      more: true,
    });
    expect(search(root, "hat", 3).more).toBe(false);
  });
});
