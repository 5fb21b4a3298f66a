import { LATENCY_BOUNDS_MS } from "../../../server/protocol/overview.ts";
import { formatLatency, formatNumber } from "../../words/format.ts";

const HEIGHT = 40;

/** The runs of a command per second. */
export function RateLine({ perSecond, label }: { perSecond: readonly number[]; label: string }) {
  const max = Math.max(1, ...perSecond);
  return (
    <figure className="min-w-0">
      <Bars counts={perSecond} max={max} label={label} gap={1} />
      <figcaption className="flex justify-between text-mini text-dim">
        <span>last minute</span>
        <span className="font-mono">
          {formatNumber(perSecond.at(-2) ?? 0)}/s, max {formatNumber(Math.max(...perSecond))}
        </span>
      </figcaption>
    </figure>
  );
}

/** The histogram of a command's latency, from acceptance to commit. */
export function LatencyBars({ latency, name }: { latency: readonly number[]; name: string }) {
  const max = Math.max(1, ...latency);
  const total = latency.reduce((sum, count) => sum + count, 0);
  const [p50, p95] = [boundAt(latency, total * 0.5), boundAt(latency, total * 0.95)];
  return (
    <figure className="min-w-0">
      <Bars
        counts={latency}
        max={max}
        label={`Latency of ${name}: p50 ${p50}, p95 ${p95}`}
        title={(i) => `${spanOf(i)}: ${formatNumber(latency[i] ?? 0)}`}
        gap={2}
      />
      <figcaption className="flex justify-between text-mini text-dim">
        <span>to {formatLatency(LATENCY_BOUNDS_MS[0] ?? 0)}</span>
        <span>
          p50 <span className="font-mono">{p50}</span>, p95 <span className="font-mono">{p95}</span>
        </span>
        <span>over {formatLatency(LATENCY_BOUNDS_MS.at(-1) ?? 0)}</span>
      </figcaption>
    </figure>
  );
}

function Bars({
  counts,
  max,
  label,
  title,
  gap,
}: {
  counts: readonly number[];
  max: number;
  label: string;
  title?: (i: number) => string;
  gap: number;
}) {
  return (
    <div role="img" aria-label={label} className="flex items-end border-b border-line" style={{ height: HEIGHT, gap }}>
      {counts.map((count, i) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: a bar is identified by its index
          key={i}
          title={title?.(i)}
          className="min-w-0 flex-1 bg-dim"
          style={{ height: count === 0 ? 0 : Math.max(1, (count / max) * HEIGHT) }}
        />
      ))}
    </div>
  );
}

/** The upper bound of the bar that contains a rank. */
function boundAt(latency: readonly number[], rank: number): string {
  let seen = 0;
  const i = latency.findIndex((count) => {
    seen += count;
    return count > 0 && seen >= rank;
  });
  if (i === -1) return "–";
  const bound = LATENCY_BOUNDS_MS[i];
  return bound === undefined ? `over ${formatLatency(LATENCY_BOUNDS_MS.at(-1) ?? 0)}` : `≤ ${formatLatency(bound)}`;
}

function spanOf(i: number): string {
  const [from, to] = [LATENCY_BOUNDS_MS[i - 1] ?? 0, LATENCY_BOUNDS_MS[i]];
  return to === undefined ? `over ${formatLatency(from)}` : `${formatLatency(from)} to ${formatLatency(to)}`;
}
