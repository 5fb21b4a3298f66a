import type { Json } from "../../server/protocol/json.ts";
import { readPath } from "../read/read.ts";
import { serveCalls } from "../read/worker-calls.ts";
import type { LargeTreeCalls } from "./large-tree.ts";
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

serveCalls<LargeTreeCalls>({
  async load(_tell, path) {
    const { head, state } = await readPath<{ head: number; state: Json }>(path, new AbortController().signal);
    root = state;
    matches = [];
    return { head, count: list() };
  },
  async mark(_tell, paths) {
    marks = marksOf(paths);
    list();
    return null;
  },
  rows: async (_tell, first, last) => rows.slice(first, last + 1).map(toShown),
  async toggle(_tell, index, open) {
    const id = rows[index]?.id;
    if (id !== undefined) toggled = new Map(toggled).set(id, open);
    return list();
  },
  async search(_tell, text) {
    const { paths, more } = text === "" ? { paths: [], more: false } : search(root, text, MAX_FOUND);
    matches = paths;
    return { count: paths.length, more };
  },
  async reveal(_tell, match) {
    const path = matches[match] ?? [];
    toggled = revealed(root, path, toggled);
    const count = list();
    const id = pointer(path);
    return {
      index: Math.max(
        0,
        rows.findIndex((row) => row.id === id),
      ),
      count,
    };
  },
  async text(_tell, index, what) {
    if (index === null) return JSON.stringify(root, null, 2);
    return rows[index] ? copiedText(rows[index], what) : "";
  },
});
