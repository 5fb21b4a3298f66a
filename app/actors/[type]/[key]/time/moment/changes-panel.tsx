"use client";

import { useEffect, useId, useState } from "react";
import type { Page } from "../../../../../../server/protocol/actors.ts";
import type { PathChange } from "../../../../../../server/protocol/past.ts";
import { Button, CloseButton } from "../../../../../components/controls/controls.tsx";
import { LoadingRows, Problem } from "../../../../../components/controls/states.tsx";
import { Ago } from "../../../../../components/facts/time.tsx";
import type { HistorySource } from "../../../../../history/history-source.ts";
import { formatNumber } from "../../../../../words/format.ts";

interface Known {
  of: string;
  items: readonly PathChange[];
  /** The seq below which to look on; null when all was looked through. */
  next: string | null;
  problem: string | null;
}

/**
 * Every entry that changed the value at a path, newest first, and what each made of it. It begins where the reader was
 * when the path was chosen: the first one made the value that was seen.
 */
export function ChangesPanel({
  history,
  path,
  at,
  head,
  onOpen,
  onClose,
}: {
  history: HistorySource;
  path: string;
  at: number;
  head: number;
  onOpen: (seq: number) => void;
  onClose: () => void;
}) {
  const id = useId();
  const [before, setBefore] = useState(at + 1);
  const { known, more } = useChanges(history, path, before);
  return (
    <section aria-labelledby={id} className="border-b border-line">
      <div className="flex min-h-8 items-center gap-2 border-b border-line py-1 pr-1.5 pl-3">
        <h2 id={id} className="min-w-0 flex-1 truncate font-medium">
          What changed <span className="mono text-indigo">{path === "" ? "the state" : path}</span>
        </h2>
        <CloseButton label="Close the changes" onClick={onClose} />
      </div>
      {known === null && <LoadingRows widths={["w-48"]} />}
      {known?.problem != null && <Problem title="Its changes could not be read.">{known.problem}</Problem>}
      {known !== null && known.items.length === 0 && known.next === null && known.problem === null && (
        <p className="p-3 text-dim">No entry that is kept changed it.</p>
      )}
      {before <= head && (
        <div className="border-b border-line p-2">
          <Button onClick={() => setBefore(head + 1)}>Later changes too</Button>
        </div>
      )}
      <ol className="max-h-72 overflow-auto">
        {known?.items.map((change) => (
          <ChangeLine key={change.seq} change={change} isAt={change.seq === at} onOpen={onOpen} />
        ))}
        {known?.next != null && (
          <li className="p-2">
            <Button onClick={more}>Look before {formatNumber(Number(known.next))}</Button>
          </li>
        )}
      </ol>
    </section>
  );
}

function ChangeLine({
  change: { seq, at, command, kind, was, is },
  isAt,
  onOpen,
}: {
  change: PathChange;
  isAt: boolean;
  onOpen: (seq: number) => void;
}) {
  return (
    <li className="border-b border-line last:border-b-0">
      <button
        type="button"
        aria-current={isAt ? "true" : undefined}
        onClick={() => onOpen(seq)}
        className="mono flex w-full flex-wrap gap-x-2 px-3 py-1 text-left hover:bg-raised/60 focus-visible:-outline-offset-2 aria-[current]:bg-indigo/15"
      >
        <span className="text-dim">{formatNumber(seq)}</span>
        <span>{command ?? kind}</span>
        <span className="ml-auto font-sans text-dim">
          <Ago at={at} />
        </span>
        <span className="flex w-full min-w-0 gap-x-2">
          <span className="truncate text-diff-gone">{was ?? "nothing"}</span>
          <span aria-hidden>→</span>
          <span className="truncate text-diff">{is ?? "nothing"}</span>
        </span>
      </button>
    </li>
  );
}

function useChanges(history: HistorySource, path: string, before: number) {
  const [known, setKnown] = useState<Known | null>(null);
  const [from, setFrom] = useState<{ of: string; before: string } | null>(null);
  const of = `${before} ${path}`;
  const next = from?.of === of ? from.before : null;

  useEffect(() => {
    const abort = new AbortController();
    const keep = (page: Page<PathChange>, problem: string | null) =>
      setKnown((known) => ({
        of,
        items: [...(known?.of === of && next !== null ? known.items : []), ...page.items],
        next: page.next,
        problem,
      }));
    history.changes({ path, before: Number(next ?? before) }, abort.signal).then(
      (page) => keep(page, null),
      ({ message }: Error) => {
        if (!abort.signal.aborted) keep({ items: [], next }, message);
      },
    );
    return () => abort.abort();
  }, [history, path, before, of, next]);

  const shown = known?.of === of ? known : null;
  return { known: shown, more: () => shown?.next != null && setFrom({ of, before: shown.next }) };
}
