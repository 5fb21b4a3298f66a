"use client";

import type { Json } from "../../server/protocol/json.ts";
import type { Marks, Path } from "./tree.ts";
import { TreeGrid } from "./tree-grid.tsx";
import { TreeSearch } from "./tree-search.tsx";
import { useLocalTree } from "./use-local-tree.ts";

/**
 * A value as a tree: members open and close, paths and values are copied, and it can be `searched`. Rows in `marks` stand
 * out; they flash once when `flash` changes.
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
  /** How high it grows before it scrolls, in pixels. */
  maxHeight?: number;
  /** Is told the path of a row that was clicked, or entered. */
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
