"use client";

import { useEffect } from "react";
import { isFailure, wordsOf } from "../../../../../server/protocol/entry-words.ts";
import { useRows } from "../../../../components/controls/use-rows.ts";
import { KindBadge } from "../../../../components/facts/event-kind.tsx";
import type { KnownPast } from "../../../../history/past.ts";
import { formatNumber } from "../../../../words/format.ts";

const ROW = 28;
/** The max number of rows on each side of the middle: browsers limit elements to some million pixels. */
const MAX_ROWS = 100_000;

/** The min distance of the current row to the edge before the list scrolls, in pixels. */
const MARGIN = 2 * ROW;

const noCommands = new Map<string, string>();

/** The journal around a seq, oldest first. The rows of entries that are not loaded yet contain only their seq. */
export function EntryList({
  past,
  at,
  vs,
  begins,
  head,
  onOpen,
}: {
  past: KnownPast;
  at: number;
  vs: number | null;
  begins: number;
  head: number;
  onOpen: (seq: number) => void;
}) {
  const middle = Math.round(at / MAX_ROWS) * MAX_ROWS;
  const first = Math.max(begins, middle - MAX_ROWS);
  const last = Math.min(head, middle + MAX_ROWS);
  const { scroller, virtual } = useRows(last - first + 1, ROW, 560);

  // biome-ignore lint/correctness/useExhaustiveDependencies: it follows the seq in view, not each render
  useEffect(() => {
    const list = scroller.current;
    if (list === null || at < first) return;
    const above = (at - first) * ROW - list.scrollTop;
    const isInside = above >= MARGIN && above <= list.clientHeight - MARGIN - ROW;
    if (!isInside) virtual.scrollToIndex(at - first, { align: "center" });
  }, [at, first]);

  return (
    <div ref={scroller} className="h-full overflow-auto max-lg:h-[50dvh]">
      <ol aria-label="Entries" className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => (
          <EntryLine
            key={first + index}
            seq={first + index}
            top={start}
            past={past}
            isAt={first + index === at}
            isVs={first + index === vs}
            onOpen={onOpen}
          />
        ))}
      </ol>
    </div>
  );
}

function EntryLine({
  seq,
  top,
  past,
  isAt,
  isVs,
  onOpen,
}: {
  seq: number;
  top: number;
  past: KnownPast;
  isAt: boolean;
  isVs: boolean;
  onOpen: (seq: number) => void;
}) {
  const entry = past.entry(seq);
  const words = entry === undefined ? null : wordsOf(entry, noCommands);
  const command = words?.name === null ? past.headAt(seq - 1)?.open?.message.command : words?.name;
  return (
    <li className="absolute w-full" style={{ top, height: ROW }} data-seq={seq}>
      <button
        type="button"
        aria-current={isAt ? "true" : undefined}
        onClick={() => onOpen(seq)}
        className="mono flex h-full w-full items-center gap-3 border-b border-line px-3 text-left hover:bg-raised/60 focus-visible:-outline-offset-2 aria-[current]:bg-indigo/15"
      >
        <span className={`w-16 shrink-0 text-right ${isAt ? "font-semibold text-indigo" : "text-dim"}`}>
          {formatNumber(seq)}
        </span>
        {isVs && <span className="shrink-0 rounded border border-indigo px-1 text-mini text-indigo">B</span>}
        {entry !== undefined && words !== null && (
          <>
            <KindBadge kind={entry.body.kind} isError={isFailure(entry)} />
            <span className="shrink-0">{command}</span>
            <span className="truncate text-dim">{words.what}</span>
          </>
        )}
      </button>
    </li>
  );
}
