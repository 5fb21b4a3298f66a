"use client";

import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useId, useMemo, useRef, useState } from "react";
import type { Json } from "../../server/protocol/json.ts";
import { formatPath, type Marks, preview, type TreeRow, treeRows } from "../lib/tree.ts";
import { copyText } from "./copy.tsx";
import { CaretIcon } from "./icons.tsx";
import { Ago } from "./time.tsx";

const ROW_HEIGHT = 24;
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

function copyRow(row: TreeRow, what: "value" | "path"): void {
  if (what === "path") void copyText(formatPath(row.path), "Path");
  else void copyText(typeof row.value === "string" ? row.value : JSON.stringify(row.value, null, 2), "Value");
}

function Row({
  id,
  row,
  top,
  isActive,
  flash,
  onToggle,
}: {
  id: string;
  row: TreeRow;
  top: number;
  isActive: boolean;
  flash: number | null;
  onToggle: () => void;
}) {
  const isContainer = row.size !== null && row.size > 0;
  const isChanged = row.mark === "changed";
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree itself has the keyboard
    <div
      id={id}
      role="treeitem"
      tabIndex={-1}
      aria-level={row.depth + 1}
      aria-posinset={row.place}
      aria-setsize={row.siblings}
      aria-expanded={isContainer ? row.open : undefined}
      aria-selected={isActive}
      onClick={onToggle}
      className={`mono group absolute flex w-full items-center pr-2 hover:bg-raised/60 ${isContainer ? "cursor-pointer" : ""} ${
        isActive ? "group-focus-visible/tree:outline-2 group-focus-visible/tree:-outline-offset-2" : ""
      } ${isChanged ? "bg-diff-tint" : ""}`}
      style={{ top, height: ROW_HEIGHT, paddingLeft: 4 + row.depth * 16 }}
    >
      {isChanged && flash !== null && (
        <span key={flash} aria-hidden className="flash pointer-events-none absolute inset-0" />
      )}
      <Mark mark={row.mark} />
      <span
        aria-hidden
        className={`flex w-4 shrink-0 justify-center text-faint ${row.open ? "rotate-90" : ""} ${isContainer ? "" : "invisible"}`}
      >
        <CaretIcon />
      </span>
      <Name row={row} />
      <Value row={row} />
      <span className="ml-auto flex shrink-0 gap-0.5 pl-2 text-mini hoverable:opacity-0 group-hover:opacity-100">
        {(["path", "value"] as const).map((what) => (
          <button
            key={what}
            type="button"
            tabIndex={-1}
            aria-hidden
            onClick={(event) => {
              event.stopPropagation();
              copyRow(row, what);
            }}
            className="fade rounded px-1.5 font-sans text-faint hover:bg-raised hover:text-ink"
          >
            copy {what}
          </button>
        ))}
      </span>
    </div>
  );
}

function Mark({ mark }: { mark: TreeRow["mark"] }) {
  return (
    <span className="w-4 shrink-0 text-center text-diff">
      {mark === "changed" && (
        <>
          <span aria-hidden>~</span>
          <span className="sr-only">changed</span>
        </>
      )}
      {mark === "within" && (
        <>
          <span aria-hidden>·</span>
          <span className="sr-only">changed inside</span>
        </>
      )}
    </span>
  );
}

function Name({ row }: { row: TreeRow }) {
  const name = row.path.at(-1);
  if (name === undefined) return null;
  return <span className={`shrink-0 pr-2 ${typeof name === "number" ? "text-faint" : "text-dim"}`}>{name}:</span>;
}

const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

function Value({ row: { value, size, open } }: { row: TreeRow }) {
  if (size === null) {
    return (
      <>
        <span className={`truncate ${value === null ? "text-faint" : ""}`}>{preview(value)}</span>
        {typeof value === "string" && isoTime.test(value) && (
          <span className="shrink-0 pl-3 text-faint">
            <Ago at={value} />
          </span>
        )}
      </>
    );
  }
  const braces = Array.isArray(value) ? "[ ]" : "{ }";
  if (size === 0) return <span className="text-faint">{braces}</span>;
  return (
    <>
      <span className="shrink-0 pr-2 text-faint">{braces.replace(" ", String(size))}</span>
      {!open && <span className="truncate text-dim">{preview(value, 120)}</span>}
    </>
  );
}
