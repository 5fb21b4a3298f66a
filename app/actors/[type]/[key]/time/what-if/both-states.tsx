"use client";

import { useMemo, useState } from "react";
import type { Json } from "../../../../../../server/protocol/journal.ts";
import type { WhatIf } from "../../../../../../server/protocol/what-if.ts";
import { Segments } from "../../../../../components/controls/controls.tsx";
import { Empty } from "../../../../../components/controls/states.tsx";
import { KnownPast } from "../../../../../history/past.ts";
import { JsonTree } from "../../../../../tree/json-tree.tsx";
import { marksOf } from "../../../../../tree/tree.ts";
import { formatNumber } from "../../../../../words/format.ts";
import { DiffView, useDiff } from "../moment/diff-view.tsx";

/** Higher than any screen: the surrounding pane scrolls. */
const TREE_HEIGHT = 2_000;

const views = [
  { value: "both", label: "Side by side" },
  { value: "difference", label: "Difference" },
] as const;

/** The recorded state and the what-if's state after a message: two trees, or their differences. */
export function BothStates({ result, seq, head }: { result: WhatIf; seq: number; head: number }) {
  const [view, setView] = useState<"both" | "difference">("both");
  const { recorded, here } = useMemo(() => pastsOf(result), [result]);
  const was = recorded.headAt(seq)?.state ?? null;
  const is = here.headAt(head)?.state ?? null;
  return (
    <section aria-label="States">
      <div className="sticky top-0 z-10 flex min-h-8 flex-wrap items-center justify-between gap-x-3 border-b border-line bg-panel px-3 py-1">
        <h2 className="font-medium">
          State at <span className="mono">{formatNumber(seq)}</span>
        </h2>
        <Segments label="View" value={view} options={views} onChange={setView} />
      </div>
      {view === "both" ? (
        <SideBySide was={was} is={is} />
      ) : (
        <DiffView was={was} is={is} onPick={() => setView("both")} />
      )}
    </section>
  );
}

function pastsOf({ base, original, entries }: WhatIf): { recorded: KnownPast; here: KnownPast } {
  const [recorded, here] = [new KnownPast(), new KnownPast()];
  recorded.add({ base, entries: original }, base.seq);
  here.add({ base, entries }, base.seq);
  return { recorded, here };
}

function SideBySide({ was, is }: { was: Json; is: Json }) {
  const difference = useDiff(was, is);
  const marks = useMemo(() => {
    const changes = difference === null || difference === "too large" ? [] : difference.changes;
    return {
      was: marksOf(changes.filter(({ kind }) => kind === "removed" || kind === "changed").map(({ path }) => path)),
      is: marksOf(changes.filter(({ kind }) => kind !== "removed").map(({ path }) => path)),
    };
  }, [difference]);
  return (
    <div className="grid sm:grid-cols-2 sm:divide-x sm:divide-line">
      <Side title="Recorded" state={was} marks={marks.was} />
      <Side title="What-if" state={is} marks={marks.is} />
    </div>
  );
}

function Side({ title, state, marks }: { title: string; state: Json; marks: ReturnType<typeof marksOf> }) {
  return (
    <section aria-label={title} className="min-w-0 max-sm:border-b max-sm:border-line">
      <h3 className={`px-3 py-1 text-mini ${title === "Recorded" ? "text-dim" : "text-indigo"}`}>{title}</h3>
      {state === null ? (
        <Empty title="No state yet." />
      ) : (
        <JsonTree
          label={`State, ${title.toLowerCase()}`}
          value={state}
          marks={marks}
          flash={null}
          maxHeight={TREE_HEIGHT}
        />
      )}
    </section>
  );
}
