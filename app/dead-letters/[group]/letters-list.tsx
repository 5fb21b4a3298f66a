"use client";

import { useState } from "react";
import type { DeadLetterInfo, RedriveRequest } from "../../../server/protocol/mail.ts";
import { Button } from "../../components/controls/controls.tsx";
import { formatNumber } from "../../words/format.ts";
import { LetterRow } from "./letter-row.tsx";

/** A page of dead letters with a selection. `group` is their common group, if there is one. */
export function LettersList({
  letters,
  group,
  isBusy,
  onRedrive,
}: {
  letters: readonly DeadLetterInfo[];
  group: string | null;
  /** A job is starting or running. */
  isBusy: boolean;
  onRedrive: (request: RedriveRequest) => void;
}) {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const free = letters.filter(({ redrive }) => redrive === null).map(({ messageId }) => messageId);
  const ids = free.filter((id) => selected.has(id));
  const select = (id: string, isSelected: boolean) =>
    setSelected((before) => new Set(isSelected ? [...before, id] : [...before].filter((other) => other !== id)));
  const redrive = (messageIds: string[]) => {
    setSelected(new Set());
    onRedrive({ messageIds });
  };
  return (
    <>
      <div className="flex min-h-10 flex-wrap items-center gap-2 border-b border-line py-1.5 pr-1.5 pl-3 max-sm:pl-2">
        <label className="flex flex-1 items-center gap-2 whitespace-nowrap text-dim">
          <input
            type="checkbox"
            checked={free.length > 0 && ids.length === free.length}
            disabled={free.length === 0}
            onChange={(event) => setSelected(new Set(event.target.checked ? free : []))}
            className="size-4 accent-ink"
          />
          {ids.length === 0 ? "Select page" : `${formatNumber(ids.length)} selected`}
        </label>
        {group !== null && (
          <Button disabled={isBusy} onClick={() => onRedrive({ fingerprint: group })}>
            Redrive group
          </Button>
        )}
        <Button kind="primary" disabled={isBusy || ids.length === 0} onClick={() => redrive(ids)}>
          Redrive selected
        </Button>
      </div>
      <ol className="divide-y divide-line">
        {letters.map((letter) => (
          <LetterRow
            key={letter.messageId}
            letter={letter}
            isSelected={selected.has(letter.messageId)}
            onSelect={(isSelected) => select(letter.messageId, isSelected)}
            onRedrive={() => redrive([letter.messageId])}
          />
        ))}
      </ol>
    </>
  );
}
