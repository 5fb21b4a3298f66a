import type { Json } from "../../server/protocol/json.ts";
import type { LargeTreeAnswer, LargeTreeCalls, LargeTreeRequest } from "./large-tree.ts";
import { readPath } from "./read.ts";
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

type Promised = {
  [N in keyof LargeTreeCalls]: (...p: Parameters<LargeTreeCalls[N]>) => Promise<ReturnType<LargeTreeCalls[N]>>;
};

const calls: Promised = {
  async load(path) {
    const { head, state } = await readPath<{ head: number; state: Json }>(path, new AbortController().signal);
    root = state;
    matches = [];
    return { head, count: list() };
  },
  async mark(paths) {
    marks = marksOf(paths);
    list();
    return null;
  },
  rows: async (first, last) => rows.slice(first, last + 1).map(toShown),
  async toggle(index, open) {
    const id = rows[index]?.id;
    if (id !== undefined) toggled = new Map(toggled).set(id, open);
    return list();
  },
  async search(text) {
    const { paths, more } = text === "" ? { paths: [], more: false } : search(root, text, MAX_FOUND);
    matches = paths;
    return { count: paths.length, more };
  },
  async reveal(match) {
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
  async text(index, what) {
    if (index === null) return JSON.stringify(root, null, 2);
    return rows[index] ? copiedText(rows[index], what) : "";
  },
};

self.addEventListener("message", ({ data: { number, name, parameters } }: MessageEvent<LargeTreeRequest>) => {
  const call = calls[name] as (...all: unknown[]) => Promise<unknown>;
  const answer = (given: LargeTreeAnswer) => self.postMessage(given);
  call(...parameters).then(
    (value) => answer({ number, value }),
    (error: Error) => answer({ number, problem: error.message }),
  );
});
