"use client";

import { useEffect, useRef } from "react";
import type UPlot from "uplot";
import { useTheme } from "../components/shell/theme.ts";
import { formatClock, type Zone } from "../words/format.ts";
import { useZone } from "../words/time.tsx";

/** The time span of a chart, in seconds: five minutes, or since the start of the server, at least a minute. */
const SPAN = 300;
const MIN_SPAN = 60;
const HEIGHT = 168;
/** The max width of a time label, in pixels. */
const LABEL_WIDTH = 56;
/** The width of the scale, in pixels. */
const SCALE_WIDTH = 56;

/** One line of a chart. `null` is a second without a value. */
export interface Line {
  label: string;
  values: readonly (number | null)[];
  /** A custom property of the theme: `--color-ink`. */
  colour: string;
  filled?: boolean;
  dashed?: boolean;
}

/** The content of a chart. */
export interface Plotted {
  times: readonly number[];
  lines: readonly Line[];
  format: (value: number) => string;
  /** The numbers at the side. */
  formatScale: (values: readonly number[]) => string[];
  /** The min value of the top of the scale. */
  min: number;
}

/**
 * The last five minutes of one or more measures, one point per second, redrawn when `times` (in seconds, oldest first)
 * changes. All charts of the page mark the pointer's second and show its values.
 */
export function Chart({ label, ...plotted }: { label: string } & Plotted) {
  const container = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot>(null);
  const latest = useRef(plotted);
  latest.current = plotted;
  const theme = useTheme();
  const zone = useZone();

  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme decides what the custom properties hold
  useEffect(() => {
    let gone = false;
    let observer: ResizeObserver | undefined;
    const element = container.current;
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
        element.textContent = "Could not load the chart.";
      });
    return () => {
      gone = true;
      observer?.disconnect();
      plot.current?.destroy();
      plot.current = null;
    };
  }, [zone, theme]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: redrawn for each new second, not for each render
  useEffect(() => plot.current?.setData(dataOf(latest.current)), [plotted.times]);

  return <div ref={container} role="img" aria-label={label} className="h-42 w-full" />;
}

type Latest = { current: Plotted };

function dataOf({ times, lines }: Plotted): UPlot.AlignedData {
  return [times as number[], ...lines.map((line) => line.values as (number | null)[])];
}

function optionsOf(element: HTMLElement, latest: Latest, zone: Zone): UPlot.Options {
  const theme = getComputedStyle(document.documentElement);
  const colour = (name: string) => theme.getPropertyValue(name).trim();
  const axis = {
    stroke: colour("--color-faint"),
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
        grid: { stroke: colour("--color-line"), width: 1 },
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
    hooks: { setCursor: [(shown: UPlot) => showCursor(element, shown, latest, zone)] },
  };
}

/** Whether a time label fits under its second. */
function hasRoom(plot: UPlot, at: number): boolean {
  const { min = 0, max = 0 } = plot.scales.x ?? {};
  const pixels = (plot.width - SCALE_WIDTH) / (max - min);
  return (max - at) * pixels > LABEL_WIDTH / 2;
}

/** The seconds without a neighbour, which need a point because no line leads to them. */
function isolated(plot: UPlot, series: number): number[] | null {
  const values = plot.data[series] ?? [];
  const found: number[] = [];
  for (let i = 0; i < values.length; i++) {
    if (values[i] != null && values[i - 1] == null && values[i + 1] == null) found.push(i);
  }
  return found;
}

/** Writes the values under the pointer into the chart's figure, without React, because it happens on each move. */
function showCursor(element: HTMLElement, plot: UPlot, { current }: Latest, zone: Zone): void {
  const label = element.closest("figure")?.querySelector("[data-cursor]");
  if (label === null || label === undefined) return;
  const i = plot.cursor.idx;
  const at = i == null ? undefined : current.times[i];
  if (i == null || at === undefined) {
    label.textContent = "";
    return;
  }
  const values = current.lines.map((line) => {
    const value = line.values[i];
    return `${line.label} ${value == null ? "–" : current.format(value)}`;
  });
  label.textContent = `${formatClock(at * 1000, zone)}  ${values.join("  ")}`;
}
