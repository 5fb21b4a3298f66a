"use client";

import { isFailure, wordsOf } from "../../../../../server/protocol/entry-words.ts";
import type { Entry } from "../../../../../server/protocol/journal.ts";
import { KindBadge } from "../../../../components/facts/event-kind.tsx";
import { Ago } from "../../../../components/facts/time.tsx";
import type { Commands } from "../../../../words/entries.ts";
import { cutMiddle, formatNumber } from "../../../../words/format.ts";

/** The height of a row and of the table's header, in pixels. */
export const ROW_HEIGHT = 28;

/** The widths of the columns. Narrow lists omit some. */
export const columns = {
  seq: "w-20 @max-md:w-16 text-right",
  kind: "w-34 @max-md:w-31",
  name: "w-32 @max-lg:w-28 @max-md:w-auto",
  what: "@max-md:hidden",
  outcome: "w-40 @max-2xl:hidden",
  at: "w-22 @max-md:w-20 text-right",
};

export const cell = "h-7 overflow-hidden px-2 @max-md:px-1.5 py-0 text-ellipsis whitespace-nowrap";

/** An entry and its row in the list. */
export interface RowProps {
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
export function EntryRow({ id, rowIndex, entry, commands, isActive, isOpen, isNew, onOpen }: RowProps) {
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
