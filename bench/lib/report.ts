import type { Figure, Measured } from "./case.ts";
import { type Summary, summarize } from "./stats.ts";

/** What one run of a case measured. */
export interface Run extends Measured {
  case: string;
  /** Counted from 1. */
  run: number;
}

/** How a figure is written: what stands before it and after it, and how many digits follow the point. */
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

/** All figures, in the order in which they are told. */
export const styledFigures = Object.keys(styles) as readonly Figure[];

const numbers = [0, 1, 2].map(
  (digits) => new Intl.NumberFormat("en", { minimumFractionDigits: digits, maximumFractionDigits: digits }),
);

/** A whole number, with commas. */
export function formatCount(count: number): string {
  return numbers[0]?.format(count) as string;
}

/** What the runs have for a figure: nothing where they have not measured it. */
export function valuesOf(runs: readonly Run[], figure: Figure): number[] {
  return runs.flatMap((run) => run.figures[figure] ?? []);
}

/** One line for each thing that a case measured, over all runs: the medians, and the least and most of the first. */
export function caseLines(runs: readonly Run[]): string[] {
  const names = [...new Set(runs.map((run) => run.name))];
  return names.map((name) => {
    const same = runs.filter((run) => run.name === name);
    const told = styledFigures.filter((figure) => valuesOf(same, figure).length > 0);
    const texts = told.map((figure) => figureText(figure, valuesOf(same, figure), figure === told[0]));
    const note = same.at(-1)?.note;
    return `  ${name.padEnd(24)} ${[...texts, ...(note === undefined ? [] : [note])].join("   ")}`;
  });
}

/** A figure of some runs, of which there must be one: the median, and if wanted the least and the most. */
export function figureText(figure: Figure, values: readonly number[], withSpread: boolean): string {
  return format(figure, styles[figure], values, withSpread);
}

/** The same without a word of what it is. */
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
  // A fraction of a millisecond says more than "0".
  const digits = figure === "milliseconds" && value < 10 ? 1 : styles[figure][2];
  return numbers[value !== 0 && value < 1 && digits === 1 ? 2 : digits]?.format(value) as string;
}

function formatSpread(figure: Figure, { least, most }: Summary): string {
  return least === most ? "" : ` (${formatNumber(figure, least)} to ${formatNumber(figure, most)})`;
}

/** How much of a core, in percent, others may use before a measurement is called disturbed. */
const DISTURBED = 20;

/** How many of the measurements were disturbed by others on the machine, in a sentence. */
export function disturbance(runs: readonly Run[]): string {
  const others = runs.flatMap(({ figures }) => figures.othersCpu ?? []);
  const disturbed = others.filter((cpu) => cpu > DISTURBED).length;
  return `In ${disturbed} of ${others.length} measurements, others on the machine used more than ${DISTURBED} % of a core.`;
}

/** A ratio, or another number that is compared with a target: three digits that count. */
export function formatRatio(value: number): string {
  return value >= 100 ? formatCount(value) : value.toPrecision(3);
}
