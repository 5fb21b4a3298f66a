"use client";

import Link from "next/link";
import { memo, useLayoutEffect } from "react";
import type { ActivityEvent } from "../../server/protocol/activity.ts";
import { decodeKeyText } from "../../server/protocol/key-text.ts";
import { useRows } from "../components/controls/use-rows.ts";
import { EventBadge } from "../components/facts/event-kind.tsx";
import { Clock } from "../components/facts/time.tsx";
import { type Hole, type StreamLive, wordsOf } from "../live/activity.ts";
import { cutMiddle, formatNumber } from "../words/format.ts";

/** The height of a row, in pixels. */
const ROW_HEIGHT = 28;

const cell = "truncate";

/** One event: when, what, whose, and details. */
const EventRow = memo(function EventRow({ event }: { event: ActivityEvent }) {
  const { at, head, type, keyText, name, text, isError, kind } = event;
  const key = (decodeKeyText(keyText) ?? [keyText]).map((segment) => cutMiddle(segment, 24)).join(" / ");
  return (
    <div className="mono flex h-full items-center gap-3 px-3 hover:bg-raised/60 max-sm:gap-2 max-sm:px-2">
      <span className="w-16 shrink-0 text-dim max-sm:hidden">
        <Clock at={at} />
      </span>
      <span className="w-32 shrink-0 max-sm:w-27">
        <EventBadge {...event} />
      </span>
      <Link
        href={pathOf(event)}
        prefetch={false}
        title={`${type} ${keyText}`}
        className={`${cell} w-64 shrink-0 rounded underline decoration-line-strong underline-offset-2 hover:decoration-current max-lg:w-44 max-sm:w-auto max-sm:shrink`}
      >
        <span className="text-dim">{type}</span> {key}
      </Link>
      <span data-head className="w-16 shrink-0 text-right text-dim @max-2xl:hidden">
        {head === null ? "" : formatNumber(head)}
      </span>
      <span className={`${cell} w-36 shrink-0 @max-2xl:hidden`}>{name}</span>
      <span
        title={text}
        className={`${cell} min-w-0 flex-1 max-sm:hidden ${isError || kind === "retry" ? "text-red" : "text-dim"}`}
      >
        {text}
      </span>
    </div>
  );
});

/** Stands for events that are not in the list. */
function HoleRow({ hole }: { hole: Hole }) {
  const words = wordsOf(hole);
  return (
    <p title={words} className={`${cell} h-full bg-raised/60 px-3 leading-7 text-amber`}>
      <span aria-hidden>◷ </span>
      {words}
    </p>
  );
}

/** The page with all details: the journal entry, the dead letters, or the actor. */
function pathOf({ kind, type, keyText, head }: ActivityEvent): string {
  const actor = `/actors/${type}/${keyText}`;
  if (kind === "dead_letter") return `/dead-letters/all?type=${type}`;
  if (kind === "life" || kind === "state" || head === null) return actor;
  return kind === "retry" ? `${actor}?tab=mailbox` : `${actor}?tab=journal&seq=${head}`;
}

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
