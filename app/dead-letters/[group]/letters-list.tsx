"use client";

import { useState } from "react";
import type { DeadLetterInfo, RedriveRequest } from "../../../server/protocol/mail.ts";
import { Button } from "../../components/controls/controls.tsx";
import { formatNumber } from "../../words/format.ts";
import { LetterRow } from "./letter-row.tsx";

/** A page of dead letters, some of which can be chosen. `group` is the one that all of them belong to, if there is one. */
export function LettersList({
  letters,
  group,
  isBusy,
  onRedrive,
}: {
  letters: readonly DeadLetterInfo[];
  group: string | null;
  /** A job is being started, or runs. */
  isBusy: boolean;
  onRedrive: (request: RedriveRequest) => void;
}) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const free = letters.filter(({ redrive }) => redrive === null).map(({ messageId }) => messageId);
  const ids = free.filter((id) => chosen.has(id));
  const choose = (id: string, isChosen: boolean) =>
    setChosen((before) => new Set(isChosen ? [...before, id] : [...before].filter((other) => other !== id)));
  const redrive = (messageIds: string[]) => {
    setChosen(new Set());
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
            onChange={(event) => setChosen(new Set(event.target.checked ? free : []))}
            className="size-4 accent-ink"
          />
          {ids.length === 0 ? "All of this page" : `${formatNumber(ids.length)} chosen`}
        </label>
        {group !== null && (
          <Button disabled={isBusy} onClick={() => onRedrive({ fingerprint: group })}>
            Redrive the whole group
          </Button>
        )}
        <Button kind="primary" disabled={isBusy || ids.length === 0} onClick={() => redrive(ids)}>
          Redrive the chosen
        </Button>
      </div>
      <ol className="divide-y divide-line">
        {letters.map((letter) => (
          <LetterRow
            key={letter.messageId}
            letter={letter}
            isChosen={chosen.has(letter.messageId)}
            onChoose={(isChosen) => choose(letter.messageId, isChosen)}
            onRedrive={() => redrive([letter.messageId])}
          />
        ))}
      </ol>
    </>
  );
}
