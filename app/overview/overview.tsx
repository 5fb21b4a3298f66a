"use client";

import type { Overview as OverviewData } from "../../server/protocol/overview.ts";
import type { KeyShape } from "../actors/open-actor.tsx";
import { Id } from "../components/controls/copy.tsx";
import { NotLive, useNotCurrentSince } from "../components/shell/connection.tsx";
import { useRoom } from "../live/use-room.ts";
import { formatDuration, formatNumber } from "../words/format.ts";
import { useNow, useZone } from "../words/time.tsx";
import { Charts } from "./charts.tsx";
import { ErrorGroups } from "./error-groups.tsx";
import { FirstSteps } from "./first-steps.tsx";
import { countActors, type Health, health } from "./health.ts";
import { LifecycleMap } from "./lifecycle-map.tsx";
import { Recoveries } from "./recoveries.tsx";
import { TypesTable } from "./types-table.tsx";

/** The overview of the server. `initial` is what the server rendered; `address` is its own address. */
export function Overview({ initial, types, address }: { initial: OverviewData; types: KeyShape[]; address: string }) {
  const { view } = useRoom({ kind: "overview" }, 250, { view: initial, since: null });
  const isCurrent = useNotCurrentSince() === null;
  const overview = view ?? initial;
  const isNew = countActors(overview) === 0;
  return (
    <div className="flex flex-col gap-5">
      <h1 className="sr-only">Overview</h1>
      <HealthLine overview={overview} isCurrent={isCurrent} />
      {isNew && <FirstSteps types={types} address={address} />}
      <div className={`fade flex flex-col gap-5 ${isCurrent ? "" : "opacity-60"}`}>
        {!isNew && <LifecycleMap types={overview.types} />}
        <Charts overview={overview} />
        <div className="grid items-start gap-3 lg:grid-cols-2">
          <ErrorGroups dead={overview.mail.dead} />
          <Recoveries notes={overview.recoveries} />
        </div>
        {!isNew && <TypesTable overview={overview} />}
      </div>
    </div>
  );
}

const looks: Record<Health["level"], { glyph: string; colour: string }> = {
  new: { glyph: "○", colour: "text-slate" },
  quiet: { glyph: "●", colour: "text-emerald" },
  busy: { glyph: "▶", colour: "text-sky" },
  standby: { glyph: "◌", colour: "text-blue" },
  stuck: { glyph: "◷", colour: "text-amber" },
  refusing: { glyph: "◷", colour: "text-amber" },
  failed: { glyph: "✕", colour: "text-red" },
  down: { glyph: "✕", colour: "text-red" },
};

function HealthLine({ overview, isCurrent }: { overview: OverviewData; isCurrent: boolean }) {
  const now = useNow();
  const zone = useZone();
  const { level, text } = health(overview, now, zone);
  const { glyph, colour } = looks[level];
  return (
    <section aria-label="Health" className={`fade flex flex-col gap-1 ${isCurrent ? "" : "opacity-60"}`}>
      <p className="flex gap-2.5 text-title">
        <span aria-hidden className={`w-3 shrink-0 text-center font-mono ${colour}`}>
          {glyph}
        </span>
        {text}
      </p>
      <p className="flex flex-wrap gap-x-2 pl-5.5 text-dim">
        <span>
          {overview.node.standsBy === null ? "Node" : "Leader"} <Id value={overview.node.owner} what="Node" max={13} />,
          epoch <span className="mono">{overview.node.epoch}</span>
        </span>
        <Dot />
        <span>up {formatDuration(now - Date.parse(overview.startedAt))}</span>
        <Dot />
        <span>max {formatNumber(overview.maxActive)} actors in memory</span>
        {!isCurrent && (
          <>
            <Dot />
            <NotLive since={overview.at} />
          </>
        )}
      </p>
    </section>
  );
}

function Dot() {
  return (
    <span aria-hidden className="text-faint">
      ·
    </span>
  );
}
