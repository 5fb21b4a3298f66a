import { MAX_INNER, MAX_PREVIEW } from "../../server/protocol/entry-words.ts";
import type { Json } from "../../server/protocol/journal.ts";

export { formatPath, preview } from "../../server/protocol/entry-words.ts";

/** A path to a value inside another: names of members and indexes of elements. */
export type Path = readonly (string | number)[];

/** One row of a JSON tree. */
export interface TreeRow {
  /** The path as a JSON pointer; parts of a large container have their own ids. */
  id: string;
  path: Path;
  depth: number;
  value: Json;
  /** The number of members or elements; null for other values. */
  size: number | null;
  /** Set if the row stands for a part of its container: the index of its first member, and the one after its last. */
  part: readonly [from: number, to: number] | null;
  open: boolean;
  /** Its place among its siblings, from 1, and their number. */
  posInSet: number;
  siblings: number;
  /** The index of the parent row; -1 at the top. */
  parent: number;
  /** Whether it or something inside it changed. */
  mark: "changed" | "within" | null;
}

/** Containers beyond this depth, or with more members, are closed at first. */
const OPEN_DEPTH = 2;
const OPEN_SIZE = 100;
/** A container with more members than this is shown in parts of this size. */
const PART = 1_000;

/** The changed rows, from `marksOf`. */
export type Marks = ReadonlyMap<string, "changed" | "within">;

/** The containers that the user opened or closed, by row id. */
export type Toggled = ReadonlyMap<string, boolean>;

/** The rows to mark for changed paths: the paths and their ancestors. */
export function marksOf(paths: readonly Path[]): Marks {
  const marks = new Map<string, "changed" | "within">();
  for (const path of paths) {
    for (let length = 1; length < path.length; length++) {
      const id = pointer(path.slice(0, length));
      if (!marks.has(id)) marks.set(id, "within");
    }
    marks.set(pointer(path), "changed");
  }
  return marks;
}

/**
 * The rows of a tree in order. An open container is followed by its members. `toggled` says whether it is open, otherwise
 * its size and depth. A container at the root has no row.
 */
export function treeRows(root: Json, toggled: Toggled, marks: Marks): TreeRow[] {
  const rows: TreeRow[] = [];
  const add = (row: Omit<TreeRow, "open" | "mark">): void => {
    const { id, value, path, depth, size, part } = row;
    const isOpenAtFirst = part === null && depth + 1 < OPEN_DEPTH && (size ?? 0) <= OPEN_SIZE;
    const open = size !== null && size > 0 && (toggled.get(id) ?? isOpenAtFirst);
    rows.push({ ...row, open, mark: marks.get(id) ?? null });
    if (open) addInside(value, path, depth + 1, part, rows.length - 1);
  };
  const addInside = (value: Json, path: Path, depth: number, part: TreeRow["part"], parent: number): void => {
    const size = sizeOf(value) ?? 0;
    const id = pointer(path);
    if (part === null && size > PART) {
      const siblings = Math.ceil(size / PART);
      for (let from = 0, posInSet = 1; from < size; from += PART, posInSet++) {
        const to = Math.min(from + PART, size);
        add({
          id: partId(id, from),
          path,
          depth,
          value,
          size: to - from,
          part: [from, to],
          posInSet,
          siblings,
          parent,
        });
      }
      return;
    }
    const [from, to] = part ?? [0, size];
    for (let i = from; i < to; i++) {
      const [step, inner] = memberAt(value, i);
      const own = { path: [...path, step], id: `${id}/${escaped(step)}`, depth, value: inner, size: sizeOf(inner) };
      add({ ...own, part: null, posInSet: i - from + 1, siblings: to - from, parent });
    }
  };
  const size = sizeOf(root);
  if (size === null || size === 0) {
    add({ id: "", path: [], depth: 0, value: root, size, part: null, posInSet: 1, siblings: 1, parent: -1 });
  } else addInside(root, [], 0, null, -1);
  return rows;
}

