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
  /** The seq below which to continue; null at the end. */
  next: string | null;
  problem: string | null;
}

/**
 * Every entry that changed the value at a path, newest first, with both values. It starts at the seq that was in view
 * when the path was selected, so the first entry set the value in view.
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
          Changes of <span className="mono text-indigo">{path === "" ? "the state" : path}</span>
        </h2>
        <CloseButton label="Close the changes" onClick={onClose} />
      </div>
      {known === null && <LoadingRows widths={["w-48"]} />}
      {known?.problem != null && <Problem title="Could not read the changes.">{known.problem}</Problem>}
      {known !== null && known.items.length === 0 && known.next === null && known.problem === null && (
        <p className="p-3 text-dim">No stored entry changed it.</p>
      )}
      {before <= head && (
        <div className="border-b border-line p-2">
          <Button onClick={() => setBefore(head + 1)}>Show later changes</Button>
        </div>
      )}
      <ol className="max-h-72 overflow-auto">
        {known?.items.map((change) => (
          <ChangeLine key={change.seq} change={change} isAt={change.seq === at} onOpen={onOpen} />
        ))}
        {known?.next != null && (
          <li className="p-2">
            <Button onClick={more}>Search before {formatNumber(Number(known.next))}</Button>
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
    const add = (page: Page<PathChange>, problem: string | null) =>
      setKnown((known) => ({
        of,
        items: [...(known?.of === of && next !== null ? known.items : []), ...page.items],
        next: page.next,
        problem,
      }));
    history.changes({ path, before: Number(next ?? before) }, abort.signal).then(
      (page) => add(page, null),
      ({ message }: Error) => {
        if (!abort.signal.aborted) add({ items: [], next }, message);
      },
    );
    return () => abort.abort();
  }, [history, path, before, of, next]);

  const shown = known?.of === of ? known : null;
  return { known: shown, more: () => shown?.next != null && setFrom({ of, before: shown.next }) };
}
