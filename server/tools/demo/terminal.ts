import { styleText } from "node:util";

/** A figure or a text of a table. */
export type Cell = string | number;

/** Begins a step of the story. */
export function step(number: number, title: string): void {
  console.log(`\n${paint("cyan", String(number).padStart(3))}  ${paint("bold", title)}`);
}

/** Tells something; each argument is a line. */
export function say(...lines: readonly string[]): void {
  for (const line of lines) console.log(`     ${line}`.trimEnd());
}

/** Tells what has been shown to be so; each argument is a line. */
export function point(first: string, ...lines: readonly string[]): void {
  say(`${paint("green", "✓")} ${first}`, ...lines.map((line) => `  ${line}`));
}

/** Tells something of less weight. */
export function aside(line: string): void {
  say(paint("dim", line));
}

/** Shows rows under a header, the columns as wide as their widest cells, and those of figures aligned to the right. */
export function table(header: readonly string[], rows: readonly (readonly Cell[])[]): void {
  const shown = rows.map((row) => row.map((cell) => (typeof cell === "number" ? count(cell) : cell)));
  const columns = header.map((name, i) => ({
    width: Math.max(name.length, ...shown.map((row) => row[i]?.length ?? 0)),
    isFigures: shown.every((row) => /^[\d,.]+( m?s)?$/.test(row[i] ?? "")),
  }));
  const line = (cells: readonly string[]) =>
    columns
      .map(({ width, isFigures }, i) => (isFigures ? cells[i]?.padStart(width) : cells[i]?.padEnd(width)))
      .join("   ");
  aside(line(header));
  for (const row of shown) say(line(row));
}

/** A whole number, as in `20,000`. */
export function count(number: number): string {
  return number.toLocaleString("en-US");
}

/** A number of things, as in `1 entry` and `20 entries`. */
export function counted(number: number, one: string, many = `${one}s`): string {
  return `${count(number)} ${number === 1 ? one : many}`;
}

/** A length of time: milliseconds with one decimal, from a second on seconds with two. */
export function duration(ms: number): string {
  return ms < 1_000 ? `${ms.toFixed(1)} ms` : `${(ms / 1_000).toFixed(2)} s`;
}

/** Colours are for terminals that have them, and people who want them: `NO_COLOR` says who does not. */
function paint(style: "bold" | "cyan" | "dim" | "green", text: string): string {
  return process.stdout.isTTY && process.stdout.hasColors() ? styleText(style, text) : text;
}
