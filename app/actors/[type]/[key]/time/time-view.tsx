"use client";

import Link from "next/link";
import { useMemo, useState } from "react";
import type { ActorDetail, Retention } from "../../../../../server/protocol/actors.ts";
import type { Lineage, Timeline } from "../../../../../server/protocol/past.ts";
import { CopyButton } from "../../../../components/controls/copy.tsx";
import { Empty, Problem } from "../../../../components/controls/states.tsx";
import { useServerHistory } from "../../../../history/history-source.ts";
import { emptyActor } from "../../../../live/frames.ts";
import { useRoom } from "../../../../live/use-room.ts";
import { type ActorAddress, pathOf } from "../../../../read/read.ts";
import { useReading } from "../../../../read/use-reading.ts";
import { formatNumber, retained } from "../../../../words/format.ts";
import { Travel } from "./travel.tsx";

/** The timeline is read again when the journal has grown by one part in this many. */
const RECOUNT = 100;

/** Time travel through an actor's journal or history. `first` is what the server rendered. */
export function TimeView({
  type,
  names,
  segments,
  keyText,
  retention,
  first,
  problem,
}: {
  type: string;
  /** The names of the key's segments. */
  names: readonly string[];
  segments: string[];
  keyText: string;
  retention: Retention;
  first: ActorDetail | null;
  problem: string | null;
}) {
  const address = useMemo(() => ({ type, keyText }), [type, keyText]);
  const history = useServerHistory(address);
  const room = { kind: "actor", actor: { type, key: segments } } as const;
  const start = { view: first === null ? null : { ...emptyActor, actor: first }, since: null };
  const { view, error } = useRoom(room, 100, start);
  const head = view?.actor?.seq ?? first?.seq ?? 0;
  const path = pathOf(address, "timeline");
  const [written, setWritten] = useState(0);
  const timeline = useReading<Timeline>(head === 0 ? null : path, `${recounted(head)} ${written}`, null);
  const failure = error?.message ?? problem ?? timeline.problem;
  return (
    <div className="flex flex-col gap-3 lg:h-[calc(100dvh-40px)]">
      <Heading type={type} segments={segments} keyText={keyText} />
      <LineageLine address={address} />
      {timeline.value !== null && <StartLine timeline={timeline.value} retention={retention} />}
      {failure !== null && <Problem title="Could not read everything.">{failure}</Problem>}
      {head === 0 ? (
        <section aria-label="State" className="panel">
          <Empty title={failure === null ? "Nothing committed yet." : "History unavailable."}>
            {failure === null ? "There is no history to view." : "The server did not answer."}
          </Empty>
        </section>
      ) : (
        <Travel
          names={names}
          history={history}
          head={head}
          tail={view?.tail ?? none}
          timeline={timeline.value}
          begins={view?.actor?.begins ?? first?.begins ?? 1}
          onCheckpoints={() => setWritten((before) => before + 1)}
        />
      )}
    </div>
  );
}

const none: readonly never[] = [];

/** The head, rounded so that it changes only when the timeline must be read again. */
function recounted(head: number): number {
  const step = Math.max(1, 10 ** Math.max(0, Math.floor(Math.log10(head)) - Math.log10(RECOUNT)));
  return Math.floor(head / step);
}

function Heading({ type, segments, keyText }: { type: string; segments: readonly string[]; keyText: string }) {
  return (
    <header className="flex flex-wrap items-center gap-x-2 gap-y-1">
      <h1 className="text-lead font-medium break-all">{segments.join(" / ")}</h1>
      <span className="text-dim">Time travel</span>
      <CopyButton text={() => keyText} what="Key" />
      <Link
        href={`/actors/${type}/${keyText}`}
        className="ml-auto rounded text-dim underline-offset-2 hover:text-ink hover:underline"
      >
        Back to live
      </Link>
    </header>
  );
}

/** Where a history starts and why, if it starts later than the actor. */
function StartLine({ timeline, retention }: { timeline: Timeline; retention: Retention }) {
  const text = startOf(timeline, retention);
  return text === null ? null : <p className="text-dim">{text}</p>;
}

function startOf({ begins, stretches }: Timeline, retention: Retention): string | null {
  if (begins > 1) return `History starts at seq ${formatNumber(begins)}: ${retained(retention)}.`;
  if (stretches[0]?.kinds.adopted === undefined) return null;
  return "History starts later than the actor, because its type had none before. Entry 1 is the state at that time.";
}

const NAMED = 5;

/** The original and the forks of an actor, if there are any. */
function LineageLine({ address }: { address: ActorAddress }) {
  const { value } = useReading<Lineage>(pathOf(address, "lineage"), "", null);
  if (value === null || (value.parent === null && value.forks.length === 0)) return null;
  const { parent, forks } = value;
  const link = (keyText: string, at: number | null) => (
    <Link
      key={keyText}
      href={`/actors/${address.type}/${keyText}/time${at === null ? "" : `?at=${at}`}`}
      className="mono rounded text-indigo underline-offset-2 hover:underline"
    >
      {keyText}
    </Link>
  );
  return (
    <p className="flex flex-wrap gap-x-2 text-dim">
      {parent !== null && (
        <span>
          Forked from {link(parent.keyText, parent.seq)} at <span className="mono">{formatNumber(parent.seq)}</span>
        </span>
      )}
      {forks.length > 0 && <span>Forks:</span>}
      {forks.slice(0, NAMED).map(({ keyText, seq }) => (
        <span key={keyText}>
          {link(keyText, null)} at <span className="mono">{formatNumber(seq)}</span>
        </span>
      ))}
      {forks.length > NAMED && <span>and {formatNumber(forks.length - NAMED)} more</span>}
    </p>
  );
}
