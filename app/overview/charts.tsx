"use client";

import Link from "next/link";
import { type ReactNode, useMemo } from "react";
import type { Overview } from "../../server/protocol/overview.ts";
import { formatLatency, formatLatencyScale, formatNumber } from "../words/format.ts";
import { Chart, type Plotted } from "./chart.tsx";

type Measured = Exclude<keyof Overview["samples"][number], "at">;

/** Throughput, latency, load, mailboxes and dead letters, per second over the last five minutes. */
export function Charts({ overview }: { overview: Overview }) {
  const { samples, inFlight, maxInFlight, mail } = overview;
  const times = useMemo(() => samples.map((sample) => sample.at / 1000), [samples]);
  const valuesOf = (measure: Measured) => samples.map((sample) => sample[measure]);
  const filled = (label: string, measure: Measured) => ({
    times,
    lines: [{ label, values: valuesOf(measure), colour: "--color-ink", filled: true }],
  });
  const last = samples.at(-1);
  const lastCommit = samples.findLast((sample) => sample.commitP50 !== null);
  const refused = last?.refused ?? 0;
  return (
    <div className="grid gap-3 md:grid-cols-2 xl:grid-cols-6 xl:*:col-span-2 xl:*:nth-[n+4]:col-span-3">
      <Measure
        title="Turns per second"
        value={formatNumber(last?.turns ?? 0)}
        note={`${formatNumber(last?.commits ?? 0)} commits/s`}
        {...filled("turns", "turns")}
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
        times={times}
        lines={[
          { label: "p95", values: valuesOf("commitP95"), colour: "--color-faint", dashed: true },
          { label: "p50", values: valuesOf("commitP50"), colour: "--color-ink" },
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
        {...filled("peak", "inFlight")}
      />
      <Measure
        title="Messages in mailboxes"
        value={formatNumber(mail.waiting)}
        note={mail.waiting === 0 ? "all empty" : ""}
        {...filled("waiting", "waiting")}
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
        {...filled("dead letters", "dead")}
      />
    </div>
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
