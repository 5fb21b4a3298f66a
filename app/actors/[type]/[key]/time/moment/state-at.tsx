"use client";

import { useMemo } from "react";
import type { Entry, Json } from "../../../../../../server/protocol/journal.ts";
import { Empty, LoadingRows, Problem } from "../../../../../components/controls/states.tsx";
import { JsonTree } from "../../../../../tree/json-tree.tsx";
import { marksOf, type Path, pointer } from "../../../../../tree/tree.ts";
import { formatNumber } from "../../../../../words/format.ts";
import type { PastReading } from "../use-past.ts";
import { DiffView } from "./diff-view.tsx";

/** Higher than any screen: the surrounding pane scrolls. */
const TREE_HEIGHT = 2_000;

/** The state at a seq, or its differences from the state at another. */
export function StateAt({
  reading: { past, progress, problem },
  at,
  vs,
  path,
  onPick,
}: {
  reading: PastReading;
  at: number;
  vs: number | null;
  path: string | null;
  onPick: (path: string) => void;
}) {
  const head = past.headAt(at);
  const other = vs === null ? null : past.headAt(vs);
  return (
    <section aria-label={vs === null ? "State" : "Difference"} aria-busy={head === null}>
      <div className="sticky top-0 z-10 flex min-h-8 flex-wrap items-center gap-x-3 border-b border-line bg-panel px-3 py-1">
        <h2 className="font-medium">
          {vs === null ? (
            <>
              State at <span className="mono">{formatNumber(at)}</span>
            </>
          ) : (
            <>
              From <span className="mono">{formatNumber(Math.min(at, vs))}</span> to{" "}
              <span className="mono">{formatNumber(Math.max(at, vs))}</span>
            </>
          )}
        </h2>
        {head !== null && head.version > 0 && (
          <span className="text-dim">
            version <span className="mono">{head.version}</span>
          </span>
        )}
        {path !== null && <span className="mono truncate text-indigo">{path}</span>}
      </div>
      {problem !== null && head === null && (
        <div className="p-3">
          <Problem title="Could not read the state; retrying.">{problem}</Problem>
        </div>
      )}
      {head === null && problem === null && <Folding progress={progress} />}
      {head !== null && vs === null && <Tree state={head.state} entry={past.entry(at)} onPick={onPick} />}
      {head !== null && vs !== null && (
        <DiffView
          was={stateOf(at > vs ? other : head)}
          is={stateOf(at > vs ? head : other)}
          onPick={(chosen) => onPick(pointer(chosen))}
        />
      )}
    </section>
  );
}

function stateOf(head: { state: Json | undefined } | null): Json | undefined {
  return head === null ? undefined : (head.state ?? null);
}

function Folding({ progress }: { progress: PastReading["progress"] }) {
  if (progress === null) return <LoadingRows widths={["w-40", "w-56", "w-48"]} />;
  const { from, folded, wanted } = progress;
  return (
    <div className="flex flex-col gap-2 p-3">
      <p className="text-dim">
        No checkpoint nearby. Folded <span className="mono">{formatNumber(folded)}</span> of{" "}
        <span className="mono">{formatNumber(wanted)}</span>.
      </p>
      <progress aria-label="Entries folded" value={folded - from} max={wanted - from} className="progress w-full" />
    </div>
  );
}

function Tree({
  state,
  entry,
  onPick,
}: {
  state: Json | undefined;
  entry: Entry | undefined;
  onPick: (path: string) => void;
}) {
  const marks = useMemo(() => marksOf(changedBy(entry)), [entry]);
  if (state === undefined) return <Empty title="No state yet.">The first turn created it.</Empty>;
  return (
    <JsonTree
      label="State"
      value={state}
      marks={marks}
      flash={null}
      maxHeight={TREE_HEIGHT}
      onPick={(path) => onPick(pointer(path))}
    />
  );
}

function changedBy(entry: Entry | undefined): Path[] {
  return entry?.body.kind === "turn" ? (entry.body.patches ?? []).map(({ path }) => path) : [];
}
