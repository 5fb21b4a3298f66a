"use client";

import { type KeyboardEvent, useId, useState } from "react";
import { isFailure, wordsOf } from "../../../../../server/protocol/entry-words.ts";
import type { Entry } from "../../../../../server/protocol/journal.ts";
import { KindBadge } from "../../../../components/facts/event-kind.tsx";
import { Ago } from "../../../../components/facts/time.tsx";
import type { JournalWindow } from "../../../../history/journal-view.ts";
import type { Commands } from "../../../../words/entries.ts";
import { cutMiddle, formatNumber } from "../../../../words/format.ts";

/** The height of a row and of the table's header, in pixels. */
export const ROW_HEIGHT = 28;

/** The widths of the columns. Narrow lists omit some. */
const columns = {
  seq: "w-20 @max-md:w-16 text-right",
  kind: "w-34 @max-md:w-31",
  name: "w-32 @max-lg:w-28 @max-md:w-auto",
  what: "@max-md:hidden",
  outcome: "w-40 @max-2xl:hidden",
  at: "w-22 @max-md:w-20 text-right",
};

const cell = "h-7 overflow-hidden px-2 @max-md:px-1.5 py-0 text-ellipsis whitespace-nowrap";

/** An entry and its row in the list. */
interface RowProps {
  id: string;
  /** From 1, with the header as row 1. */
  rowIndex: number;
  entry: Entry;
  commands: Commands;
  isActive: boolean;
  isOpen: boolean;
  isNew: boolean;
  onOpen: (seq: number) => void;
}

/** One entry of a journal in a list. */
function EntryRow({ id, rowIndex, entry, commands, isActive, isOpen, isNew, onOpen }: RowProps) {
  const { seq, at, body } = entry;
  const { name, what, outcome } = wordsOf(entry, commands);
  const isError = isFailure(entry);
  const line = `border-b border-line ${cell}`;
  return (
    <tr
      id={id}
      aria-rowindex={rowIndex}
      aria-selected={isOpen}
      onClick={() => onOpen(seq)}
      className={`mono cursor-pointer hover:bg-raised/60 aria-selected:bg-raised ${isNew ? "flash" : ""} ${
        isActive ? "group-focus-visible/grid:outline-2 group-focus-visible/grid:-outline-offset-2" : ""
      }`}
    >
      <td className={`${line} ${columns.seq} text-dim`}>{formatNumber(seq)}</td>
      <td className={`${line} ${columns.kind}`}>
        <KindBadge kind={body.kind} isError={isError} />
      </td>
      <td className={`${line} ${columns.name}`} title={name ?? undefined}>
        {name ?? <span className="text-faint">{"messageId" in body && cutMiddle(body.messageId, 12)}</span>}
      </td>
      <td className={`${line} ${columns.what} ${isError ? "text-red" : "text-dim"}`} title={what}>
        {what}
      </td>
      <td className={`${line} ${columns.outcome}`} title={outcome ?? undefined}>
        {outcome}
      </td>
      <td className={`${line} ${columns.at} font-sans text-dim`}>
        <Ago at={at} />
      </td>
    </tr>
  );
}

/** The rows of a window from `first` to `last`, with space for the others. Arrow keys move between rows. */
export function EntryTable({
  window: { entries, from },
  first,
  last,
  page,
  open,
  commands,
  isLive,
  onOpen,
  onNewest,
  bringIntoView,
}: Pick<RowProps, "commands" | "onOpen"> & {
  window: JournalWindow;
  first: number;
  last: number;
  /** The number of rows in view. */
  page: number;
  open: number | null;
  isLive: boolean;
  onOpen: (seq: number | null) => void;
  onNewest: () => void;
  bringIntoView: (index: number) => void;
}) {
  const id = useId();
  const [activeSeq, setActiveSeq] = useState<number | null>(null);
  const [firstSeq] = useState(entries[0]?.seq ?? 0);
  const active = Math.max(0, indexOf(entries, open ?? activeSeq));

  const goTo = (index: number) => {
    const at = Math.min(Math.max(index, 0), entries.length - 1);
    const seq = entries[at]?.seq ?? null;
    setActiveSeq(seq);
    if (open !== null) onOpen(seq);
    bringIntoView(at);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const act = keyAction(event, active, entries.length, page);
    if (act === null) return;
    event.preventDefault();
    if (act === "open") onOpen(entries[active]?.seq ?? null);
    else if (act === "close") onOpen(null);
    else if (act === "newest") {
      onNewest();
      goTo(0);
    } else goTo(act);
  };

  return (
    <table
      // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: arrow keys move between its rows
      role="grid"
      tabIndex={0}
      aria-label="Entries"
      aria-rowcount={from === 1 ? entries.length + 1 : -1}
      aria-activedescendant={active >= first && active <= last ? `${id}${active}` : undefined}
      aria-keyshortcuts="ArrowDown ArrowUp PageDown PageUp Home End Enter Escape"
      onKeyDown={onKeyDown}
      className="group/grid w-full table-fixed border-separate border-spacing-0 outline-none"
    >
      <Head />
      <tbody>
        <Spacer rows={first} />
        {entries.slice(first, last + 1).map((entry, i) => (
          <EntryRow
            key={entry.seq}
            id={`${id}${first + i}`}
            rowIndex={first + i + 2}
            entry={entry}
            commands={commands}
            isActive={first + i === active}
            isOpen={entry.seq === open}
            isNew={isLive && entry.seq > firstSeq}
            onOpen={(seq) => {
              setActiveSeq(seq);
              onOpen(seq);
            }}
          />
        ))}
        <Spacer rows={entries.length - 1 - last} />
      </tbody>
    </table>
  );
}

const heads = [
  ["seq", "Seq"],
  ["kind", "Kind"],
  ["name", "Name"],
  ["what", "Change"],
  ["outcome", "Reply or result"],
  ["at", "Time"],
] as const;

function Head() {
  return (
    <thead className="text-left text-mini text-faint">
      <tr>
        {heads.map(([column, name]) => (
          <th
            key={column}
            scope="col"
            className={`sticky top-0 z-10 border-b border-line bg-panel font-normal ${cell} ${columns[column]}`}
          >
            {name}
          </th>
        ))}
      </tr>
    </thead>
  );
}

/** Space for the rows that are not rendered. */
function Spacer({ rows }: { rows: number }) {
  return rows > 0 && <tr aria-hidden style={{ height: rows * ROW_HEIGHT }} />;
}

/** The index of an entry; -1 if it is absent. */
export function indexOf(entries: readonly Entry[], seq: number | null): number {
  return seq === null ? -1 : entries.findIndex((entry) => entry.seq === seq);
}

/** The action of a key: go to a row or to the newest, open or close. */
function keyAction({ key, metaKey, ctrlKey, altKey }: KeyboardEvent, active: number, count: number, page: number) {
  if (metaKey || ctrlKey || altKey) return null;
  const actions: Record<string, number | "newest" | "open" | "close"> = {
    ArrowDown: active + 1,
    ArrowUp: active - 1,
    PageDown: active + page,
    PageUp: active - page,
    End: count - 1,
    Home: "newest",
    Enter: "open",
    " ": "open",
    Escape: "close",
  };
  return actions[key] ?? null;
}
