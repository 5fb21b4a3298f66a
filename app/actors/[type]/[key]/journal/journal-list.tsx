"use client";

import { type RefObject, useEffect, useLayoutEffect, useRef } from "react";
import { useRows } from "../../../../components/controls/use-rows.ts";
import type { JournalView, JournalWindow } from "../../../../history/journal-view.ts";
import { ROW_HEIGHT } from "./entry-row.tsx";
import { EntryTable, indexOf } from "./entry-table.tsx";

/** How near to an end, in rows, the list is when it is to be read on. */
const NEAR = 20;

/** What a list tells: that an entry is to be opened, or where it is scrolled to. */
interface ListEvents {
  /** Null closes the entry that is open. */
  onOpen: (seq: number | null) => void;
  /** It was scrolled away from its newest row. */
  onAway: () => void;
  /** It is near its newest row, or at it. */
  onTop: (isAtTop: boolean) => void;
  /** It is near its oldest row. */
  onBottom: () => void;
  /** The newest entry is wanted, wherever the list is. */
  onNewest: () => void;
}

/** The entries of a journal, newest first, as far as they are here. Only the rows in view are in the page. */
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
  useStandingStill(scroller, view);
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

/** Keeps the rows where they are while others are put above them; and goes to the top when the view goes on. */
function useStandingStill(scroller: RefObject<HTMLDivElement | null>, { frozen }: JournalView): void {
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

/** Brings the row of the open entry into view, once for each that is opened, as soon as it is among the rows. */
function useReveal(scroller: RefObject<HTMLDivElement | null>, open: number | null, index: number): void {
  const revealed = useRef<number | null>(null);
  useLayoutEffect(() => {
    if (open === null) revealed.current = null;
    if (open === null || index === -1 || revealed.current === open) return;
    revealed.current = open;
    bringIntoView(scroller.current, index);
  }, [scroller, open, index]);
}

/** Scrolls no further than it must. Above the rows is their head, which stays in view. */
function bringIntoView(scroller: HTMLDivElement | null, index: number): void {
  if (scroller === null) return;
  const [least, most] = [(index + 2) * ROW_HEIGHT - scroller.clientHeight, index * ROW_HEIGHT];
  if (scroller.scrollTop > most) scroller.scrollTop = most;
  else if (scroller.scrollTop < least) scroller.scrollTop = least;
}
