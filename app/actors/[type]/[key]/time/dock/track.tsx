"use client";

import { type KeyboardEvent, type PointerEvent, useMemo, useRef } from "react";
import type { EntryKind } from "../../../../../../server/protocol/journal.ts";
import type { Timeline } from "../../../../../../server/protocol/past.ts";
import { kindName } from "../../../../../components/facts/event-kind.tsx";
import { formatNumber } from "../../../../../words/format.ts";
import type { Moment } from "../use-time-address.ts";

const HEIGHT = 48;
/** Space above the bars for failures, and below for checkpoints. */
const EDGE = 8;
/** The width of the view box. */
const WIDTH = 1_000;
/** The step of the page keys. */
const PAGE = 100;

/** The kinds of entries from bottom to top, and their colours. */
const kinds: readonly { kind: EntryKind; colour: string }[] = [
  { kind: "turn", colour: "fill-slate/60" },
  { kind: "received", colour: "fill-slate/35" },
  { kind: "effect", colour: "fill-sky/60" },
  { kind: "migrated", colour: "fill-violet/70" },
  { kind: "forked", colour: "fill-indigo" },
  { kind: "adopted", colour: "fill-violet" },
  { kind: "attempt_failed", colour: "fill-red" },
];

/** The legend of a track: the kinds that it contains. */
export function Legend({ timeline }: { timeline: Timeline | null }) {
  const present = kinds.filter(({ kind }) => timeline?.stretches.some((stretch) => kind in stretch.kinds));
  return (
    <ul className="-mt-1 flex flex-wrap gap-x-3 text-mini text-dim">
      {present.map(({ kind, colour }) => (
        <li key={kind} className="flex items-center gap-1">
          <svg aria-hidden="true" width="8" height="8">
            <rect width="8" height="8" className={colour} />
          </svg>
          {kindName(kind)}
        </li>
      ))}
      <li>
        <span aria-hidden className="text-red">
          ╹
        </span>{" "}
        failure
      </li>
      <li>
        <span aria-hidden>╷</span> checkpoint
      </li>
    </ul>
  );
}

/** The whole journal: its density by kind, checkpoints, failures, and the two markers A and B. */
export function Track({
  timeline,
  at,
  vs,
  head,
  travel,
}: {
  timeline: Timeline | null;
  at: number;
  vs: number | null;
  head: number;
  travel: (change: Partial<Moment>) => void;
}) {
  const track = useRef<HTMLDivElement>(null);
  const start = (timeline?.begins ?? 1) - 1;
  const span = Math.max(1, head - start);
  const share = (seq: number) => ((seq - start) / span) * 100;
  const seqAt = ({ clientX }: { clientX: number }) => {
    const { left, width } = track.current?.getBoundingClientRect() ?? { left: 0, width: 1 };
    return start + Math.round(Math.min(1, Math.max(0, (clientX - left) / width)) * span);
  };
  const drag = (move: (seq: number) => void) => ({
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      event.stopPropagation();
      event.currentTarget.setPointerCapture(event.pointerId);
      move(seqAt(event));
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      if (event.currentTarget.hasPointerCapture(event.pointerId)) move(seqAt(event));
    },
  });
  const moveA = (seq: number) => travel({ at: seq });
  return (
    <div ref={track} className="relative touch-none" style={{ height: HEIGHT + 8 }} {...drag(moveA)}>
      <Density timeline={timeline} start={start} span={span} />
      {vs !== null && (
        <Marker
          name="B"
          seq={vs}
          range={[start, head]}
          share={share(vs)}
          move={(seq) => travel({ at, vs: seq })}
          drag={drag}
        />
      )}
      <Marker name="A" seq={at} range={[start, head]} share={share(at)} move={moveA} drag={drag} />
    </div>
  );
}

