import { styleText } from "node:util";
import { formatNumber } from "../format.ts";

/** A number or a text in a table. */
export type Cell = string | number;

/** Prints the heading of a step. */
export function step(number: number, title: string): void {
  console.log(`\n${paint("cyan", String(number).padStart(3))}  ${paint("bold", title)}`);
}

/** Prints lines of text. */
export function say(...lines: readonly string[]): void {
  for (const line of lines) console.log(`     ${line}`.trimEnd());
}

/** Prints a verified claim; each argument is a line. */
export function point(first: string, ...lines: readonly string[]): void {
  say(`${paint("green", "✓")} ${first}`, ...lines.map((line) => `  ${line}`));
}

/** Prints a dimmed line. */
export function aside(line: string): void {
  say(paint("dim", line));
}

/** Prints rows under a header. Columns are as wide as their widest cell; numbers are right-aligned. */
export function table(header: readonly string[], rows: readonly (readonly Cell[])[]): void {
  const shown = rows.map((row) => row.map((cell) => (typeof cell === "number" ? formatNumber(cell) : cell)));
  const columns = header.map((name, i) => ({
    width: Math.max(name.length, ...shown.map((row) => row[i]?.length ?? 0)),
    isNumeric: shown.every((row) => /^[\d,.]+( m?s)?$/.test(row[i] ?? "")),
  }));
  const line = (cells: readonly string[]) =>
    columns
      .map(({ width, isNumeric }, i) => (isNumeric ? cells[i]?.padStart(width) : cells[i]?.padEnd(width)))
      .join("   ");
  aside(line(header));
  for (const row of shown) say(line(row));
}

/** A duration: `12.3 ms`, `1.50 s`. */
export function duration(ms: number): string {
  return ms < 1_000 ? `${ms.toFixed(1)} ms` : `${(ms / 1_000).toFixed(2)} s`;
}

/** Applies a style where the terminal supports it and `NO_COLOR` is not set. */
function paint(style: "bold" | "cyan" | "dim" | "green", text: string): string {
  return process.stdout.isTTY && process.stdout.hasColors() ? styleText(style, text) : text;
}
