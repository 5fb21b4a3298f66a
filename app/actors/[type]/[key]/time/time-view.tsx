"use client";

import Link from "next/link";
import { useDeferredValue, useMemo, useState } from "react";
import type { ActorDetail } from "../../../../../server/protocol/actors.ts";
import type { Timeline } from "../../../../../server/protocol/past.ts";
import { CopyButton } from "../../../../components/copy.tsx";
import { Empty, Problem } from "../../../../components/states.tsx";
import { formatNumber } from "../../../../lib/format.ts";
import { nothingTold } from "../../../../lib/frames.ts";
import { pathOf } from "../../../../lib/read.ts";
import { useReading } from "../../../../lib/use-reading.ts";
import { useRoom } from "../../../../lib/use-room.ts";
import { EntryDetail } from "../journal/entry-detail.tsx";
import { ChangesPanel } from "./changes-panel.tsx";
import { Dock } from "./dock.tsx";
import { EntryList } from "./entry-list.tsx";
import { ForkForm } from "./fork-form.tsx";
import { LineageLine } from "./lineage-line.tsx";
import { StateAt } from "./state-at.tsx";
import { useKeys } from "./use-keys.ts";
import { usePast } from "./use-past.ts";
import { usePlay } from "./use-play.ts";
import { type Moment, useTimeAddress } from "./use-time-address.ts";

/** How many entries may come before the density of the whole is counted anew: one part in so many. */
const RECOUNT = 100;

/** An actor with a journal, at any moment of it. `first` is what it was when the page was made. */
export function TimeView({
  type,
  names,
  segments,
  keyText,
  first,
  problem,
}: {
  type: string;
  /** Of the key's segments. */
  names: readonly string[];
  segments: string[];
  keyText: string;
  first: ActorDetail | null;
  problem: string | null;
}) {
  const address = useMemo(() => ({ type, keyText }), [type, keyText]);
  const room = { kind: "actor", actor: { type, key: segments } } as const;
  const start = { view: first === null ? null : { ...nothingTold, actor: first }, since: null };
  const { view, error } = useRoom(room, 100, start);
  const head = view?.actor?.head ?? first?.head ?? 0;
  const path = pathOf(address, "timeline");
  const timeline = useReading<Timeline>(head === 0 ? null : path, `${recounted(head)}`, null);
  const failure = error?.message ?? problem ?? timeline.problem;
  return (
    <div className="flex flex-col gap-3 lg:h-[calc(100dvh-40px)]">
      <Heading type={type} segments={segments} keyText={keyText} />
      <LineageLine address={address} />
      {failure !== null && <Problem title="Not all could be read.">{failure}</Problem>}
      {head === 0 ? (
        <section aria-label="State" className="panel">
          <Empty title={failure === null ? "Nothing committed yet." : "What it was is not known."}>
            {failure === null ? "There is no past to look at." : "The server did not answer."}
          </Empty>
        </section>
      ) : (
        <Travel names={names} address={address} head={head} tail={view?.tail ?? none} timeline={timeline.value} />
      )}
    </div>
  );
}

const none: readonly never[] = [];

/** The head as far as it matters to a picture of the whole. */
function recounted(head: number): number {
  const step = Math.max(1, 10 ** Math.max(0, Math.floor(Math.log10(head)) - Math.log10(RECOUNT)));
  return Math.floor(head / step);
}

