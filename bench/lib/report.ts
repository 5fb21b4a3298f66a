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
  nodeCpu: ["node ", " %", 0],
  nodeCost: ["", " µs each", 0],
  nodeMemory: ["", " MB", 0],
  postgresCpu: ["Postgres ", " %", 0],
  postgresCost: ["", " µs each", 0],
  postgresMemory: ["", " MB", 0],
  othersCpu: ["others ", " %", 0],
};

const numbers = [0, 1, 2].map(
  (digits) => new Intl.NumberFormat("en", { minimumFractionDigits: digits, maximumFractionDigits: digits }),
);

/** A whole number, with commas. */
export function formatCount(count: number): string {
  return numbers[0]?.format(count) as string;
}

/** One line for each thing that a case measured, over all runs: the medians, and the least and most of the first. */
export function caseLines(runs: readonly Run[]): string[] {
  const names = [...new Set(runs.map((run) => run.name))];
  return names.map((name) => {
    const same = runs.filter((run) => run.name === name);
    const told = (Object.keys(styles) as Figure[]).flatMap((figure) => {
      const values = same.flatMap((run) => run.figures[figure] ?? []);
      return values.length === 0 ? [] : [{ figure, values }];
    });
    const texts = told.map(({ figure, values }, i) => {
      const text = formatFigure(figure, summarize(values).median);
      return i === 0 ? `${text}${formatSpread(figure, summarize(values))}` : text;
    });
    const note = same.at(-1)?.note;
    return `  ${name.padEnd(24)} ${[...texts, ...(note === undefined ? [] : [note])].join("   ")}`;
  });
}

function formatFigure(figure: Figure, value: number): string {
  const [before, after] = styles[figure];
  return `${before}${formatNumber(figure, value)}${after}`;
}

function formatNumber(figure: Figure, value: number): string {
  // A fraction of a millisecond says more than "0".
  const digits = figure === "milliseconds" && value < 10 ? 1 : styles[figure][2];
  return numbers[value !== 0 && value < 1 && digits === 1 ? 2 : digits]?.format(value) as string;
}

function formatSpread(figure: Figure, { least, most }: Summary): string {
  return least === most ? "" : ` (${formatNumber(figure, least)} to ${formatNumber(figure, most)})`;
}

/** A ratio, or another number that is compared with a target: three digits that count. */
export function formatRatio(value: number): string {
  return value >= 100 ? formatCount(value) : value.toPrecision(3);
}
