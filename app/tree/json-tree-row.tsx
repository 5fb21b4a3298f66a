"use client";

import { CaretIcon } from "../components/controls/icons.tsx";
import { Ago } from "../components/facts/time.tsx";
import type { Copied, ShownRow } from "./tree-view.ts";

/** The height of a row, in pixels. */
export const ROW_HEIGHT = 24;

/** One row of a tree: a change mark, a name, a value, and two copy buttons. */
export function Row({
  id,
  row,
  top,
  isActive,
  isFound,
  flash,
  onCopy,
  onToggle,
}: {
  id: string;
  row: ShownRow;
  top: number;
  isActive: boolean;
  /** Whether it is the current match of the search. */
  isFound: boolean;
  flash: number | null;
  onCopy: (what: Copied) => void;
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
      aria-posinset={row.posInSet}
      aria-setsize={row.siblings}
      aria-expanded={isContainer ? row.open : undefined}
      aria-selected={isActive}
      onClick={onToggle}
      className={`mono group absolute flex w-full items-center pr-2 hover:bg-raised/60 ${isContainer ? "cursor-pointer" : ""} ${
        isActive ? "group-focus-visible/tree:outline-2 group-focus-visible/tree:-outline-offset-2" : ""
      } ${isChanged ? "bg-diff-tint" : ""} ${isFound ? "outline-2 -outline-offset-2 outline-amber" : ""}`}
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
              onCopy(what);
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

function Mark({ mark }: { mark: ShownRow["mark"] }) {
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

function Name({ row: { name, isPart, path } }: { row: ShownRow }) {
  if (name === null) return null;
  const isIndex = typeof path.at(-1) === "number";
  if (isPart) return <span className="truncate pr-2 text-faint">{name}</span>;
  return <span className={`shrink-0 pr-2 ${isIndex ? "text-faint" : "text-dim"}`}>{name}:</span>;
}

function Value({ row: { size, open, text, isList, isPart, time } }: { row: ShownRow }) {
  if (size === null) {
    return (
      <>
        <span className={`truncate ${text === "null" ? "text-faint" : ""}`}>{text}</span>
        {time !== null && (
          <span className="shrink-0 pl-3 text-faint max-sm:hidden">
            <Ago at={time} />
          </span>
        )}
      </>
    );
  }
  const [start, end] = isList ? "[]" : "{}";
  if (size === 0) return <span className="text-faint">{`${start} ${end}`}</span>;
  return (
    <>
      {!isPart && <span className="shrink-0 pr-2 text-faint">{`${start}${size}${end}`}</span>}
      {!open && <span className="truncate text-dim">{text}</span>}
    </>
  );
}
