/**
 * Lists names and phrases that the project has replaced, by the rules of words.txt: `npx tsx server/tools/check/words.ts
 * [path...]`. With `--count` it prints only how often each occurs. Exits with 1 when it finds any.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";

const root = path.join(import.meta.dirname, "../../..");
const searched = ["server", "app", "bench", "e2e", "drizzle", "docs", "*.md", "*.ts"];
/** The rules, and the changelog, which says what was renamed. */
const excluded = new Set(["server/tools/check/words.ts", "CHANGELOG.md"]);
const readable = /\.(tsx?|m?js|md|sql|css|html)$/;
const code = /\.(tsx?|m?js|sql)$/;

interface Rule {
  pattern: RegExp;
  better: string;
  /** Whether it applies to code alone. */
  ofCode: boolean;
}

/** Places where a replaced word is the right one: a file, and the text around the word. */
const allowed: readonly (readonly [file: string, text: string])[] = [
  ["server/tools/check/violations.ts", "Only the Clock tells the time"],
  ["server/tools/check/rules/clock.grit", "Only the Clock tells the time"],
  ["server/actors/shop/messages.ts", "place: z.object"],
];

function readRules(): Rule[] {
  const rules: Rule[] = [];
  let ofCode = false;
  for (const line of readFileSync(path.join(import.meta.dirname, "words.txt"), "utf8").split("\n")) {
    const [source = "", better] = line.split(" -> ");
    if (line.startsWith("[")) ofCode = line === "[code]";
    else if (better !== undefined) rules.push({ pattern: toPattern(source), better, ofCode });
  }
  return rules;
}

function toPattern(source: string): RegExp {
  const [, kind, names = ""] = /^(type|name) (.*)$/.exec(source) ?? [];
  if (kind === "type") return new RegExp(`\\b(?:interface|type|class) (?:${names})\\b`, "g");
  if (kind === "name") {
    const defined = `(?:[.#]|\\b(?:const|let) )(?:${names})\\b(?! [a-z])|\\b(?:${names})\\b\\??:`;
    return new RegExp(`${defined}|[({,] (?:${names})(?=[,)]| })`, "g");
  }
  const insensitive = source.startsWith("(?i)");
  return new RegExp(insensitive ? source.slice(4) : source, insensitive ? "gi" : "g");
}

interface Finding {
  where: string;
  text: string;
  better: string;
}

function findIn(file: string): Finding[] {
  const content = readFileSync(path.join(root, file), "utf8");
  const fitting = rules.filter(({ ofCode }) => !ofCode || code.test(file));
  return fitting.flatMap(({ pattern, better }) =>
    [...content.matchAll(pattern)]
      .filter(({ index }) => !isAllowed(file, content, index))
      .map(({ 0: text, index }) => ({ where: `${file}:${lineOf(content, index)}`, text: text.trim(), better })),
  );
}

function lineOf(content: string, index: number): number {
  return content.slice(0, index).split("\n").length;
}

function isAllowed(file: string, content: string, index: number): boolean {
  return allowed.some(([where, text]) => {
    const start = where === file ? content.lastIndexOf(text, index) : -1;
    return start >= 0 && index < start + text.length;
  });
}

function sourceFiles(paths: readonly string[]): string[] {
  const list = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", ...paths], {
    cwd: root,
    encoding: "utf8",
  });
  const deleted = execFileSync("git", ["ls-files", "-z", "--deleted"], { cwd: root, encoding: "utf8" }).split("\0");
  const gone = new Set([...deleted, ...excluded]);
  return [...new Set(list.split("\0"))].filter((file) => readable.test(file) && !gone.has(file));
}

const rules = readRules();
const args = process.argv.slice(2);
const paths = args.filter((arg) => arg !== "--count");
const findings = sourceFiles(paths.length > 0 ? paths : searched).flatMap(findIn);
const counts = new Map<string, number>();
for (const { text, better } of findings) {
  const word = `${text.toLowerCase()} -> ${better}`;
  counts.set(word, (counts.get(word) ?? 0) + 1);
}
const lines = args.includes("--count")
  ? [...counts].sort((a, b) => b[1] - a[1]).map(([word, count]) => `${`${count}`.padStart(5)}  ${word}`)
  : findings.map(({ where, text, better }) => `${where}: "${text}" -> ${better}`);
console.log([...lines, `${findings.length} old names and phrases`].join("\n"));
process.exitCode = findings.length > 0 ? 1 : 0;
