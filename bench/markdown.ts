import type { Figure } from "./lib/case.ts";
import { figureNumber, figureText, type Run, styledFigures, valuesOf } from "./lib/report.ts";
import type { Verdict } from "./targets.ts";

/** Figures that have a column of their own, and its head; the others share the last one. */
const columns = [
  ["perSecond", "a second"],
  ["p50", "p50, ms"],
  ["p99", "p99, ms"],
  ["walATurn", "WAL a turn, B"],
] as const satisfies [Figure, string][];

/** All figures as tables in Markdown, for a document: medians, and the least and the most of the first of each line. */
export function toMarkdown(runs: readonly Run[], verdicts: readonly Verdict[]): string {
  const cases = [...new Set(runs.map((run) => run.case))];
  const lines = cases.flatMap((name) => linesOf(runs.filter((run) => run.case === name)));
  const judged = verdicts.map(({ name, text, bound, met }) => row([name, text, bound, met ? "met" : "**not met**"]));
  return [
    row(["case", "", ...columns.map(([, head]) => head), "besides"]),
    row(["---", "---", ...columns.map(() => "--:"), "---"]),
    ...lines,
    "",
    row(["target", "measured", "wanted", ""]),
    row(["---", "---", "---", "---"]),
    ...judged,
  ].join("\n");
}

function linesOf(runs: readonly Run[]): string[] {
  const names = [...new Set(runs.map((run) => run.name))];
  return names.map((name) => {
    const same = runs.filter((run) => run.name === name);
    const told = styledFigures.filter((figure) => valuesOf(same, figure).length > 0);
    const own = columns.map(([figure]) =>
      told.includes(figure) ? figureNumber(figure, valuesOf(same, figure), figure === told[0]) : "",
    );
    const others = told
      .filter((figure) => columns.every(([one]) => one !== figure))
      .map((figure) => figureText(figure, valuesOf(same, figure), figure === told[0]));
    return row([`\`${same[0]?.case}\``, name, ...own, [...others, ...notesOf(same)].join(", ")]);
  });
}

/** What is the same in all runs is said once. */
function notesOf(runs: readonly Run[]): string[] {
  return [...new Set(runs.flatMap(({ note }) => note ?? []))];
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}
