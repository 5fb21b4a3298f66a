import { formatPath, type Path, partNames, preview, rowValue, type TreeRow } from "./tree.ts";

/** What is drawn of one line of a tree: nothing that is large. */
export interface ShownRow
  extends Pick<TreeRow, "id" | "path" | "depth" | "size" | "open" | "posInSet" | "siblings" | "parent" | "mark"> {
  /** Null at the root. */
  name: string | null;
  isList: boolean;
  isPart: boolean;
  /** The value, or the beginning of what a closed container holds. */
  text: string;
  /** Set where the value is a point in time, ISO 8601. */
  time: string | null;
}

/** What was found in a tree: how many, and whether there are more; and which of them is gone to, from 0. */
export interface Found {
  count: number;
  more: boolean;
  at: number;
}

/** A tree as its component needs it, wherever its value is. */
export interface TreeView {
  count: number;
  /** The row of an index; undefined while it is not here yet. */
  row(index: number): ShownRow | undefined;
  /** These rows are in view. */
  show(first: number, last: number): void;
  /** The row that keys act on. */
  active: number;
  activate(index: number): void;
  toggle(index: number, open: boolean): void;
  /** The text of a row's value, or of the path that leads to it. */
  textOf(index: number, what: Copied): Promise<string>;
  /** Searches; an empty text ends it. */
  search(text: string): void;
  /** Null while nothing is searched for. */
  found: Found | null;
  /** Goes to something that was found, and opens what leads to it. */
  goTo(match: number): void;
}

/** What of a row is copied. */
export type Copied = "value" | "path";

/** The most that a search finds. */
export const MAX_FOUND = 1_000;

/** The most characters of what a closed container holds. */
const MAX_INSIDE = 120;
const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/** What is drawn of a row. */
export function toShown(row: TreeRow): ShownRow {
  const { value, part, open, size, id, path, depth, posInSet, siblings, parent, mark } = row;
  const names = partNames(row);
  const inside = open || part !== null ? "" : preview(value, MAX_INSIDE);
  return {
    ...{ id, path, depth, size, open, posInSet, siblings, parent, mark },
    name: names === null ? nameOf(path) : `${names[0]} … ${names[1]}`,
    isList: Array.isArray(value),
    isPart: part !== null,
    text: size === null ? preview(value) : inside,
    time: typeof value === "string" && isoTime.test(value) ? value : null,
  };
}

function nameOf(path: Path): string | null {
  const name = path.at(-1);
  return name === undefined ? null : String(name);
}

/** What is copied of a row: its path as code writes it; a text as it is, any other value as JSON. */
export function copiedText(row: TreeRow, what: Copied): string {
  if (what === "path") return formatPath(row.path);
  const value = rowValue(row);
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}

/** The match that comes after another one, or before; round at the ends. */
export function nextMatch({ count, at }: Found, step: 1 | -1): number {
  return (at + step + count) % count;
}
