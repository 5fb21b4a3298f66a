"use client";

import { useMemo, useState } from "react";
import type { ActorDetail, ActorState, LastChange } from "../../../../server/protocol/actors.ts";
import { CopyButton, Id } from "../../../components/copy.tsx";
import { JsonTree } from "../../../components/json-tree.tsx";
import { Empty, Skeleton } from "../../../components/states.tsx";
import { Ago } from "../../../components/time.tsx";
import { formatBytes, formatNumber } from "../../../lib/format.ts";
import { headWord } from "../../../lib/head.ts";
import { formatPath, marksOf } from "../../../lib/tree.ts";
import type { NewestState } from "./use-newest-state.ts";

/** How many changed paths the line about the last change names. */
const NAMED_PATHS = 6;

/** The state, with what the last change touched marked. Changes that come while it is looked at flash once. */
export function StatePanel({ actor, newest }: { actor: ActorDetail; newest: NewestState }) {
  const { known, error } = newest;
  const { lastChange } = actor;
  const marks = useMemo(() => marksOf(lastChange?.paths ?? []), [lastChange]);
  const word = headWord(actor.persistence);
  const [firstHead] = useState(known?.head ?? 0);
  const isBehind = known !== null && known.head < actor.head;
  return (
    <section aria-labelledby="state" className="panel min-w-0">
      <div className="flex items-center gap-3 border-b border-line py-1.5 pr-1.5 pl-3">
        <h2 id="state" className="font-medium">
          State
        </h2>
        <span className="mono text-dim">
          {word} {formatNumber(known?.head ?? actor.head)} · {formatBytes(actor.stateBytes)}
        </span>
        <span className="flex-1" />
        {known !== null && <CopyButton text={() => JSON.stringify(known.state, null, 2)} what="State" />}
      </div>
      {lastChange !== null && <LastChangeLine change={lastChange} />}
      {(isBehind || error !== null) && (
        <p role="status" className="border-b border-line px-3 py-1.5 text-amber">
          {error === null
            ? `Reading ${word} ${formatNumber(actor.head)}…`
            : `The state at ${word} ${formatNumber(actor.head)} could not be read: ${error}`}
        </p>
      )}
      {known === null && <Loading />}
      {known !== null && isUnbegun(actor, known) && (
        <Empty title="No state yet.">The first turn that succeeds makes it; none has.</Empty>
      )}
      {known !== null && !isUnbegun(actor, known) && (
        <JsonTree
          label="State"
          value={known.state}
          marks={isBehind ? noMarks : marks}
          flash={known.head === firstHead ? null : known.head}
        />
      )}
    </section>
  );
}

const noMarks = marksOf([]);

/** A journal may have entries, of a message that was received or has failed, before there is a state. */
function isUnbegun({ persistence }: ActorDetail, { state }: ActorState): boolean {
  return persistence === "journal" && state === null;
}

function Loading() {
  return (
    <div className="flex flex-col gap-2.5 p-3">
      <Skeleton width="w-48" />
      <Skeleton width="w-64" />
      <Skeleton width="w-40" />
    </div>
  );
}

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
