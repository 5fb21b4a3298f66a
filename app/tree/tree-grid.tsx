"use client";

import { type KeyboardEvent, useEffect, useId } from "react";
import { copyText } from "../components/controls/copy.tsx";
import { useRows } from "../components/controls/use-rows.ts";
import { ROW_HEIGHT, Row } from "./json-tree-row.tsx";
import type { Path } from "./tree.ts";
import type { Copied, ShownRow, TreeView } from "./tree-view.ts";

/** The max height of a tree before it scrolls, in pixels. */
const MAX_HEIGHT = 640;

interface TreeGridProps {
  label: string;
  tree: TreeView;
  flash: number | null;
  /** The max height before it scrolls, in pixels. */
  maxHeight?: number | undefined;
  /** Called with the path of a row on click or Enter. */
  onPick?: ((path: Path) => void) | undefined;
}

/** The rows of a tree, with keyboard navigation. Only the rows in view are rendered. */
export function TreeGrid({ label, tree, flash, maxHeight = MAX_HEIGHT, onPick }: TreeGridProps) {
  const treeId = useId();
  const { count, active, found, show } = tree;
  const { scroller, virtual } = useRows(count, ROW_HEIGHT, maxHeight, { overscan: 12 });
  const items = virtual.getVirtualItems();
  const [first, last] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0];
  useEffect(() => show(first, last), [show, first, last]);
  const match = found === null || found.count === 0 ? null : `${found.at} ${active}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: scrolls to each match
  useEffect(() => {
    if (match !== null) virtual.scrollToIndex(active, { align: "center" });
  }, [match]);

  const copy = async (index: number, what: Copied) =>
    copyText(await tree.textOf(index, what), what === "path" ? "Path" : "Value");
  const goTo = (to: number) => {
    tree.activate(to);
    virtual.scrollToIndex(to);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const row = tree.row(active);
    const act =
      row === undefined || event.metaKey || event.ctrlKey ? undefined : keyAction(event.key, row, active, count);
    if (event.key === "Enter" && row) onPick?.(row.path);
    if (act === undefined) return;
    event.preventDefault();
    if (act.kind === "go") goTo(Math.min(Math.max(act.to, 0), count - 1));
    else if (act.kind === "toggle") tree.toggle(active, act.open);
    else void copy(active, act.what);
  };

  return (
    <div ref={scroller} className="overflow-auto py-1" style={{ maxHeight }}>
      <div
        role="tree"
        tabIndex={0}
        aria-label={label}
        aria-describedby={`${treeId}help`}
        aria-activedescendant={active >= first && active <= last ? `${treeId}${active}` : undefined}
        onKeyDown={onKeyDown}
        className="group/tree relative min-w-full outline-none"
        style={{ height: virtual.getTotalSize() }}
      >
        {items.map(({ index, start }) => {
          const row = tree.row(index);
          if (row === undefined) return null;
          return (
            <Row
              key={row.id}
              id={`${treeId}${index}`}
              row={row}
              top={start}
              isActive={index === active}
              isFound={match !== null && index === active}
              flash={flash}
              onCopy={(what) => void copy(index, what)}
              onToggle={() => {
                tree.activate(index);
                onPick?.(row.path);
                if (row.size !== null && row.size > 0) tree.toggle(index, !row.open);
              }}
            />
          );
        })}
      </div>
      <p id={`${treeId}help`} className="sr-only">
        Arrow keys move, expand and collapse. C copies the value, P its path.
      </p>
    </div>
  );
}

type Action = { kind: "go"; to: number } | { kind: "toggle"; open: boolean } | { kind: "copy"; what: Copied };

/** The action of a key on a row. */
function keyAction(key: string, row: ShownRow, at: number, count: number): Action | undefined {
  const isContainer = row.size !== null && row.size > 0;
  switch (key) {
    case "ArrowDown":
      return { kind: "go", to: at + 1 };
    case "ArrowUp":
      return { kind: "go", to: at - 1 };
    case "Home":
      return { kind: "go", to: 0 };
    case "End":
      return { kind: "go", to: count - 1 };
    case "ArrowRight":
      if (!isContainer) return undefined;
      return row.open ? { kind: "go", to: at + 1 } : { kind: "toggle", open: true };
    case "ArrowLeft":
      return row.open ? { kind: "toggle", open: false } : { kind: "go", to: row.parent };
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
