import { formatPath, type Path, partNames, preview, rowValue, type TreeRow } from "./tree.ts";

/** The rendered part of a row, never large. */
export interface ShownRow
  extends Pick<TreeRow, "id" | "path" | "depth" | "size" | "open" | "posInSet" | "siblings" | "parent" | "mark"> {
  /** Null at the root. */
  name: string | null;
  isList: boolean;
  isPart: boolean;
  /** The value, or a preview of a closed container. */
  text: string;
  /** Set if the value is an ISO 8601 time. */
  time: string | null;
}

/** The matches of a search: their number, whether there are more, and the index of the current one. */
export interface Found {
  count: number;
  more: boolean;
  at: number;
}

/** A tree, in the page or in a worker. */
export interface TreeView {
  count: number;
  /** The row at an index; undefined while it is not loaded. */
  row(index: number): ShownRow | undefined;
  /** Reports the rows in view. */
  show(first: number, last: number): void;
  /** The row that keys act on. */
  active: number;
  activate(index: number): void;
  toggle(index: number, open: boolean): void;
  /** The text of a row's value or path. */
  textOf(index: number, what: Copied): Promise<string>;
  /** Searches; an empty text ends the search. */
  search(text: string): void;
  /** Null without a search. */
  found: Found | null;
  /** Goes to a match and opens the rows above it. */
  goTo(match: number): void;
}

export type Copied = "value" | "path";

/** The max number of matches. */
export const MAX_FOUND = 1_000;

/** The max length of a container's preview, in characters. */
const MAX_INSIDE = 120;
const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

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

/** The text to copy from a row: its path in code notation, a string as is, other values as JSON. */
export function copiedText(row: TreeRow, what: Copied): string {
  if (what === "path") return formatPath(row.path);
  const value = rowValue(row);
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}

/** The next or previous match, wrapping around. */
export function nextMatch({ count, at }: Found, step: 1 | -1): number {
  return (at + step + count) % count;
}
