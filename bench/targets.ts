import { callersOf } from "./cases/turns.ts";
import type { Figure } from "./lib/case.ts";
import { formatRatio, type Run } from "./lib/report.ts";
import type { Size } from "./lib/size.ts";
import { type Summary, summarize } from "./lib/stats.ts";

/** A figure of a case, by the names of both. */
type Source = readonly [caseName: string, name: string, figure: Figure];

/** A bound for a figure, or for its ratio to another figure of the same run. */
interface Target {
  name: string;
  value: Source;
  /** The value is divided by this. */
  divisor?: Source | number;
  wanted: { atLeast: number } | { atMost: number };
  unit?: string;
}

const soakTargets = Object.entries({ p50: 1.25, p99: 1.5, heap: 1.1, nodeMemory: 1.1, deadRows: 1.5 }).map(
  ([figure, atMost]): Target => ({
    name: `soak: ${figure}, last third / first third`,
    value: ["soak", "last third", figure as Figure],
    divisor: ["soak", "first third", figure as Figure],
    wanted: { atMost },
  }),
);

function targetsOf({ callers, growth, pasts }: Size): Target[] {
  const maxCallers = callersOf(Math.max(...callers));
  return [
    {
      name: "journal with most callers / limit",
      value: ["journal", maxCallers, "perSecond"],
      divisor: ["limit", "entries", "perSecond"],
      wanted: { atLeast: 0.5 },
    },
    {
      name: "state with most callers / limit",
      value: ["state", maxCallers, "perSecond"],
      divisor: ["limit", "states", "perSecond"],
      wanted: { atLeast: 0.5 },
    },
    {
      name: "journal with 1 caller, p50 / one entry",
      value: ["journal", callersOf(1), "p50"],
      divisor: ["limit", "one entry", "p50"],
      wanted: { atMost: 2 },
    },
    {
      name: "hot: one actor / many actors",
      value: ["hot", "one actor", "perSecond"],
      divisor: ["hot", "many actors", "perSecond"],
      wanted: { atLeast: 1 / 3 },
    },
    {
      name: "tell / journal, with most callers",
      value: ["tell", maxCallers, "perSecond"],
      divisor: ["journal", maxCallers, "perSecond"],
      wanted: { atLeast: 1 / 3 },
    },
    {
      name: "recover: time with checkpoint / without",
      value: ["recover", "with checkpoint", "milliseconds"],
      divisor: ["recover", "without", "milliseconds"],
      wanted: { atMost: 0.05 },
    },
    {
      name: "recover: all cold actors at once",
      value: ["recover", "all at once", "milliseconds"],
      divisor: 1_000,
      wanted: { atMost: 3 },
      unit: "s",
    },
    { name: "idle: a counter", value: ["idle", "counters", "heapAnActor"], wanted: { atMost: 1_536 }, unit: "B" },
    { name: "idle: a user", value: ["idle", "users", "heapAnActor"], wanted: { atMost: 1_536 }, unit: "B" },
    { name: "http: asks", value: ["http", "asks", "perSecond"], wanted: { atLeast: 6_000 }, unit: "/s" },
    {
      name: "http: NDJSON / journal with most callers",
      value: ["http", "NDJSON", "perSecond"],
      divisor: ["journal", maxCallers, "perSecond"],
      wanted: { atLeast: 0.5 },
    },
    {
      name: "live: with consoles / without",
      value: ["live", "with consoles", "perSecond"],
      divisor: ["live", "without", "perSecond"],
      wanted: { atLeast: 0.95 },
    },
    {
      name: "live: commit to console, p95",
      value: ["live", "commit to console", "p95"],
      wanted: { atMost: 150 },
      unit: "ms",
    },
    ...["journal", "activation", "state"].map(
      (what): Target => ({
        name: `growth: ${what}, largest / smallest`,
        value: ["growth", `${what} at ${growth.at(-1)}`, "perSecond"],
        divisor: ["growth", `${what} at ${growth[0]}`, "perSecond"],
        wanted: { atLeast: 0.9 },
      }),
    ),
    {
      name: "time: any state of the longest journal, p95",
      value: ["time", `state at ${pasts.at(-1)}`, "p95"],
      wanted: { atMost: 50 },
      unit: "ms",
    },
    ...soakTargets,
  ];
}

/** A target compared with the median of the runs. `text` and `bound` are the measured and the wanted value as text. */
export interface Outcome {
  name: string;
  value: Summary;
  wanted: Target["wanted"];
  met: boolean;
  text: string;
  bound: string;
}

/** Compares measurements with the targets. Targets without measurements are left out. */
export function evaluate(runs: readonly Run[], size: Size): Outcome[] {
  const numbers = [...new Set(runs.map(({ run }) => run))];
  return targetsOf(size).flatMap((target) => {
    const { name, wanted, unit = "" } = target;
    const values = numbers.flatMap((number) => measuredValue(target, number, runs) ?? []);
    if (values.length === 0) return [];
    const summary = summarize(values);
    const met = "atLeast" in wanted ? summary.median >= wanted.atLeast : summary.median <= wanted.atMost;
    const bound =
      "atLeast" in wanted ? `at least ${formatRatio(wanted.atLeast)}` : `at most ${formatRatio(wanted.atMost)}`;
    return [{ name, value: summary, wanted, met, text: textOf(summary, unit), bound }];
  });
}

/** The value of a target in one run; undefined when part of it was not measured. */
function measuredValue({ value, divisor = 1 }: Target, number: number, runs: readonly Run[]): number | undefined {
  const figureOf = ([caseName, name, figure]: Source) =>
    runs.find((run) => run.run === number && run.case === caseName && run.name === name)?.figures[figure];
  const [dividend, by] = [figureOf(value), typeof divisor === "number" ? divisor : figureOf(divisor)];
  return dividend === undefined || !by ? undefined : dividend / by;
}

/** Formats each outcome as a line. */
export function outcomeLines(outcomes: readonly Outcome[]): string[] {
  return outcomes.map(
    ({ name, text, bound, met }) =>
      `  ${name.padEnd(42)} ${text.padEnd(30)} wanted: ${bound.padEnd(16)} ${met ? "met" : "NOT MET"}`,
  );
}

function textOf({ median, min, max }: Summary, unit: string): string {
  const spread = min === max ? "" : ` (${formatRatio(min)} to ${formatRatio(max)})`;
  return `${formatRatio(median)}${unit === "" ? "" : ` ${unit}`}${spread}`;
}
