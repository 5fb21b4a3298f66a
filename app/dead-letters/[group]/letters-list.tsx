"use client";

import Link from "next/link";
import { useState } from "react";
import type { DeadLetterInfo, RedriveRequest } from "../../../server/protocol/mail.ts";
import { Button, Disclosure, Fact, Facts } from "../../components/controls/controls.tsx";
import { Id } from "../../components/controls/copy.tsx";
import { ErrorText, MessageFacts } from "../../components/facts/message-facts.tsx";
import { EditAndResend } from "../../components/facts/resend.tsx";
import { ActorLink } from "../../components/facts/sender.tsx";
import { Ago, At } from "../../components/facts/time.tsx";
import { cutMiddle, formatCount, formatNumber } from "../../words/format.ts";

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

/** One dead letter. It cannot be selected while it is being redriven. */
function LetterRow({
  letter,
  isSelected,
  onSelect,
  onRedrive,
}: {
  letter: DeadLetterInfo;
  isSelected: boolean;
  onSelect: (isSelected: boolean) => void;
  onRedrive: () => void;
}) {
  const { messageId, command, payload, error, attempts, at, redrive } = letter;
  const name = `${letter.type} ${letter.key.join(" / ")}`;
  return (
    <li aria-label={`${command} for ${name}`} className="flex items-start">
      <label className="flex h-8 items-center pl-3 max-sm:pl-2">
        <input
          type="checkbox"
          aria-label={`Select ${command} for ${name}`}
          checked={isSelected}
          disabled={redrive !== null}
          onChange={(event) => onSelect(event.target.checked)}
          className="size-4 accent-ink"
        />
      </label>
      <Disclosure
        summary={
          <span className="grid min-w-0 flex-1 items-baseline gap-x-4 md:grid-cols-[minmax(0,1.2fr)_minmax(0,2fr)_88px_72px]">
            <span className="flex min-w-0 items-baseline gap-x-2">
              <span className="mono font-medium">{command}</span>
              <span className="mono truncate text-dim" title={name}>
                {letter.type} {letter.key.map((segment) => cutMiddle(segment, 28)).join(" / ")}
              </span>
            </span>
            <span className="mono truncate text-red" title={error.message}>
              ✕ {error.name}: {error.message}
            </span>
            <span className="text-right whitespace-nowrap text-dim max-md:hidden">
              {redrive === null ? formatCount(attempts, "attempt") : <span className="text-sky">▶ redriving</span>}
            </span>
            <span className="text-right text-dim max-md:text-left">
              <Ago at={at} />
            </span>
          </span>
        }
      >
        <Details letter={letter} />
        <div className="flex justify-end gap-1.5 border-t border-line p-1.5">
          <EditAndResend address={letter} message={{ id: messageId, command, payload }} />
          <Button aria-label={`Redrive ${messageId}`} disabled={redrive !== null} onClick={onRedrive}>
            Redrive
          </Button>
        </div>
      </Disclosure>
    </li>
  );
}

function Details({ letter }: { letter: DeadLetterInfo }) {
  const { type, keyText, error, attempts, fingerprint, title, head, code, at } = letter;
  return (
    <Facts>
      <Fact name="Actor">
        <ActorLink type={type} keyText={keyText} />
        <span className="text-dim">
          , at head <span className="mono">{formatNumber(head)}</span>
        </span>
      </Fact>
      <MessageFacts message={letter} />
      <Fact name="Dead-lettered">
        <At at={at} />, after {formatCount(attempts, "attempt")}
      </Fact>
      <Fact name="Error">
        <ErrorText error={error} />
      </Fact>
      <Fact name="Group">
        <Link
          href={`/dead-letters/${fingerprint}`}
          className="mono rounded break-words underline decoration-line-strong underline-offset-2 hover:decoration-current"
        >
          {title}
        </Link>
      </Fact>
      <Fact name="Code">
        <Id value={code} what="Digest of the code" max={20} />
      </Fact>
    </Facts>
  );
}
