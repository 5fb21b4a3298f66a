import { LATENCY_BOUNDS_MS } from "../../../server/protocol/overview.ts";
import { formatLatency, formatNumber } from "../../words/format.ts";

const HEIGHT = 40;

/** How often a command ran in each of the last seconds. */
export function RateLine({ perSecond, label }: { perSecond: readonly number[]; label: string }) {
  const most = Math.max(1, ...perSecond);
  return (
    <figure className="min-w-0">
      <Bars counts={perSecond} most={most} label={label} gap={1} />
      <figcaption className="flex justify-between text-mini text-dim">
        <span>last minute</span>
        <span className="font-mono">
          {formatNumber(perSecond.at(-2) ?? 0)}/s, at most {formatNumber(Math.max(...perSecond))}
        </span>
      </figcaption>
    </figure>
  );
}

/** How long a command took from its acceptance to its commit: a bar for each stretch of times. */
export function LatencyBars({ latency, name }: { latency: readonly number[]; name: string }) {
  const most = Math.max(1, ...latency);
  const total = latency.reduce((sum, count) => sum + count, 0);
  const [p50, p95] = [boundAt(latency, total * 0.5), boundAt(latency, total * 0.95)];
  return (
    <figure className="min-w-0">
      <Bars
        counts={latency}
        most={most}
        label={`Latency of ${name}: half ${p50}, 95 % ${p95}`}
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
  most,
  label,
  title,
  gap,
}: {
  counts: readonly number[];
  most: number;
  label: string;
  title?: (i: number) => string;
  gap: number;
}) {
  return (
    <div role="img" aria-label={label} className="flex items-end border-b border-line" style={{ height: HEIGHT, gap }}>
      {counts.map((count, i) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place
          key={i}
          title={title?.(i)}
          className="min-w-0 flex-1 bg-dim"
          style={{ height: count === 0 ? 0 : Math.max(1, (count / most) * HEIGHT) }}
        />
      ))}
    </div>
  );
}

/** The upper end of the bar that the so-manieth is in. */
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
