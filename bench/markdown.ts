import type { Figure } from "./lib/case.ts";
import { figureNumber, figureText, type Run, styledFigures, valuesOf } from "./lib/report.ts";
import type { Outcome } from "./targets.ts";

/** Figures with their own column, and its heading. The others share the last column. */
const columns = [
  ["perSecond", "a second"],
  ["p50", "p50, ms"],
  ["p99", "p99, ms"],
  ["walATurn", "WAL a turn, B"],
] as const satisfies [Figure, string][];

/** All figures as Markdown tables: medians, and the minimum and maximum of the first figure in each row. */
export function toMarkdown(runs: readonly Run[], outcomes: readonly Outcome[]): string {
  const cases = [...new Set(runs.map((run) => run.case))];
  const lines = cases.flatMap((name) => linesOf(runs.filter((run) => run.case === name)));
  const targets = outcomes.map(({ name, text, bound, met }) => row([name, text, bound, met ? "met" : "**not met**"]));
  return [
    row(["case", "", ...columns.map(([, head]) => head), "besides"]),
    row(["---", "---", ...columns.map(() => "--:"), "---"]),
    ...lines,
    "",
    row(["target", "measured", "wanted", ""]),
    row(["---", "---", "---", "---"]),
    ...targets,
  ].join("\n");
}

function linesOf(runs: readonly Run[]): string[] {
  const names = [...new Set(runs.map((run) => run.name))];
  return names.map((name) => {
    const same = runs.filter((run) => run.name === name);
    const measured = styledFigures.filter((figure) => valuesOf(same, figure).length > 0);
    const own = columns.map(([figure]) =>
      measured.includes(figure) ? figureNumber(figure, valuesOf(same, figure), figure === measured[0]) : "",
    );
    const others = measured
      .filter((figure) => columns.every(([one]) => one !== figure))
      .map((figure) => figureText(figure, valuesOf(same, figure), figure === measured[0]));
    return row([`\`${same[0]?.case}\``, name, ...own, [...others, ...notesOf(same)].join(", ")]);
  });
}

/** The notes of all runs, without repetitions. */
function notesOf(runs: readonly Run[]): string[] {
  return [...new Set(runs.flatMap(({ note }) => note ?? []))];
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}
