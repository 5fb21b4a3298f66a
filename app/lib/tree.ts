import type { Json } from "../../server/protocol/json.ts";

/** A path to a value inside another: names of members and indexes of elements. */
export type Path = readonly (string | number)[];

/** One line of a tree of JSON. */
export interface TreeRow {
  /** The path as a JSON pointer: the row's identity. */
  id: string;
  path: Path;
  depth: number;
  value: Json;
  /** How many members or elements it has; null for what has none inside. */
  size: number | null;
  open: boolean;
  /** Its place among its siblings, from 1, and their number. */
  place: number;
  siblings: number;
  /** Whether it changed, or something inside it did. */
  mark: "changed" | "within" | null;
}

/** Containers beyond this depth, or with more members, begin closed. */
const OPEN_DEPTH = 2;
const OPEN_SIZE = 100;

/** What changed, as `marksOf` makes it of paths. */
export type Marks = ReadonlyMap<string, "changed" | "within">;

/** The rows to mark for paths that changed: the paths themselves, and what leads to them. */
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
 * The lines of a tree in order. A container's own line comes before those inside it, if it is open: as `toggled` says
 * by its id, else as large and deep as it is. A container at the root has no line of its own.
 */
export function treeRows(root: Json, toggled: ReadonlyMap<string, boolean>, marks: Marks): TreeRow[] {
  const rows: TreeRow[] = [];
  const add = (value: Json, path: Path, id: string, place: number, siblings: number): void => {
    const depth = Math.max(path.length - 1, 0);
    const size = sizeOf(value);
    const open = size !== null && size > 0 && (toggled.get(id) ?? (depth + 1 < OPEN_DEPTH && size <= OPEN_SIZE));
    rows.push({ id, path, depth, value, size, open, place, siblings, mark: marks.get(id) ?? null });
    if (open) addInside(value, path, id, size);
  };
  const addInside = (value: Json, path: Path, id: string, size: number): void => {
    let place = 1;
    for (const [step, inner] of inside(value)) add(inner, [...path, step], `${id}/${escaped(step)}`, place++, size);
  };
  const size = sizeOf(root);
  if (size === null || size === 0) add(root, [], "", 1, 1);
  else addInside(root, [], "", size);
  return rows;
}

function* inside(value: Json): Generator<[string | number, Json]> {
  if (Array.isArray(value)) yield* (value as readonly Json[]).entries();
  else if (typeof value === "object" && value !== null) yield* Object.entries(value as Record<string, Json>);
}

function sizeOf(value: Json): number | null {
  if (Array.isArray(value)) return value.length;
  return typeof value === "object" && value !== null ? Object.keys(value).length : null;
}

function pointer(path: Path): string {
  return path.map((step) => `/${escaped(step)}`).join("");
}

function escaped(step: string | number): string | number {
  if (typeof step === "number" || !/[~/]/.test(step)) return step;
  return step.replaceAll("~", "~0").replaceAll("/", "~1");
}

const identifier = /^[A-Za-z_$][\w$]*$/;

/** A path as code writes it: `items[3].name`, `["odd name"].x`. */
export function formatPath(path: Path): string {
  const text = path
    .map((step) => {
      if (typeof step === "number") return `[${step}]`;
      return identifier.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
    })
    .join("");
  return text.startsWith(".") ? text.slice(1) : text;
}

/** The most characters of a value that one line shows, and of a text inside it. */
const PREVIEW = 240;
const INNER = 40;
/** How many members a value has at most that is shown on one line rather than as a tree. */
const FEW = 4;

/** Whether a preview of a value shows all of it, and it is read at a glance. */
export function isShort(value: Json): boolean {
  if (typeof value === "string") return value.length <= PREVIEW;
  if ((sizeOf(value) ?? 0) > FEW) return false;
  const members = [...inside(value)].map(([, inner]) => inner);
  return members.every((inner) => (typeof inner === "string" ? inner.length <= INNER : sizeOf(inner) === null));
}

/** A value on one line. Only its beginning is looked at, so a large value costs no more than a small one. */
export function preview(value: Json, max = PREVIEW): string {
  if (typeof value === "string") return JSON.stringify(value.length > max ? `${value.slice(0, max)}…` : value);
  if (typeof value !== "object" || value === null) return String(value);
  const isList = Array.isArray(value);
  const parts: string[] = [];
  let length = 0;
  for (const [step, inner] of inside(value)) {
    if (length >= max) {
      parts.push("…");
      break;
    }
    const text =
      typeof inner === "object" && inner !== null ? (Array.isArray(inner) ? "[…]" : "{…}") : preview(inner, INNER);
    parts.push(isList ? text : `${step}: ${text}`);
    length += text.length + (isList ? 2 : String(step).length + 4);
  }
  return isList ? `[${parts.join(", ")}]` : `{${parts.join(", ")}}`;
}
