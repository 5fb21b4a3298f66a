import type { Json } from "../../protocol/json.ts";
import type { Report } from "./replay.ts";

/** The most characters of a value that a line shows. */
const MAX_TEXT = 200;

/** A report for people: one line that says it all, then each divergence that is kept, with both values. */
export function reportText(type: string, { actors, turns, kinds, shown, diverged }: Report): string {
  const what = `${counted(actors, "actor")} of the type ${type}, ${counted(turns, "turn")}`;
  if (kinds.size === 0) return `${what}: the code does as history says.`;
  const total = [...kinds.values()].reduce((sum, count) => sum + count, 0);
  const byKind = [...kinds].map(([kind, count]) => `${kind} ${count}`).join(", ");
  const lines = shown.flatMap(({ keyText, seq, kind, recorded, actual }) => [
    `  ${type} ${keyText}, seq ${seq}: ${kind}`,
    `    recorded  ${cut(recorded)}`,
    `    now       ${cut(actual)}`,
  ]);
  const rest = total - shown.length;
  return [
    `${what}: ${counted(total, "divergence")} in ${counted(diverged, "actor")} (${byKind}).`,
    ...lines,
    ...(rest > 0 ? [`  and ${counted(rest, "divergence")} more`] : []),
  ].join("\n");
}

function cut(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}

function counted(count: number, noun: string): string {
  return `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
}
