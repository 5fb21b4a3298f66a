"use client";

import { useMemo, useState } from "react";
import type { ActorDetail, ActorState, LastChange } from "../../../../../server/protocol/actors.ts";
import { MAX_STREAMED_STATE } from "../../../../../server/protocol/bounds.ts";
import { CopyButton, Id } from "../../../../components/controls/copy.tsx";
import { Empty, LoadingRows } from "../../../../components/controls/states.tsx";
import { Ago } from "../../../../components/facts/time.tsx";
import { type ActorLive, headWord } from "../../../../live/frames.ts";
import { type ActorAddress, pathOf } from "../../../../read/read.ts";
import { JsonTree } from "../../../../tree/json-tree.tsx";
import { formatPath, marksOf } from "../../../../tree/tree.ts";
import { TreeGrid } from "../../../../tree/tree-grid.tsx";
import { TreeSearch } from "../../../../tree/tree-search.tsx";
import { useLargeTree } from "../../../../tree/use-large-tree.ts";
import { formatBytes, formatNumber } from "../../../../words/format.ts";

/** The number of paths that the line about the last change names. */
const NAMED_PATHS = 6;

/**
 * The state, with the paths of the last change marked. New changes flash once. `known` is the newest state in the page;
 * a worker holds a large one.
 */
export function StatePanel({
  address,
  actor,
  known,
}: {
  address: ActorAddress;
  actor: ActorDetail;
  known: ActorState | null;
}) {
  const { lastChange, persistence } = actor;
  const large = isLarge(actor);
  const paths = useMemo(() => lastChange?.paths ?? [], [lastChange]);
  const marks = useMemo(() => marksOf(paths), [paths]);
  const tree = useLargeTree(large ? pathOf(address, "state") : null, actor.head, paths);
  const head = large ? tree.head : (known?.head ?? 0);
  const [firstHead] = useState(head);
  const flash = head === firstHead || firstHead === 0 ? null : head;
  const word = headWord(persistence);
  const hasNoState = persistence === "journal" && known !== null && known.state === null;
  return (
    <section aria-labelledby="state" className="panel min-w-0">
      <div className="flex items-center gap-3 border-b border-line py-1.5 pr-1.5 pl-3">
        <h2 id="state" className="font-medium">
          State
        </h2>
        <span className="mono text-dim">
          {word} {formatNumber(head === 0 ? actor.head : head)} · {formatBytes(actor.stateBytes)}
        </span>
        <span className="flex-1" />
        {head > 0 && (
          <CopyButton text={() => (large ? tree.whole() : JSON.stringify(known?.state, null, 2))} what="State" />
        )}
      </div>
      {lastChange !== null && <LastChangeLine change={lastChange} />}
      {(head < actor.head || tree.problem !== null) && (
        <p role="status" className="border-b border-line px-3 py-1.5 text-amber">
          {tree.problem === null
            ? `Reading ${word} ${formatNumber(actor.head)}…`
            : `Could not read the state at ${word} ${formatNumber(actor.head)}: ${tree.problem}`}
        </p>
      )}
      {head === 0 && tree.problem === null && <LoadingRows widths={["w-48", "w-64", "w-40"]} />}
      {hasNoState && <Empty title="No state yet.">The first successful turn creates it.</Empty>}
      {known !== null && !hasNoState && (
        <JsonTree
          label="State"
          value={known.state}
          marks={known.head < actor.head ? noMarks : marks}
          flash={flash}
          searched
        />
      )}
      {large && head > 0 && (
        <>
          <TreeSearch label="Search the state" tree={tree} />
          <TreeGrid label="State" tree={tree} flash={flash} />
        </>
      )}
    </section>
  );
}

const noMarks = marksOf([]);

function LastChangeLine({ change }: { change: LastChange }) {
  const named = change.paths
    .slice(0, NAMED_PATHS)
    .map((path) => (path.length === 0 ? "the whole state" : formatPath(path)));
  const unnamed = change.paths.length - named.length;
  return (
    <p className="flex flex-wrap items-baseline gap-x-1.5 border-b border-line px-3 py-1.5 text-dim">
      <span>Last change:</span>
      <span className="mono text-ink">{change.command}</span>
      <span>
        <Ago at={change.at} />, message
      </span>
      <Id value={change.messageId} what="Message id" />
      {named.length > 0 && (
        <span className="mono min-w-0 break-words text-diff">
          ~ {named.join(", ")}
          {(unnamed > 0 || change.more) && ` and ${change.more ? "many" : unnamed} more`}
        </span>
      )}
    </p>
  );
}

/** Whether a state is too large to be sent with the page or the stream. */
function isLarge({ stateBytes }: ActorDetail): boolean {
  return stateBytes > MAX_STREAMED_STATE;
}

/** The newest known state of an actor: from the stream, or from the page itself. Null for a large one. */
export function newestState(actor: ActorDetail, first: ActorDetail | null, view: ActorLive | null): ActorState | null {
  if (isLarge(actor)) return null;
  const streamed = view?.actor == null || view.stateHead === 0 ? null : stateOf(view.actor, view.stateHead);
  const rendered = first === null || first.state === null ? null : stateOf(first, first.head);
  if (streamed === null || rendered === null) return streamed ?? rendered;
  return streamed.head >= rendered.head ? streamed : rendered;
}

function stateOf({ state }: ActorDetail, head: number): ActorState {
  return { head, state };
}
