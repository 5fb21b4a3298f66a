import { expose } from "comlink";
import type { Json } from "../../server/protocol/journal.ts";
import { readPath } from "../read/read.ts";
import {
  type Marks,
  marksOf,
  type Path,
  pointer,
  revealed,
  search,
  type Toggled,
  type TreeRow,
  treeRows,
} from "./tree.ts";
import { copiedText, MAX_FOUND, toShown } from "./tree-view.ts";

let root: Json = null;
let toggled: Toggled = new Map();
let marks: Marks = marksOf([]);
let rows: TreeRow[] = [];
let matches: Path[] = [];

function list(): number {
  rows = treeRows(root, toggled, marks);
  return rows.length;
}

const calls = {
  /** Reads `{ head, state }` from a path of the server's API. */
  async load(path: string) {
    const { head, state } = await readPath<{ head: number; state: Json }>(path, new AbortController().signal);
    root = state;
    matches = [];
    return { head, count: list() };
  },
  /** Marks the changed paths. */
  mark(paths: readonly Path[]) {
    marks = marksOf(paths);
    list();
  },
  rows: (first: number, last: number) => rows.slice(first, last + 1).map(toShown),
  /** Opens or closes a row; returns the new number of rows. */
  toggle(index: number, open: boolean) {
    const id = rows[index]?.id;
    if (id !== undefined) toggled = new Map(toggled).set(id, open);
    return list();
  },
  search(text: string) {
    const { paths, more } = text === "" ? { paths: [], more: false } : search(root, text, MAX_FOUND);
    matches = paths;
    return { count: paths.length, more };
  },
  /** Opens the rows above a match; returns its new index and the new number of rows. */
  reveal(match: number) {
    const path = matches[match] ?? [];
    toggled = revealed(root, path, toggled);
    const count = list();
    const id = pointer(path);
    const index = rows.findIndex((row) => row.id === id);
    return { index: Math.max(0, index), count };
  },
  /** The text to copy from a row; null for the whole value. */
  text(index: number | null, what: "value" | "path") {
    if (index === null) return JSON.stringify(root, null, 2);
    return rows[index] ? copiedText(rows[index], what) : "";
  },
};

/** The calls of the worker that holds a large value: parsing ten megabytes would block the page. */
export type LargeTree = typeof calls;

expose(calls);