/** `toggled`, with all ancestors of a path open. */
export function revealed(root: Json, path: Path, toggled: Toggled): Toggled {
  const opened = new Map(toggled);
  let value = root;
  path.forEach((step, i) => {
    const id = pointer(path.slice(0, i));
    if (i > 0) opened.set(id, true);
    const index = typeof step === "number" ? step : keysOf(value).indexOf(step);
    if ((sizeOf(value) ?? 0) > PART) opened.set(partId(id, index - (index % PART)), true);
    value = memberAt(value, index)[1];
  });
  return opened;
}

/** Searches a value for a text in member names and scalar values; returns at most `max` paths. */
export function search(root: Json, text: string, max: number): { paths: Path[]; more: boolean } {
  const paths: Path[] = [];
  const wanted = text.toLowerCase();
  const visit = (value: Json, path: Path): boolean => {
    const name = path.at(-1);
    const isFound =
      (typeof name === "string" && holds(name, wanted)) || (sizeOf(value) === null && holds(value, wanted));
    if (isFound && paths.length === max) return false;
    if (isFound) paths.push(path);
    for (const [step, inner] of inside(value)) if (!visit(inner, [...path, step])) return false;
    return true;
  };
  return { more: !visit(root, []), paths };
}

function holds(value: Json, wanted: string): boolean {
  return String(value).toLowerCase().includes(wanted);
}

/** The value of a row; for a part only its members. */
export function rowValue({ value, part }: Pick<TreeRow, "value" | "part">): Json {
  if (part === null) return value;
  if (Array.isArray(value)) return (value as readonly Json[]).slice(...part);
  return Object.fromEntries(Array.from({ length: part[1] - part[0] }, (_, i) => memberAt(value, part[0] + i)));
}

/** The first and the last name of a part; null for a row that is not a part. */
export function partNames({ value, part }: Pick<TreeRow, "value" | "part">): [string, string] | null {
  if (part === null) return null;
  return [String(memberAt(value, part[0])[0]), String(memberAt(value, part[1] - 1)[0])];
}

function* inside(value: Json): Generator<[string | number, Json]> {
  const size = sizeOf(value) ?? 0;
  for (let i = 0; i < size; i++) yield memberAt(value, i);
}

function memberAt(value: Json, index: number): [string | number, Json] {
  if (Array.isArray(value)) return [index, (value as readonly Json[])[index] as Json];
  const name = keysOf(value)[index] as string;
  return [name, (value as Readonly<Record<string, Json>>)[name] as Json];
}

const keys = new WeakMap<object, readonly string[]>();

/** The names of an object's members, cached: shown values never change. */
function keysOf(value: Json): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  let names = keys.get(value);
  if (names === undefined) {
    names = Object.keys(value);
    keys.set(value, names);
  }
  return names;
}

function sizeOf(value: Json): number | null {
  if (Array.isArray(value)) return value.length;
  return typeof value === "object" && value !== null ? keysOf(value).length : null;
}

/** Unique: escaped names have a tilde only before 0 and 1. */
function partId(id: string, from: number): string {
  return `${id}/~${from}+`;
}

/** A path as a JSON pointer. */
export function pointer(path: Path): string {
  return path.map((step) => `/${escaped(step)}`).join("");
}

function escaped(step: string | number): string | number {
  if (typeof step === "number" || !/[~/]/.test(step)) return step;
  return step.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** The max number of members of a value that is shown on one line. */
const FEW = 4;

/** Whether a preview shows the whole value, and the value is short. */
export function isShort(value: Json): boolean {
  if (typeof value === "string") return value.length <= MAX_PREVIEW;
  if ((sizeOf(value) ?? 0) > FEW) return false;
  const members = [...inside(value)].map(([, inner]) => inner);
  return members.every((inner) => (typeof inner === "string" ? inner.length <= MAX_INNER : sizeOf(inner) === null));
}
