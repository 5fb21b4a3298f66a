"use client";

import { type RefObject, useEffect, useLayoutEffect, useRef } from "react";
import { useRows } from "../../../../components/controls/use-rows.ts";
import type { JournalView, JournalWindow } from "../../../../history/journal-view.ts";
import { EntryTable, indexOf, ROW_HEIGHT } from "./entry-table.tsx";

/** The distance to an end of the list, in rows, at which the next page is read. */
const NEAR = 20;

/** The events of a list: an entry is opened, or the list is scrolled. */
interface ListEvents {
  /** Null closes the open entry. */
  onOpen: (seq: number | null) => void;
  /** Scrolled away from the newest row. */
  onAway: () => void;
  /** Near the newest row, or at it. */
  onTop: (isAtTop: boolean) => void;
  /** Near the oldest row. */
  onBottom: () => void;
  /** The user asks for the newest entry. */
  onNewest: () => void;
}

/** The loaded entries of a journal, newest first. Only the rows in view are rendered. */
export function JournalList({
  view,
  window,
  open,
  height,
  onAway,
  onTop,
  onBottom,
  ...rest
}: ListEvents & { view: JournalView; window: JournalWindow; open: number | null; height: number }) {
  const { entries } = window;
  const { scroller, virtual } = useRows(entries.length, ROW_HEIGHT, height, { scrollMargin: ROW_HEIGHT });
  const rows = virtual.getVirtualItems();
  const [first, last] = [rows[0]?.index ?? 0, rows.at(-1)?.index ?? -1];
  useStablePosition(scroller, view);
  useReveal(scroller, open, indexOf(entries, open));
  useEffect(() => {
    if (last >= entries.length - NEAR) onBottom();
  });
  const onScroll = () => {
    const top = scroller.current?.scrollTop ?? 0;
    const isAtTop = top <= ROW_HEIGHT / 2;
    if (!isAtTop) onAway();
    if (top < NEAR * ROW_HEIGHT) onTop(isAtTop);
  };

  return (
    <div
      ref={scroller}
      onScroll={onScroll}
      className="overflow-x-hidden overflow-y-auto [overflow-anchor:none]"
      style={{ maxHeight: height }}
    >
      <EntryTable
        window={window}
        first={first}
        last={last}
        page={Math.floor(height / ROW_HEIGHT) - 2}
        open={open}
        commands={view.commands}
        isLive={view.frozen === null}
        bringIntoView={(index) => bringIntoView(scroller.current, index)}
        {...rest}
      />
    </div>
  );
}

/** Keeps the rows in place while others are added above them; scrolls to the top when the view becomes live again. */
function useStablePosition(scroller: RefObject<HTMLDivElement | null>, { frozen }: JournalView): void {
  const top = frozen?.window.top ?? null;
  const before = useRef(top);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element !== null && before.current !== null) {
      if (top === null) element.scrollTop = 0;
      else element.scrollTop += (top - before.current) * ROW_HEIGHT;
    }
    before.current = top;
  }, [scroller, top]);
}

/** Scrolls to the row of the open entry, once per entry, as soon as it is loaded. */
function useReveal(scroller: RefObject<HTMLDivElement | null>, open: number | null, index: number): void {
  const revealed = useRef<number | null>(null);
  useLayoutEffect(() => {
    if (open === null) revealed.current = null;
    if (open === null || index === -1 || revealed.current === open) return;
    revealed.current = open;
    bringIntoView(scroller.current, index);
  }, [scroller, open, index]);
}

/** Scrolls no further than needed. The table's header stays in view above the rows. */
function bringIntoView(scroller: HTMLDivElement | null, index: number): void {
  if (scroller === null) return;
  const [min, max] = [(index + 2) * ROW_HEIGHT - scroller.clientHeight, index * ROW_HEIGHT];
  if (scroller.scrollTop > max) scroller.scrollTop = max;
  else if (scroller.scrollTop < min) scroller.scrollTop = min;
}
