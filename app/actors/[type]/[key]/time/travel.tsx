"use client";

import { useDeferredValue, useMemo, useState } from "react";
import type { Timeline } from "../../../../../server/protocol/past.ts";
import type { HistorySource } from "../../../../history/history-source.ts";
import { formatNumber } from "../../../../words/format.ts";
import { EntryDetail } from "../journal/entry-detail.tsx";
import { Dock } from "./dock/dock.tsx";
import { usePlay } from "./dock/use-play.ts";
import { EntryList } from "./entry-list.tsx";
import { ChangesPanel } from "./moment/changes-panel.tsx";
import { CheckpointOffer } from "./moment/checkpoint-offer.tsx";
import { ForkForm } from "./moment/fork-form.tsx";
import { StateAt } from "./moment/state-at.tsx";
import { useKeys } from "./use-keys.ts";
import { usePast } from "./use-past.ts";
import { type Moment, useTimeAddress } from "./use-time-address.ts";

/** A history at any seq: its entries, the state, one entry, and the dock. `tail` is what the stream reported. */
export function Travel({
  names,
  history,
  head,
  tail,
  timeline,
  begins: knownBegins,
  onCheckpoints,
}: {
  /** The names of the key's segments. */
  names: readonly string[];
  history: HistorySource;
  head: number;
  tail: Parameters<typeof usePast>[2];
  timeline: Timeline | null;
  /** The first stored seq, used until the timeline is known. */
  begins: number;
  /** Called after checkpoints were written. */
  onCheckpoints?: () => void;
}) {
  const [moment, move] = useTimeAddress();
  const begins = timeline?.begins ?? knownBegins;
  const bounded = (seq: number) => Math.min(Math.max(seq, begins - 1), head);
  const at = bounded(moment.at ?? head);
  const vs = moment.vs === null ? null : bounded(moment.vs);
  const others = useMemo(() => (vs === null ? [] : [vs]), [vs]);
  const reading = usePast(history, { at, others, begins, head }, tail);
  const travel = (change: Partial<Moment>) => move(change.at == null ? change : { ...change, at: bounded(change.at) });
  const play = usePlay(at, head, reading.past, (seq) => travel({ at: seq }));
  useKeys({ at, vs, head, timeline, travel, play, fork: () => setForking(true) }, history);
  const isLive = moment.at === null;
  const isPast = !isLive || history.actor === null;
  const [isForking, setForking] = useState(false);
  const shown = useDeferredValue(at);
  const [only, setOnly] = useState<Part>("state");
  return (
    <>
      <Where at={at} head={head} isFile={history.actor === null} isPast={isPast} />
      {reading.far !== null && history.actor !== null && onCheckpoints !== undefined && (
        <CheckpointOffer address={history.actor} folded={reading.far} onWritten={onCheckpoints} />
      )}
      <Parts chosen={only} choose={setOnly} />
      <div
        className={`grid min-h-0 flex-1 gap-px overflow-hidden rounded border bg-line lg:grid-cols-[30fr_45fr_25fr] ${isPast ? "border-indigo" : "border-line"}`}
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
              history={history}
              path={moment.path}
              at={at}
              head={head}
              onOpen={(seq) => travel({ at: seq })}
              onClose={() => travel({ path: null })}
            />
          )}
          {shown >= begins && (
            <EntryDetail
              history={history}
              seq={shown}
              known={reading.past.entry(shown)}
              head={head}
              onOpen={(seq) => seq !== null && travel({ at: seq })}
              stays
            />
          )}
        </div>
      </div>
      {isForking && at > 0 && history.actor !== null && (
        <ForkForm address={history.actor} names={names} at={at} onClose={() => setForking(false)} />
      )}
      <Dock
        history={history}
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

function Where({ at, head, isFile, isPast }: { at: number; head: number; isFile: boolean; isPast: boolean }) {
  const viewed = `Viewing seq ${formatNumber(at)} of ${formatNumber(head)}, ${isFile ? "from a file" : "not live"}`;
  return (
    <p
      role="status"
      className={`rounded px-3 py-1.5 ${isPast ? "bg-indigo/15 font-medium text-indigo" : "bg-raised text-dim"}`}
    >
      {isPast ? viewed : `Live at seq ${formatNumber(head)}`}
    </p>
  );
}

type Part = "list" | "state" | "entry";

function Parts({ chosen, choose }: { chosen: Part; choose: (part: Part) => void }) {
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
