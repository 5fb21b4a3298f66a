/**
 * Lists names and phrases that the project has replaced: `npx tsx server/tools/check/words.ts [path...]`. With `--count`
 * it prints only how often each occurs. Exits with 1 when it finds any.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";

const root = path.join(import.meta.dirname, "../../..");
const searched = ["server", "app", "bench", "e2e", "drizzle", "docs", "*.md", "*.ts"];
/** This file names what it looks for, and the changelog says what was renamed. */
const excluded = new Set(["server/tools/check/words.ts", "CHANGELOG.md"]);
const readable = /\.(tsx?|m?js|md|sql|css|html)$/;
const code = /\.(tsx?|m?js|sql)$/;

type Rule = readonly [pattern: RegExp, better: string];

/** A type, class or interface with one of these names. */
const declared = (names: string) => new RegExp(`\\b(?:interface|type|class) (?:${names})\\b`, "g");
/** A member, variable or parameter with one of these names, but not the word in a sentence. */
const named = (names: string) =>
  new RegExp(
    `(?:[.#]|\\b(?:const|let) )(?:${names})\\b(?! [a-z])|\\b(?:${names})\\b\\??:|[({,] (?:${names})(?=[,)]| })`,
    "g",
  );

/** Old names, searched in code. */
const names: readonly Rule[] = [
  [/\b(?:Mailroom|mailroom)\b/g, "MailboxDispatcher"],
  [/\bEntrance\b/g, "AskHandler"],
  [/\bIntake\b/g, "InFlight"],
  [declared("Tells"), "TellHandler"],
  [/\bCaution\b/g, "PoisonGuard"],
  [/\b(?:suspects?|Suspects?)\b/g, "crash quarantine"],
  [/\b[vV]erdicts?\b/g, "disposition (of a message), outcome (of a check)"],
  [declared("Write"), "StagedTurn"],
  [/\b(?:Stepped)\b/g, "StepResult"],
  [declared("Item"), "BatchItem"],
  [declared("Post"), "ExternalWrite"],
  [/\bblame\(/g, "forceFailure("],
  [/\bactor\.line\b/g, "inbox"],
  [named("sound"), "valid"],
  [/\bsparse\b/g, "permanent"],
  [/\bCensus\b/g, "ActorCounts"],
  [/\bMailTally\b/g, "MailboxCounts"],
  [/\bTypeMeter\b/g, "TypeMetrics"],
  [/\bMeter\b/g, "NodeMetrics"],
  [/\/surface\.ts/g, "api.ts"],
  [/\b[mM]akings\b/g, "NodeDeps"],
  [/\b[uU]pkeep\b/g, "background"],
  [/\bGlance\b/g, "LiveStatus"],
  [declared("Ending"), "Shutdown"],
  [declared("Front"), "HttpListener"],
  [/\bSurroundings\b/g, "ActorDependencies"],
  [/\bWideEars\b/g, "GlobalListener"],
  [/\bdeafen\b/g, "unsubscribe"],
  [/\b[uU]ntold\b/g, "PendingChanges"],
  [/\b[hH]appenings?\b/g, "ActivityEvent"],
  [declared("Absence"), "Gap"],
  [named("kept"), "stored"],
  [named("least"), "min"],
  [named("most"), "max"],
  [/\bbegunAt\b/g, "startedAt"],
  [named("begun"), "startedAt, or started"],
  [/\btookMs\b/g, "durationMs"],
  [named("took"), "durationMs"],
  [named("place"), "mailSeq, or the exact thing"],
  [/\b[mM]isfortunes?\b/g, "faults"],
  [declared("Orders"), "CampaignOptions"],
  [declared("Scene"), "Campaign"],
  [/\bSwitchboard\b/g, "Router"],
  [/\b[fF]leet\b/g, "NodePool"],
];

/** Phrases, searched everywhere. */
const phrases: readonly Rule[] = [
  [/\bwhoever\b/gi, "the caller, the process: say who"],
  [/\banew\b/gi, "again"],
  [/\bfor ever\b/gi, "indefinitely, forever"],
  [/\bthose who\b/gi, "say who: users, callers, subscribers"],
  [/\bwho looks?\b/gi, "the viewer, the user"],
  [/\b(?:the|its|their|a|each|every|from|at) begin\b/gi, "start, beginning"],
  [/\bof what\b/gi, "name the thing"],
  [/(?:\bOf|[.,;:] of) which\b/g, "name the thing first"],
  [/\btold\b/gi, "reported, returned, given, or the exact thing"],
  [/(?<!asks? (?:and|or) )\btells\b/gi, "returns, reports, says, shows, stores"],
  [/\bkept (?:reply|replies|answers?)\b/gi, "stored reply"],
  [/\bwhat (?:\S+ ){0,5}(?:is|are|was|were) made of\b/gi, "name the parts"],
  [/\bthat (?:is|are|was|were) over\b/gi, "finished"],
  [/\/\*\* The (?:most|least)\b/g, "max, min"],
];

/** Former texts of the console. */
const labels: readonly Rule[] = [
  [/\bForget the edits\b/g, "Discard edits"],
  [/\bAs it is recorded\b/g, "Restore recorded"],
  [/"Change it"|>Change it</g, "Apply"],
  [/"Leave (?:it )?out"|>Leave (?:it )?out</g, "Skip"],
  [/\ba cell for\b/g, "1 cell = … actors"],
  [/\bAll quiet\b/g, "Healthy, idle"],
  [/\bAt work\b/g, "Healthy, … turns/s"],
  [/"Over time"|>Over time</g, "Time travel"],
  [/\bThe actor now\b/g, "Back to live"],
  [/\d in line\b/g, "queued"],
  [/\bunless told\b/g, "default …"],
  [/\bRead only, but\b/g, "Read-only; wakes the actor."],
  [/\bIt takes nothing\b/g, "No parameters."],
  [/\bCrash it\b/g, "Simulate crash"],
  [/"Keep it"|>Keep it</g, "Cancel"],
  [/"Erase it"|>Erase it</g, "Erase permanently"],
  [/\bStands still while\b/g, "Paused while you browse."],
  [/\bFollows the head\b/g, "Live."],
  [/\bLets go\b/g, "Passivates after …"],
  [/\bCounted since\b/g, "Stats since"],
  [/\bRedrive the chosen\b/g, "Redrive selected"],
  [/\bAll of this page\b/g, "Select page"],
  [/\bNo message was given up\b/g, "No dead letters."],
  [/\bBy the clock\b/g, "Absolute time"],
  [/\bFrom its acceptance\b/g, "Relative time"],
  [/\bWhat is recorded\b/g, "Back to time travel"],
  [/\bHolds half of a character\b/g, "Contains an invalid character (unpaired surrogate)."],
];

/** Where one of these is the right word: a file, and what stands there. */
const allowed: readonly (readonly [file: string, text: string])[] = [
  ["server/tools/check/violations.ts", "Only the Clock tells the time"],
  ["server/tools/check/rules/clock.grit", "Only the Clock tells the time"],
];

interface Finding {
  where: string;
  text: string;
  better: string;
}

function findIn(file: string): Finding[] {
  const content = readFileSync(path.join(root, file), "utf8");
  const rules = [...(code.test(file) ? names : []), ...phrases, ...labels];
  return rules.flatMap(([pattern, better]) =>
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
