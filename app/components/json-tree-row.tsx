"use client";

import { formatPath, preview, type TreeRow } from "../lib/tree.ts";
import { copyText } from "./copy.tsx";
import { CaretIcon } from "./icons.tsx";
import { Ago } from "./time.tsx";

/** The height of a row, in pixels. */
export const ROW_HEIGHT = 24;

/** Copies what a row stands for, or the path that leads to it. */
export function copyRow(row: TreeRow, what: "value" | "path"): void {
  if (what === "path") void copyText(formatPath(row.path), "Path");
  else void copyText(typeof row.value === "string" ? row.value : JSON.stringify(row.value, null, 2), "Value");
}

/** One row of a tree: what changed, a name, a value, and two buttons that copy. */
export function Row({
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
      <span
        className={`absolute right-1 gap-0.5 rounded bg-panel ${isActive ? "hoverable:hidden flex" : "hidden"} group-hover:flex`}
      >
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
            className="fade rounded px-1.5 font-sans text-mini text-dim hover:bg-raised hover:text-ink"
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
          <span className="shrink-0 pl-3 text-faint max-sm:hidden">
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
