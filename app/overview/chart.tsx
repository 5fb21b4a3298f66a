"use client";

import { useEffect, useRef } from "react";
import type UPlot from "uplot";
import { useTheme } from "../components/shell/theme.ts";
import { formatClock, type Zone } from "../words/format.ts";
import { useZone } from "../words/time.tsx";

/** How much time a chart shows, in seconds: five minutes; of a server that has not run for so long, a minute or more. */
const SPAN = 300;
const MIN_SPAN = 60;
const HEIGHT = 168;
/** The most that a time under a chart takes, in pixels. */
const LABEL_WIDTH = 56;
/** What the numbers at the side take, in pixels. */
const SCALE_WIDTH = 56;

/** One line of a chart. `null` is a second in which there was nothing to measure. */
export interface Line {
  label: string;
  values: readonly (number | null)[];
  /** A custom property of the theme: `--ink`. */
  colour: string;
  filled?: boolean;
  dashed?: boolean;
}

/** What a chart shows, and how. */
export interface Plotted {
  times: readonly number[];
  lines: readonly Line[];
  format: (value: number) => string;
  /** The numbers at the side. */
  formatScale: (values: readonly number[]) => string[];
  /** The lowest value that the top of the scale may have. */
  min: number;
}

/**
 * The last five minutes of one or more measures, one point a second. It is drawn anew when `times` (in seconds, oldest
 * first) changes. The pointer's second is shown in all charts of the page, and its values above the lines.
 */
export function Chart({ label, ...plotted }: { label: string } & Plotted) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot>(null);
  const latest = useRef(plotted);
  latest.current = plotted;
  const theme = useTheme();
  const zone = useZone();

  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme decides what the custom properties hold
  useEffect(() => {
    let gone = false;
    let observer: ResizeObserver | undefined;
    const element = place.current;
    if (element === null) return;
    const draw = (Plot: typeof UPlot) => {
      if (gone) return;
      plot.current = new Plot(optionsOf(element, latest, zone), dataOf(latest.current), element);
      observer = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height: HEIGHT }));
      observer.observe(element);
    };
    import("uplot")
      .then((module) => draw(module.default))
      .catch(() => {
        element.textContent = "The chart could not be loaded.";
      });
    return () => {
      gone = true;
      observer?.disconnect();
      plot.current?.destroy();
      plot.current = null;
    };
  }, [zone, theme]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: it is drawn anew for each new second, not for each render
  useEffect(() => plot.current?.setData(dataOf(latest.current)), [plotted.times]);

  return <div ref={place} role="img" aria-label={label} className="h-42 w-full" />;
}

type Latest = { current: Plotted };

function dataOf({ times, lines }: Plotted): UPlot.AlignedData {
  return [times as number[], ...lines.map((line) => line.values as (number | null)[])];
}

function optionsOf(element: HTMLElement, latest: Latest, zone: Zone): UPlot.Options {
  const theme = getComputedStyle(document.documentElement);
  const colour = (name: string) => theme.getPropertyValue(name).trim();
  const axis = {
    stroke: colour("--faint"),
    font: "11px 'JetBrains Mono Variable', monospace",
    ticks: { show: false },
  };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: {
      sync: { key: "overview" },
      drag: { x: false, y: false },
      points: { size: 6 },
      y: false,
    },
    scales: {
      x: { time: true, range: (_plot, min, max) => [Math.max(max - SPAN, Math.min(min, max - MIN_SPAN)), max] },
      y: { range: (_plot, _min, max) => [0, Math.max(max * 1.15, latest.current.min)] },
    },
    axes: [
      {
        ...axis,
        size: 22,
        space: 80,
        grid: { show: false },
        values: (plot, splits, _axis, _space, step) =>
          splits.map((at) => (hasRoom(plot, at) ? formatClock(at * 1000, zone).slice(0, step < 60 ? 8 : 5) : "")),
        incrs: [15, 30, 60, 120],
      },
      {
        ...axis,
        size: SCALE_WIDTH,
        space: 32,
        gap: 6,
        grid: { stroke: colour("--line"), width: 1 },
        values: (_plot, splits) => latest.current.formatScale(splits),
      },
    ],
    series: [
      {},
      ...latest.current.lines.map((line) => ({
        label: line.label,
        stroke: colour(line.colour),
        width: 1.25,
        ...(line.filled ? { fill: `${colour(line.colour)}1f` } : {}),
        ...(line.dashed ? { dash: [3, 3] } : {}),
        points: { size: 3, width: 0, fill: colour(line.colour), filter: isolated },
      })),
    ],
    hooks: { setCursor: [(shown: UPlot) => tellCursor(element, shown, latest, zone)] },
  };
}

/** Whether a time can be written under its second without being cut off at the right. */
function hasRoom(plot: UPlot, at: number): boolean {
  const { min = 0, max = 0 } = plot.scales.x ?? {};
  const pixels = (plot.width - SCALE_WIDTH) / (max - min);
  return (max - at) * pixels > LABEL_WIDTH / 2;
}

/** Only a second with nothing on both sides needs a point of its own: no line leads to it. */
function isolated(plot: UPlot, series: number): number[] | null {
  const values = plot.data[series] ?? [];
  const found: number[] = [];
  for (let i = 0; i < values.length; i++) {
    if (values[i] != null && values[i - 1] == null && values[i + 1] == null) found.push(i);
  }
  return found;
}

/** Writes the values under the pointer into the chart's figure, past React: it happens with each move. */
function tellCursor(element: HTMLElement, plot: UPlot, { current }: Latest, zone: Zone): void {
  const told = element.closest("figure")?.querySelector("[data-cursor]");
  if (told === null || told === undefined) return;
  const i = plot.cursor.idx;
  const at = i == null ? undefined : current.times[i];
  if (i == null || at === undefined) {
    told.textContent = "";
    return;
  }
  const values = current.lines.map((line) => {
    const value = line.values[i];
    return `${line.label} ${value == null ? "–" : current.format(value)}`;
  });
  told.textContent = `${formatClock(at * 1000, zone)}  ${values.join("  ")}`;
}
