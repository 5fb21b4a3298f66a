"use client";

import { useMemo, useState } from "react";
import type { Json } from "../../server/protocol/journal.ts";
import {
  isShort,
  type Marks,
  marksOf,
  type Path,
  pointer,
  preview,
  revealed,
  search,
  type Toggled,
  treeRows,
} from "./tree.ts";
import { TreeGrid } from "./tree-grid.tsx";
import { TreeSearch } from "./tree-search.tsx";
import { copiedText, MAX_FOUND, type TreeView, toShown } from "./tree-view.ts";

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

/** The tree of a value in the page. Open rows stay open when the value changes. */
function useLocalTree(value: Json, marks: Marks): TreeView {
  const [toggled, setToggled] = useState<Toggled>(new Map());
  const [activeId, setActiveId] = useState<string | null>(null);
  const [wanted, setWanted] = useState({ text: "", at: 0 });
  const rows = useMemo(() => treeRows(value, toggled, marks), [value, toggled, marks]);
  const matches = useMemo(
    () => (wanted.text === "" ? null : search(value, wanted.text, MAX_FOUND)),
    [value, wanted.text],
  );
  const found = matches && { count: matches.paths.length, more: matches.more, at: wanted.at };
  return {
    count: rows.length,
    row: (index) => rows[index] && toShown(rows[index]),
    show: () => undefined,
    active: Math.max(
      0,
      rows.findIndex(({ id }) => id === activeId),
    ),
    activate: (index) => setActiveId(rows[index]?.id ?? null),
    toggle: (index, open) => {
      const id = rows[index]?.id;
      if (id !== undefined) setToggled((before) => new Map(before).set(id, open));
    },
    textOf: async (index, what) => (rows[index] ? copiedText(rows[index], what) : ""),
    search: (text) => {
      setWanted({ text, at: 0 });
      const first = text === "" ? undefined : search(value, text, 1).paths[0];
      if (first === undefined) return;
      setToggled((before) => revealed(value, first, before));
      setActiveId(pointer(first));
    },
    found,
    goTo: (at) => {
      const path = matches?.paths[at];
      if (path === undefined) return;
      setWanted((before) => ({ ...before, at }));
      setToggled((before) => revealed(value, path, before));
      setActiveId(pointer(path));
    },
  };
}
