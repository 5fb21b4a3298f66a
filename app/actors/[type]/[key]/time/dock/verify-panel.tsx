"use client";

import { useEffect, useRef, useState } from "react";
import type { Divergence, ReplayStep } from "../../../../../../server/protocol/what-if.ts";
import { CloseButton } from "../../../../../components/controls/controls.tsx";
import { Problem } from "../../../../../components/controls/states.tsx";
import { type ActorAddress, pathOf, readLines } from "../../../../../read/read.ts";
import { preview } from "../../../../../tree/tree.ts";
import { formatCount, formatNumber } from "../../../../../words/format.ts";

const MAX_VALUE = 160;

/** Whether the current code reproduces the history; otherwise the divergences, with both values. */
export function VerifyPanel({
  found: { seq, to, turns, count, divergences, isDone, problem },
  onOpen,
  onClose,
}: {
  found: Verification;
  onOpen: (seq: number) => void;
  onClose: () => void;
}) {
  return (
    <section aria-label="Verification" className="rounded border border-line bg-panel">
      <div className="flex min-h-8 items-center gap-3 py-1 pr-1.5 pl-3">
        <p role="status" className={`flex-1 ${count > 0 ? "text-red" : "text-dim"}`}>
          {!isDone && `Replaying: ${formatNumber(seq)} of ${formatNumber(to)}. `}
          {isDone && count === 0 && problem === null && (
            <span className="text-emerald">✓ {formatCount(turns, "turn")}: current code reproduces this history.</span>
          )}
          {count > 0 && `✕ ${formatCount(count, "divergence")} in ${formatCount(turns, "turn")}`}
        </p>
        {!isDone && (
          <progress aria-label="Entries replayed" value={seq} max={Math.max(1, to)} className="progress w-40" />
        )}
        <CloseButton label="Close the verification" onClick={onClose} />
      </div>
      {problem !== null && <Problem title="The replay did not finish.">{problem}</Problem>}
      {divergences.length > 0 && (
        <ol className="max-h-48 overflow-auto border-t border-line">
          {divergences.map((one) => (
            <li key={one.seq} className="border-b border-line last:border-b-0">
              <button
                type="button"
                onClick={() => onOpen(one.seq)}
                className="mono flex w-full flex-wrap gap-x-2 px-3 py-1 text-left hover:bg-raised/60 focus-visible:-outline-offset-2"
              >
                <Line divergence={one} />
              </button>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function Line({ divergence: { seq, kind, recorded, actual } }: { divergence: Divergence }) {
  return (
    <>
      <span className="text-dim">{formatNumber(seq)}</span>
      <span>{kind}</span>
      <span className="text-diff-gone">recorded {preview(recorded, MAX_VALUE)}</span>
      <span className="text-diff">now {preview(actual, MAX_VALUE)}</span>
    </>
  );
}

const MAX_SHOWN = 50;

/** The progress of a replay and its divergences. */
interface Verification {
  seq: number;
  to: number;
  turns: number;
  /** The number of divergences; `divergences` holds the first of them. */
  count: number;
  divergences: readonly Divergence[];
  isDone: boolean;
  problem: string | null;
}

const initial: Verification = { seq: 0, to: 0, turns: 0, count: 0, divergences: [], isDone: false, problem: null };

/** Replays an actor's whole journal with the current code. `found` is null before and after. Without an actor nothing runs. */
export function useVerify(actor: ActorAddress | null): {
  found: Verification | null;
  verify: () => void;
  close: () => void;
} {
  const [found, setFound] = useState<Verification | null>(null);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);

  const verify = () => {
    if (actor === null) return;
    running.current?.abort();
    const abort = new AbortController();
    running.current = abort;
    setFound(initial);
    const end = (problem: string | null) => {
      if (!abort.signal.aborted) setFound((before) => ({ ...(before ?? initial), isDone: true, problem }));
    };
    readAll(pathOf(actor, "replay"), abort.signal, (step) =>
      setFound((before) => withStep(before ?? initial, step)),
    ).then(
      () => end(null),
      ({ message }: Error) => end(message),
    );
  };
  const close = () => {
    running.current?.abort();
    setFound(null);
  };
  return { found, verify, close };
}

async function readAll(path: string, signal: AbortSignal, onStep: (step: ReplayStep) => void): Promise<void> {
  for await (const step of readLines<ReplayStep>(path, signal)) onStep(step);
}

function withStep(before: Verification, { seq, to, turns, divergences }: ReplayStep): Verification {
  return {
    ...before,
    seq,
    to,
    turns: before.turns + turns,
    count: before.count + divergences.length,
    divergences: [...before.divergences, ...divergences].slice(0, MAX_SHOWN),
  };
}
