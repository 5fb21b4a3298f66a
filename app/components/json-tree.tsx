"use client";

import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useId, useMemo, useRef, useState } from "react";
import type { Json } from "../../server/protocol/json.ts";
import { type Marks, type TreeRow, treeRows } from "../lib/tree.ts";
import { copyRow, ROW_HEIGHT, Row } from "./json-tree-row.tsx";

/** A tree grows to this height, then it scrolls. */
const MAX_HEIGHT = 640;

/**
 * A value as a tree: members open and close, paths and values are copied. Only the rows in view are in the page, and
 * only open ones are looked at, so size does not matter. Rows in `marks` stand out; they flash once when `flash` changes.
 */
export function JsonTree({
  label,
  value,
  marks,
  flash,
}: {
  label: string;
  value: Json;
  marks: Marks;
  flash: number | null;
}) {
  const [toggled, setToggled] = useState<ReadonlyMap<string, boolean>>(new Map());
  const [activeId, setActiveId] = useState<string | null>(null);
  const rows = useMemo(() => treeRows(value, toggled, marks), [value, toggled, marks]);
  const scroller = useRef<HTMLDivElement>(null);
  const treeId = useId();
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
    initialRect: { width: 800, height: MAX_HEIGHT },
  });
  const active = Math.max(
    0,
    rows.findIndex((row) => row.id === activeId),
  );

  const toggle = (row: TreeRow, open: boolean) => setToggled((before) => new Map(before).set(row.id, open));
  const goTo = (index: number) => {
    const row = rows[Math.min(Math.max(index, 0), rows.length - 1)];
    if (row === undefined) return;
    setActiveId(row.id);
    virtual.scrollToIndex(rows.indexOf(row));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const row = rows[active];
    const act =
      row === undefined || event.metaKey || event.ctrlKey ? undefined : keyAction(event.key, row, rows, active);
    if (row === undefined || act === undefined) return;
    event.preventDefault();
    if (act.kind === "go") goTo(act.to);
    else if (act.kind === "toggle") toggle(row, act.open);
    else copyRow(row, act.what);
  };

  return (
    <div ref={scroller} className="overflow-auto py-1" style={{ maxHeight: MAX_HEIGHT }}>
      <div
        role="tree"
        tabIndex={0}
        aria-label={label}
        aria-describedby={`${treeId}help`}
        aria-activedescendant={`${treeId}${active}`}
        onKeyDown={onKeyDown}
        className="group/tree relative min-w-full outline-none"
        style={{ height: virtual.getTotalSize() }}
      >
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          if (row === undefined) return null;
          return (
            <Row
              key={row.id}
              id={`${treeId}${index}`}
              row={row}
              top={start}
              isActive={index === active}
              flash={flash}
              onToggle={() => {
                setActiveId(row.id);
                if (row.size !== null && row.size > 0) toggle(row, !row.open);
              }}
            />
          );
        })}
      </div>
      <p id={`${treeId}help`} className="sr-only">
        Arrow keys move, open and close. C copies the value, P its path.
      </p>
    </div>
  );
}

type Action = { kind: "go"; to: number } | { kind: "toggle"; open: boolean } | { kind: "copy"; what: "value" | "path" };

/** What a key does on a row, as in any tree: up, down, in and out. */
function keyAction(key: string, row: TreeRow, rows: readonly TreeRow[], at: number): Action | undefined {
  const isContainer = row.size !== null && row.size > 0;
  switch (key) {
    case "ArrowDown":
      return { kind: "go", to: at + 1 };
    case "ArrowUp":
      return { kind: "go", to: at - 1 };
    case "Home":
      return { kind: "go", to: 0 };
    case "End":
      return { kind: "go", to: rows.length - 1 };
    case "ArrowRight":
      if (!isContainer) return undefined;
      return row.open ? { kind: "go", to: at + 1 } : { kind: "toggle", open: true };
    case "ArrowLeft":
      if (row.open) return { kind: "toggle", open: false };
      return { kind: "go", to: rows.findLastIndex((other, i) => i < at && other.depth < row.depth) };
    case "Enter":
    case " ":
      return isContainer ? { kind: "toggle", open: !row.open } : undefined;
    case "c":
      return { kind: "copy", what: "value" };
    case "p":
      return { kind: "copy", what: "path" };
    default:
      return undefined;
  }
}
