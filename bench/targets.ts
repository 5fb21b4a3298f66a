import { callersOf } from "./cases/turns.ts";
import type { Figure } from "./lib/case.ts";
import { formatRatio, type Run } from "./lib/report.ts";
import type { Size } from "./lib/size.ts";
import { type Summary, summarize } from "./lib/stats.ts";

/** Looks a figure of one run up. */
type Lookup = (caseName: string, name: string, figure: Figure) => number | undefined;

/** What is wanted of figures of one and the same run: mostly of the ratio of two. */
interface Target {
  name: string;
  /** Undefined when something of it was not measured. */
  value: (of: Lookup, size: Size) => number | undefined;
  wanted: { atLeast: number } | { atMost: number };
  unit?: string;
}

const ratio = (a: number | undefined, b: number | undefined) =>
  a === undefined || b === undefined || b === 0 ? undefined : a / b;

const most = (size: Size) => callersOf(Math.max(...size.callers));

/** All that is wanted. */
const targets: readonly Target[] = [
  {
    name: "journal with most callers / limit",
    value: (of, size) => ratio(of("journal", most(size), "perSecond"), of("limit", "entries", "perSecond")),
    wanted: { atLeast: 0.5 },
  },
  {
    name: "state with most callers / limit",
    value: (of, size) => ratio(of("state", most(size), "perSecond"), of("limit", "states", "perSecond")),
    wanted: { atLeast: 0.5 },
  },
  {
    name: "journal with 1 caller, p50 / one entry",
    value: (of) => ratio(of("journal", callersOf(1), "p50"), of("limit", "one entry", "p50")),
    wanted: { atMost: 2 },
  },
  {
    name: "hot: one actor / many actors",
    value: (of) => ratio(of("hot", "one actor", "perSecond"), of("hot", "many actors", "perSecond")),
    wanted: { atLeast: 1 / 3 },
  },
  {
    name: "tell / journal, with most callers",
    value: (of, size) => ratio(of("tell", most(size), "perSecond"), of("journal", most(size), "perSecond")),
    wanted: { atLeast: 1 / 3 },
  },
  {
    name: "recover: time with checkpoint / without",
    value: (of) => ratio(of("recover", "with checkpoint", "milliseconds"), of("recover", "without", "milliseconds")),
    wanted: { atMost: 0.05 },
  },
  {
    name: "recover: all cold actors at once",
    value: (of) => ratio(of("recover", "all at once", "milliseconds"), 1_000),
    wanted: { atMost: 3 },
    unit: "s",
  },
  {
    name: "idle: a counter",
    value: (of) => of("idle", "counters", "heapAnActor"),
    wanted: { atMost: 1_536 },
    unit: "B",
  },
  {
    name: "idle: a user",
    value: (of) => of("idle", "users", "heapAnActor"),
    wanted: { atMost: 1_536 },
    unit: "B",
  },
  {
    name: "http: asks",
    value: (of) => of("http", "asks", "perSecond"),
    wanted: { atLeast: 6_000 },
    unit: "/s",
  },
  {
    name: "http: NDJSON / journal with most callers",
    value: (of, size) => ratio(of("http", "NDJSON", "perSecond"), of("journal", most(size), "perSecond")),
    wanted: { atLeast: 0.5 },
  },
  {
    name: "live: with consoles / without",
    value: (of) => ratio(of("live", "with consoles", "perSecond"), of("live", "without", "perSecond")),
    wanted: { atLeast: 0.95 },
  },
  {
    name: "live: commit to console, p95",
    value: (of) => of("live", "commit to console", "p95"),
    wanted: { atMost: 150 },
    unit: "ms",
  },
  ...(["journal", "activation", "state"] as const).map(
    (what): Target => ({
      name: `growth: ${what}, largest / smallest`,
      value: (of, { growth }) =>
        ratio(
          of("growth", `${what} at ${growth.at(-1)}`, "perSecond"),
          of("growth", `${what} at ${growth[0]}`, "perSecond"),
        ),
      wanted: { atLeast: 0.9 },
    }),
  ),
  {
    name: "time: any state of the longest journal, p95",
    value: (of, { pasts }) => of("time", `state at ${pasts.at(-1)}`, "p95"),
    wanted: { atMost: 50 },
    unit: "ms",
  },
  ...(
    [
      ["p50", 1.25],
      ["p99", 1.5],
      ["heap", 1.1],
      ["nodeMemory", 1.1],
      ["deadRows", 1.5],
    ] as const
  ).map(
    ([figure, atMost]): Target => ({
      name: `soak: ${figure}, last third / first third`,
      value: (of) => ratio(of("soak", "last third", figure), of("soak", "first third", figure)),
      wanted: { atMost },
    }),
  ),
];

/** What became of a target: the median over the runs. `text` and `bound` are what was measured and what is wanted. */
export interface Verdict {
  name: string;
  value: Summary;
  wanted: Target["wanted"];
  met: boolean;
  text: string;
  bound: string;
}

/** Compares what was measured with what is wanted; a ratio is always of figures of the same run. */
export function judge(runs: readonly Run[], size: Size): Verdict[] {
  const numbers = [...new Set(runs.map((run) => run.run))];
  return targets.flatMap(({ name, value, wanted, unit = "" }) => {
    const values = numbers.flatMap((number) => {
      const own = runs.filter((run) => run.run === number);
      const of: Lookup = (caseName, what, figure) =>
        own.find((run) => run.case === caseName && run.name === what)?.figures[figure];
      return value(of, size) ?? [];
    });
    if (values.length === 0) return [];
    const summary = summarize(values);
    const met = "atLeast" in wanted ? summary.median >= wanted.atLeast : summary.median <= wanted.atMost;
    const bound =
      "atLeast" in wanted ? `at least ${formatRatio(wanted.atLeast)}` : `at most ${formatRatio(wanted.atMost)}`;
    return [{ name, value: summary, wanted, met, text: textOf(summary, unit), bound }];
  });
}

/** One line for each. */
export function verdictLines(verdicts: readonly Verdict[]): string[] {
  return verdicts.map(
    ({ name, text, bound, met }) =>
      `  ${name.padEnd(42)} ${text.padEnd(30)} wanted: ${bound.padEnd(16)} ${met ? "met" : "NOT MET"}`,
  );
}

function textOf({ median, least, most }: Summary, unit: string): string {
  const spread = least === most ? "" : ` (${formatRatio(least)} to ${formatRatio(most)})`;
  return `${formatRatio(median)}${unit === "" ? "" : ` ${unit}`}${spread}`;
}
