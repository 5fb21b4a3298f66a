"use client";

import Link from "next/link";
import { type ReactNode, useMemo } from "react";
import type { Overview } from "../../server/protocol/overview.ts";
import { formatLatency, formatLatencyScale, formatNumber } from "../words/format.ts";
import { Chart, type Plotted } from "./chart.tsx";

/** Throughput, latency, load, mailboxes and dead letters, per second over the last five minutes. */
export function Charts({ overview }: { overview: Overview }) {
  const { samples, inFlight, maxInFlight } = overview;
  const series = useMemo(
    () => ({
      times: samples.map((sample) => sample.at / 1000),
      turns: samples.map((sample) => sample.turns),
      refused: samples.map((sample) => sample.refused),
      p50: samples.map((sample) => sample.commitP50),
      p95: samples.map((sample) => sample.commitP95),
      inFlight: samples.map((sample) => sample.inFlight),
    }),
    [samples],
  );
  const last = samples.at(-1);
  const lastCommit = samples.findLast((sample) => sample.commitP50 !== null);
  const refused = last?.refused ?? 0;
  return (
    <div className="grid gap-3 md:grid-cols-2 xl:grid-cols-6 xl:*:col-span-2 xl:*:nth-[n+4]:col-span-3">
      <Measure
        title="Turns per second"
        value={formatNumber(last?.turns ?? 0)}
        note={`${formatNumber(last?.commits ?? 0)} commits/s`}
        times={series.times}
        lines={[{ label: "turns", values: series.turns, colour: "--color-ink", filled: true }]}
      />
      <Measure
        title="Commit latency"
        value={lastCommit?.commitP50 == null ? "–" : formatLatency(lastCommit.commitP50)}
        note={
          <>
            <Key dashed={false} /> p50 <Key dashed /> p95{" "}
            {lastCommit?.commitP95 == null ? "" : formatLatency(lastCommit.commitP95)}
          </>
        }
        times={series.times}
        lines={[
          { label: "p95", values: series.p95, colour: "--color-faint", dashed: true },
          { label: "p50", values: series.p50, colour: "--color-ink" },
        ]}
        format={formatLatency}
        formatScale={formatLatencyScale}
        min={1}
      />
      <Measure
        title="Messages in flight"
        value={formatNumber(inFlight)}
        note={
          <>
            of {formatNumber(maxInFlight)}
            {refused > 0 && <span className="text-red"> · ✕ {formatNumber(refused)} refused/s</span>}
          </>
        }
        times={series.times}
        lines={[{ label: "peak", values: series.inFlight, colour: "--color-ink", filled: true }]}
      />
      <MailMeasures overview={overview} />
    </div>
  );
}

/** Waiting messages and dead letters. */
function MailMeasures({ overview: { samples, mail } }: { overview: Overview }) {
  const series = useMemo(
    () => ({
      times: samples.map((sample) => sample.at / 1000),
      waiting: samples.map((sample) => sample.waiting),
      dead: samples.map((sample) => sample.dead),
    }),
    [samples],
  );
  return (
    <>
      <Measure
        title="Messages in mailboxes"
        value={formatNumber(mail.waiting)}
        note={mail.waiting === 0 ? "all empty" : ""}
        times={series.times}
        lines={[{ label: "waiting", values: series.waiting, colour: "--color-ink", filled: true }]}
      />
      <Measure
        title="Dead letters"
        value={<span className={mail.dead === 0 ? "" : "text-red"}>{formatNumber(mail.dead)}</span>}
        note={
          mail.dead === 0 ? (
            "none"
          ) : (
            <Link href="/dead-letters" className="rounded underline underline-offset-2 hover:text-ink">
              ✕ view
            </Link>
          )
        }
        spoken={formatNumber(mail.dead)}
        times={series.times}
        lines={[{ label: "dead letters", values: series.dead, colour: "--color-ink", filled: true }]}
      />
    </>
  );
}

const counts = { format: formatNumber, formatScale: (values: readonly number[]) => values.map(formatNumber), min: 4 };

function Measure({
  title,
  value,
  spoken = value,
  note,
  ...chart
}: Partial<Plotted> &
  Pick<Plotted, "times" | "lines"> & {
    title: string;
    value: ReactNode;
    /** The value for screen readers, if `value` is not text. */
    spoken?: ReactNode;
    note: ReactNode;
  }) {
  return (
    <figure className="panel min-w-0">
      <figcaption className="flex items-baseline gap-2 px-3 pt-2.5">
        <span className="flex-1 whitespace-nowrap text-dim">{title}</span>
        <span className="font-mono text-title tabular-nums">{value}</span>
        <span className="text-mini whitespace-nowrap text-dim">{note}</span>
      </figcaption>
      <div className="relative pb-1.5">
        <Chart label={`${title} over the last five minutes; now ${spoken}.`} {...counts} {...chart} />
        <p
          data-cursor
          aria-hidden
          className="mono pointer-events-none absolute top-0 right-2 max-w-[calc(100%-4rem)] truncate rounded bg-panel/85 px-1 text-mini whitespace-pre text-dim empty:hidden"
        />
      </div>
    </figure>
  );
}

/** The legend of a line. */
function Key({ dashed }: { dashed: boolean }) {
  return (
    <span
      aria-hidden
      className={`mx-0.5 inline-block w-3 border-t align-middle ${dashed ? "border-dashed border-faint" : "border-ink"}`}
    />
  );
}
