"use client";

import type { Json } from "../../server/protocol/journal.ts";
import { isShort, type Marks, marksOf, type Path, preview } from "./tree.ts";
import { TreeGrid } from "./tree-grid.tsx";
import { TreeSearch } from "./tree-search.tsx";
import { useLocalTree } from "./use-local-tree.ts";

/**
 * A value as a tree, with copy buttons and, if `searched`, a search. Rows in `marks` stand out and flash once when `flash`
 * changes.
 */
export function JsonTree({
  label,
  value,
  marks,
  flash,
  searched = false,
  maxHeight,
  onPick,
}: {
  label: string;
  value: Json;
  marks: Marks;
  flash: number | null;
  searched?: boolean;
  /** The max height before it scrolls, in pixels. */
  maxHeight?: number;
  /** Called with the path of a row on click or Enter. */
  onPick?: (path: Path) => void;
}) {
  const tree = useLocalTree(value, marks);
  return (
    <>
      {searched && <TreeSearch label={`Search the ${label.toLowerCase()}`} tree={tree} />}
      <TreeGrid label={label} tree={tree} flash={flash} maxHeight={maxHeight} onPick={onPick} />
    </>
  );
}

const MAX_TEXT = 2000;

const noMarks = marksOf([]);

/** A value on one line if it is short, otherwise as a tree. `label` is its accessible name. */
export function JsonValue({ label, value }: { label: string; value: Json }) {
  if (isShort(value) || typeof value !== "object") {
    return <span className="mono break-words whitespace-pre-wrap">{preview(value, MAX_TEXT)}</span>;
  }
  return (
    <div className="min-w-0 rounded border border-line bg-canvas">
      <JsonTree label={label} value={value} marks={noMarks} flash={null} />
    </div>
  );
}
