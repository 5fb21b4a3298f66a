"use client";

import type { Divergence } from "../../../../../../server/protocol/what-if.ts";
import { CloseButton } from "../../../../../components/controls/controls.tsx";
import { Problem } from "../../../../../components/controls/states.tsx";
import { preview } from "../../../../../tree/tree.ts";
import { formatCount, formatNumber } from "../../../../../words/format.ts";
import type { Verification } from "./use-verify.ts";

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
