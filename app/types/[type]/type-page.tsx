"use client";

import Link from "next/link";
import type { Lifecycle, OperationInfo, TypeInfo } from "../../../server/protocol/actors.ts";
import type { CommandStats, RecoveryStats, TypeStats } from "../../../server/protocol/overview.ts";
import { Disclosure, Fact, Facts } from "../../components/controls/controls.tsx";
import { Panel } from "../../components/controls/states.tsx";
import { LifecycleCounts } from "../../components/facts/lifecycle.tsx";
import { Ago } from "../../components/facts/time.tsx";
import { NotLive, useNotCurrentSince } from "../../components/shell/connection.tsx";
import { useRoom } from "../../live/use-room.ts";
import { formatDuration, formatLatency, formatNumber, retained } from "../../words/format.ts";
import { LatencyBars, RateLine } from "./bars.tsx";

/** An actor type: its commands with their rates and latencies, its queries, and its recoveries. */
export function TypePage({
  info,
  counts,
  initial,
}: {
  info: TypeInfo;
  counts: Partial<Record<Lifecycle, number>>;
  initial: TypeStats;
}) {
  const { view } = useRoom({ kind: "type", type: info.type }, 1000, { view: initial, since: null });
  const notCurrentSince = useNotCurrentSince();
  const stats = view ?? initial;
  const statsOf = (name: string) => stats.commands.find((command) => command.name === name);
  return (
    <div className="flex flex-col gap-4">
      <h1 className="text-title font-medium">
        <span className="font-mono">{info.type}</span>
      </h1>
      <section aria-label="Settings" className="panel">
        <Facts>
          <Fact name="Key">
            <span className="mono">{info.key.join(" / ")}</span>
          </Fact>
          <Fact name="Persistence">
            {persistenceOf(info)}
            {info.retention !== "all" && <span className="text-dim"> · {retained(info.retention)}</span>}
          </Fact>
          <Fact name="Passivates">after {formatDuration(info.passivateAfterMs)} idle</Fact>
          <Fact name="Stats since">
            <Ago at={stats.since} />
          </Fact>
        </Facts>
      </section>
      <div className="flex flex-wrap gap-x-4 gap-y-1">
        <LifecycleCounts type={info.type} counts={counts} />
        <Link
          href={`/stream?type=${info.type}`}
          className="rounded text-dim underline underline-offset-2 hover:text-ink"
        >
          Live events of this type
        </Link>
      </div>
      <div className={`fade flex flex-col gap-4 ${notCurrentSince === null ? "" : "opacity-60"}`}>
        <Panel title="Commands">
          <ul className="divide-y divide-line">
            {info.commands.map((command) => (
              <Command key={command.name} command={command} stats={statsOf(command.name)} />
            ))}
          </ul>
        </Panel>
        <Recovery stats={stats.recovery} />
        <Panel title="Queries">
          <ul className="divide-y divide-line">
            {info.queries.map(({ name, schema }) => (
              <li key={name} className="px-3 py-2">
                <p className="mono font-medium">{name}</p>
                <Schema schema={schema} />
              </li>
            ))}
          </ul>
        </Panel>
        {notCurrentSince !== null && <NotLive since={notCurrentSince} />}
      </div>
    </div>
  );
}

function Command({ command: { name, schema }, stats }: { command: OperationInfo; stats: CommandStats | undefined }) {
  const lastMinute = stats?.perSecond.reduce((sum, count) => sum + count, 0) ?? 0;
  return (
    <li className="grid gap-x-6 gap-y-2 px-3 py-2.5 md:grid-cols-[minmax(0,1fr)_200px_320px]">
      <div className="min-w-0">
        <p className="mono font-medium">{name}</p>
        <p className="text-dim">
          {stats === undefined ? (
            "no runs since the start"
          ) : (
            <>
              <span className="mono">{formatNumber(stats.total)}</span> {stats.total === 1 ? "run" : "runs"}
              {stats.failed > 0 && <span className="text-red"> · ✕ {formatNumber(stats.failed)} failed</span>}
            </>
          )}
        </p>
        <Schema schema={schema} />
      </div>
      {stats !== undefined && (
        <>
          <RateLine perSecond={stats.perSecond} label={`${name}: ${formatNumber(lastMinute)} in the last minute`} />
          <LatencyBars latency={stats.latency} name={name} />
        </>
      )}
    </li>
  );
}

function Recovery({ stats: { total, p50, p95, max } }: { stats: RecoveryStats }) {
  const shown = (ms: number | null) => (ms === null ? "–" : formatLatency(ms));
  return (
    <Panel title="Recovery">
      <dl className="flex flex-wrap gap-x-8 gap-y-1 px-3 py-2.5">
        {[
          ["Recoveries", formatNumber(total)],
          ["p50", shown(p50)],
          ["p95", shown(p95)],
          ["max", shown(max)],
        ].map(([name, value]) => (
          <div key={name} className="flex items-baseline gap-2">
            <dt className="text-dim">{name}</dt>
            <dd className="mono">{value}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

function Schema({ schema }: { schema: OperationInfo["schema"] }) {
  return (
    <Disclosure summary={<span className="text-dim">Schema</span>}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre tabIndex={0} className="mono overflow-x-auto rounded border border-line bg-canvas p-2 text-dim">
        {JSON.stringify(schema, null, 2)}
      </pre>
    </Disclosure>
  );
}

function persistenceOf({ persistence, history }: TypeInfo): string {
  return persistence === "state" && history ? "state with history" : persistence;
}
