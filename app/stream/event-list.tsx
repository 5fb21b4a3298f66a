"use client";

import { useLayoutEffect } from "react";
import { useRows } from "../components/controls/use-rows.ts";
import type { StreamLive } from "../live/activity.ts";
import { EventRow, HoleRow, ROW_HEIGHT } from "./event-row.tsx";

/** The max height of the list, in pixels. */
const HEIGHT = 644;

/** The events, newest first. Only the rows in view are rendered. */
export function EventList({
  live: { rows },
  isFrozen,
  onAway,
  onBack,
}: {
  live: StreamLive;
  isFrozen: boolean;
  /** Scrolled away from the newest row, or back to it. */
  onAway: () => void;
  onBack: () => void;
}) {
  const { scroller, virtual } = useRows(rows.length, ROW_HEIGHT, HEIGHT);
  useLayoutEffect(() => {
    if (!isFrozen && scroller.current !== null) scroller.current.scrollTop = 0;
  }, [scroller, isFrozen]);
  const onScroll = () => {
    if ((scroller.current?.scrollTop ?? 0) > ROW_HEIGHT / 2) onAway();
    else onBack();
  };
  return (
    <section
      ref={scroller}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label="Events, newest first"
      onScroll={onScroll}
      className="overflow-x-hidden overflow-y-auto [overflow-anchor:none]"
      style={{ maxHeight: HEIGHT }}
    >
      <ol className="relative" style={{ height: rows.length * ROW_HEIGHT }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows[rows.length - 1 - index];
          if (row === undefined) return null;
          return (
            <li
              key={row.id}
              className="absolute inset-x-0 border-b border-line"
              style={{ top: start, height: ROW_HEIGHT }}
            >
              {row.kind === "hole" ? <HoleRow hole={row} /> : <EventRow event={row} />}
            </li>
          );
        })}
      </ol>
    </section>
  );
}
