import type { Figure, Measured } from "./case.ts";
import { type Summary, summarize } from "./stats.ts";

/** A measurement in one run of a case. */
export interface Run extends Measured {
  case: string;
  /** Counted from 1. */
  run: number;
}

/** How a figure is formatted: prefix, suffix, and number of decimals. */
const styles: Record<Figure, [before: string, after: string, digits: number]> = {
  perSecond: ["", "/s", 0],
  milliseconds: ["", " ms", 0],
  p50: ["p50 ", " ms", 1],
  p95: ["p95 ", " ms", 1],
  p99: ["p99 ", " ms", 1],
  turnsACommit: ["", " turns a commit", 0],
  rowsATurn: ["", " rows a turn", 2],
  walATurn: ["", " B of WAL a turn", 0],
  heapAnActor: ["", " B of heap an actor", 0],
  memoryAnActor: ["", " B of memory an actor", 0],
  heap: ["", " MB of heap", 1],
  nodeCpu: ["node ", " %", 0],
  nodeCost: ["", " µs each", 0],
  nodeMemory: ["", " MB", 0],
  postgresCpu: ["Postgres ", " %", 0],
  postgresCost: ["", " µs each", 0],
  postgresMemory: ["", " MB", 0],
  serverCpu: ["server ", " %", 0],
  serverCost: ["", " µs each", 0],
  serverMemory: ["", " MB", 0],
  clientCpu: ["client ", " %", 0],
  clientMemory: ["", " MB", 0],
  othersCpu: ["others ", " %", 0],
  deadRows: ["", " dead rows", 0],
};

/** All figures, in the order in which they are printed. */
export const styledFigures = Object.keys(styles) as readonly Figure[];

const numbers = [0, 1, 2].map(
  (digits) => new Intl.NumberFormat("en", { minimumFractionDigits: digits, maximumFractionDigits: digits }),
);

/** A whole number with thousands separators. */
export function formatCount(count: number): string {
  return numbers[0]?.format(count) as string;
}

/** The values of a figure in those runs that measured it. */
export function valuesOf(runs: readonly Run[], figure: Figure): number[] {
  return runs.flatMap((run) => run.figures[figure] ?? []);
}

/** One line per variant of a case: medians over all runs, and the minimum and maximum of the first figure. */
export function caseLines(runs: readonly Run[]): string[] {
  const names = [...new Set(runs.map((run) => run.name))];
  return names.map((name) => {
    const same = runs.filter((run) => run.name === name);
    const measured = styledFigures.filter((figure) => valuesOf(same, figure).length > 0);
    const texts = measured.map((figure) => figureText(figure, valuesOf(same, figure), figure === measured[0]));
    const note = same.at(-1)?.note;
    return `  ${name.padEnd(24)} ${[...texts, ...(note === undefined ? [] : [note])].join("   ")}`;
  });
}

/** The median of a figure with label and unit, optionally with its range. There must be at least one value. */
export function figureText(figure: Figure, values: readonly number[], withSpread: boolean): string {
  return format(figure, styles[figure], values, withSpread);
}

/** The same without label and unit. */
export function figureNumber(figure: Figure, values: readonly number[], withSpread: boolean): string {
  return format(figure, ["", ""], values, withSpread);
}

function format(
  figure: Figure,
  [before, after]: readonly [string, string, ...unknown[]],
  values: readonly number[],
  withSpread: boolean,
): string {
  const summary = summarize(values);
  const text = `${before}${formatNumber(figure, summary.median)}${after}`;
  return withSpread ? `${text}${formatSpread(figure, summary)}` : text;
}

function formatNumber(figure: Figure, value: number): string {
  // Short times need a decimal.
  const digits = figure === "milliseconds" && value < 10 ? 1 : styles[figure][2];
  return numbers[value !== 0 && value < 1 && digits === 1 ? 2 : digits]?.format(value) as string;
}

function formatSpread(figure: Figure, { min, max }: Summary): string {
  return min === max ? "" : ` (${formatNumber(figure, min)} to ${formatNumber(figure, max)})`;
}

/** A measurement is disturbed if other processes use more than this percentage of a core. */
const DISTURBED = 20;

/** A sentence about how many measurements were disturbed. */
export function disturbance(runs: readonly Run[]): string {
  const others = runs.flatMap(({ figures }) => figures.othersCpu ?? []);
  const disturbed = others.filter((cpu) => cpu > DISTURBED).length;
  return `In ${disturbed} of ${others.length} measurements, other processes used more than ${DISTURBED} % of a core.`;
}

/** A number with three significant digits, or more if it is large. */
export function formatRatio(value: number): string {
  return value >= 100 ? formatCount(value) : value.toPrecision(3);
}
