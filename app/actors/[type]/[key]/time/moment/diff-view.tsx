"use client";

import type { Remote } from "comlink";
import { useEffect, useRef, useState } from "react";
import type { Json } from "../../../../../../server/protocol/journal.ts";
import { Empty, LoadingRows } from "../../../../../components/controls/states.tsx";
import type { Change } from "../../../../../history/diff.ts";
import type { DiffCalls } from "../../../../../history/diff.worker.ts";
import { callsOf } from "../../../../../read/worker-calls.ts";
import { formatPath, type Path, preview } from "../../../../../tree/tree.ts";
import { formatCount, formatNumber } from "../../../../../words/format.ts";

const MAX_VALUE = 160;

/** The differences of two states. Undefined is a state that is not loaded yet. */
export function DiffView({
  was,
  is,
  onPick,
}: {
  was: Json | undefined;
  is: Json | undefined;
  onPick: (path: Path) => void;
}) {
  const difference = useDiff(was, is);
  if (difference === null) return <LoadingRows widths={["w-48", "w-64"]} />;
  if (difference === "too large") {
    return <Empty title="Too large to compare.">Comparing these states takes more than five seconds.</Empty>;
  }
  const { changes, total } = difference;
  if (total === 0) return <Empty title="No differences." />;
  return (
    <div>
      <p className="px-3 py-1.5 text-dim">
        {formatCount(total, "change")}
        {total > changes.length && `, the first ${formatNumber(changes.length)} shown`}
      </p>
      <ul aria-label="Changes" className="border-t border-line">
        {changes.map((change) => (
          <li key={`${change.kind} ${change.path.join("/")}`} className="border-b border-line">
            <button
              type="button"
              onClick={() => onPick(change.path)}
              className="mono grid w-full grid-cols-[16px_minmax(0,1fr)] gap-x-2 px-3 py-1 text-left hover:bg-raised/60 focus-visible:-outline-offset-2"
            >
              <Line change={change} />
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

const looks = {
  added: { glyph: "+", word: "added", colour: "text-diff" },
  removed: { glyph: "−", word: "removed", colour: "text-diff-gone" },
  changed: { glyph: "~", word: "changed", colour: "text-diff" },
  moved: { glyph: "↕", word: "moved", colour: "text-diff" },
} as const;

function Line({ change }: { change: Change }) {
  const { glyph, word, colour } = looks[change.kind];
  return (
    <>
      <span aria-hidden className={colour}>
        {glyph}
      </span>
      <span className="flex min-w-0 flex-wrap gap-x-2">
        <span className="sr-only">{word}</span>
        <span className="text-dim">{formatPath(change.path) || "the state"}</span>
        {change.kind === "moved" && <span className="text-faint">from [{change.from}]</span>}
        {"was" in change && <span className="break-words text-diff-gone">{preview(change.was, MAX_VALUE)}</span>}
        {change.kind === "changed" && <span aria-hidden>→</span>}
        {"is" in change && <span className="break-words text-diff">{preview(change.is, MAX_VALUE)}</span>}
      </span>
    </>
  );
}

/** The time limit of a comparison, in milliseconds. */
const LIMIT_MS = 5_000;

/** The differences of two states; "too large" after the time limit; null while unknown. */
type Difference = ReturnType<DiffCalls["diff"]> | "too large" | null;

/** Compares two states in a worker. Null while unknown. */
export function useDiff(was: Json | undefined, is: Json | undefined): Difference {
  const [found, setFound] = useState<{ was: Json; is: Json; difference: Difference } | null>(null);
  const differ = useRef<{ worker: Worker; calls: Remote<DiffCalls> } | null>(null);
  useEffect(() => () => differ.current?.worker.terminate(), []);

  useEffect(() => {
    if (was === undefined || is === undefined) return;
    differ.current ??= openDiffer();
    const { worker, calls } = differ.current;
    let isWanted = true;
    const show = (difference: Difference) => {
      if (isWanted) setFound({ was, is, difference });
    };
    const timer = setTimeout(() => {
      worker.terminate();
      differ.current = null;
      show("too large");
    }, LIMIT_MS);
    calls.diff(was, is).then(
      (difference) => {
        clearTimeout(timer);
        show(difference);
      },
      () => {},
    );
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [was, is]);

  return found !== null && found.was === was && found.is === is ? found.difference : null;
}

function openDiffer() {
  const worker = new Worker(new URL("../../../../../history/diff.worker.ts", import.meta.url));
  return { worker, calls: callsOf<DiffCalls>(worker) };
}