function Travel({
  names,
  address,
  head,
  tail,
  timeline,
}: {
  names: readonly string[];
  address: { type: string; keyText: string };
  head: number;
  tail: Parameters<typeof usePast>[2];
  timeline: Timeline | null;
}) {
  const [moment, move] = useTimeAddress();
  const begins = timeline?.begins ?? 1;
  const bounded = (seq: number) => Math.min(Math.max(seq, begins - 1), head);
  const at = bounded(moment.at ?? head);
  const vs = moment.vs === null ? null : bounded(moment.vs);
  const others = useMemo(() => (vs === null ? [] : [vs]), [vs]);
  const reading = usePast(address, { at, others, begins, head }, tail);
  const travel = (change: Partial<Moment>) => move(change.at == null ? change : { ...change, at: bounded(change.at) });
  const play = usePlay(at, head, reading.past, (seq) => travel({ at: seq }));
  useKeys({ at, vs, head, checkpoints: timeline?.checkpoints ?? none, travel, play, fork: () => setForking(true) });
  const isLive = moment.at === null;
  const [isForking, setForking] = useState(false);
  const shown = useDeferredValue(at);
  const [only, setOnly] = useState<"list" | "state" | "entry">("state");
  return (
    <>
      <p
        role="status"
        className={`rounded px-3 py-1.5 ${isLive ? "bg-raised text-dim" : "bg-indigo/15 font-medium text-indigo"}`}
      >
        {isLive
          ? `Live at seq ${formatNumber(head)}`
          : `Viewing seq ${formatNumber(at)} of ${formatNumber(head)}, not live`}
      </p>
      <Parts chosen={only} choose={setOnly} />
      <div
        className={`grid min-h-0 flex-1 gap-px overflow-hidden rounded border bg-line lg:grid-cols-[30fr_45fr_25fr] ${isLive ? "border-line" : "border-indigo"}`}
      >
        <div className={`min-h-0 bg-panel ${only === "list" ? "" : "max-lg:hidden"}`}>
          <EntryList
            past={reading.past}
            at={at}
            vs={vs}
            begins={begins}
            head={head}
            onOpen={(seq) => travel({ at: seq })}
          />
        </div>
        <div className={`min-h-0 overflow-auto bg-panel ${only === "state" ? "" : "max-lg:hidden"}`}>
          <StateAt reading={reading} at={at} vs={vs} path={moment.path} onPick={(path) => travel({ at, path })} />
        </div>
        <div className={`min-h-0 overflow-auto bg-panel ${only === "entry" ? "" : "max-lg:hidden"}`}>
          {moment.path !== null && (
            <ChangesPanel
              key={moment.path}
              address={address}
              path={moment.path}
              at={at}
              head={head}
              onOpen={(seq) => travel({ at: seq })}
              onClose={() => travel({ path: null })}
            />
          )}
          {shown >= begins && (
            <EntryDetail
              address={address}
              seq={shown}
              known={reading.past.entry(shown)}
              head={head}
              onOpen={(seq) => seq !== null && travel({ at: seq })}
              stays
            />
          )}
        </div>
      </div>
      {isForking && at > 0 && <ForkForm address={address} names={names} at={at} onClose={() => setForking(false)} />}
      <Dock
        address={address}
        timeline={timeline}
        at={at}
        vs={vs}
        head={head}
        isLive={isLive}
        travel={travel}
        play={play}
        onFork={() => setForking(true)}
      />
    </>
  );
}

function Parts({
  chosen,
  choose,
}: {
  chosen: "list" | "state" | "entry";
  choose: (part: "list" | "state" | "entry") => void;
}) {
  return (
    <div className="flex gap-1 lg:hidden">
      {(["list", "state", "entry"] as const).map((part) => (
        <button
          key={part}
          type="button"
          aria-pressed={part === chosen}
          onClick={() => choose(part)}
          className="fade h-7 flex-1 rounded border border-line text-dim aria-pressed:bg-raised aria-pressed:text-ink"
        >
          {part === "list" ? "Journal" : part === "state" ? "State" : "Entry"}
        </button>
      ))}
    </div>
  );
}

function Heading({ type, segments, keyText }: { type: string; segments: readonly string[]; keyText: string }) {
  return (
    <header className="flex flex-wrap items-center gap-x-2 gap-y-1">
      <h1 className="text-lead font-medium break-all">{segments.join(" / ")}</h1>
      <span className="text-dim">over time</span>
      <CopyButton text={() => keyText} what="Key" />
      <Link
        href={`/actors/${type}/${keyText}`}
        className="ml-auto rounded text-dim underline-offset-2 hover:text-ink hover:underline"
      >
        The actor now
      </Link>
    </header>
  );
}