function Marker({
  name,
  seq,
  range: [min, max],
  share,
  move,
  drag,
}: {
  name: "A" | "B";
  seq: number;
  range: [min: number, max: number];
  share: number;
  move: (seq: number) => void;
  drag: (move: (seq: number) => void) => object;
}) {
  const onKeyDown = (event: KeyboardEvent) => {
    const step = steps[event.key];
    if (step === undefined || event.metaKey || event.ctrlKey || event.altKey) return;
    event.preventDefault();
    move(Math.min(Math.max(seq + step, min), max));
  };
  return (
    <div
      role="slider"
      tabIndex={0}
      aria-label={`Marker ${name}`}
      aria-valuemin={min}
      aria-valuemax={max}
      aria-valuenow={seq}
      aria-valuetext={`seq ${formatNumber(seq)} of ${formatNumber(max)}`}
      onKeyDown={onKeyDown}
      {...drag(move)}
      className={`absolute inset-y-0 -ml-2 flex w-4 cursor-ew-resize flex-col items-center ${name === "A" ? "z-10" : ""}`}
      style={{ left: `${share}%` }}
    >
      <span
        className={`mono rounded px-1 text-mini ${name === "A" ? "bg-indigo text-canvas" : "border border-indigo bg-panel text-indigo"}`}
      >
        {name}
      </span>
      <span className={`w-px flex-1 ${name === "A" ? "bg-indigo" : "bg-indigo/60"}`} />
    </div>
  );
}

/** How far each key moves a marker. */
const steps: Record<string, number> = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  PageDown: -PAGE,
  PageUp: PAGE,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

function Density({ timeline, start, span }: { timeline: Timeline | null; start: number; span: number }) {
  const paths = useMemo(() => (timeline === null ? [] : densityPaths(timeline, start, span)), [timeline, start, span]);
  const x = (seq: number) => (((seq - start) / span) * WIDTH).toFixed(1);
  const ticks = timeline?.checkpoints.map((seq) => `M${x(seq)} ${HEIGHT - EDGE + 2}v${EDGE - 2}`).join("");
  const failures = timeline?.failures.map((seq) => `M${x(seq)} 0v${EDGE - 2}`).join("");
  return (
    <svg
      role="img"
      aria-label={`Journal from seq ${start + 1}: ${timeline?.checkpoints.length ?? 0} checkpoints, ${timeline?.failures.length ?? 0} failures`}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      className="absolute inset-x-0 top-2 w-full rounded bg-canvas"
      style={{ height: HEIGHT }}
    >
      {paths.map(({ colour, path }) => (
        <path key={colour} d={path} className={colour} />
      ))}
      <path d={ticks} vectorEffect="non-scaling-stroke" className="stroke-dim" />
      <path d={failures} vectorEffect="non-scaling-stroke" strokeWidth={2} className="stroke-red" />
    </svg>
  );
}

/** One bar per stretch, split by kind. The height is the square root of the rate, so that low rates stay visible. */
function densityPaths({ stretches, width, head }: Timeline, start: number, span: number) {
  const rates = stretches.map(({ seq, at }, i) => {
    const next = stretches[i + 1] ?? { seq: head + 1, at: at + 1_000 };
    return (Math.min(width, next.seq - seq) / Math.max(1, next.at - at)) ** 0.5;
  });
  const highest = Math.max(...rates, Number.MIN_VALUE);
  const paths = new Map(kinds.map(({ kind }) => [kind, ""]));
  for (const [i, stretch] of stretches.entries()) {
    const total = Object.values(stretch.kinds).reduce((sum, count) => sum + count, 0);
    const [left, wide] = [
      ((stretch.seq - 1 - start) / span) * WIDTH,
      (Math.min(width, head - stretch.seq + 1) / span) * WIDTH,
    ];
    let top = HEIGHT - EDGE;
    for (const { kind } of kinds) {
      const high = ((stretch.kinds[kind] ?? 0) / total) * ((rates[i] as number) / highest) * (HEIGHT - 2 * EDGE);
      if (high === 0) continue;
      top -= high;
      paths.set(
        kind,
        `${paths.get(kind)}M${left.toFixed(1)} ${top.toFixed(1)}h${wide.toFixed(1)}v${high.toFixed(1)}h-${wide.toFixed(1)}z`,
      );
    }
  }
  return kinds.map(({ kind, colour }) => ({ colour, path: paths.get(kind) ?? "" }));
}
