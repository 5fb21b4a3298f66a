import { stat } from "node:fs/promises";
import path from "node:path";
import { UsageError } from "../command-line.ts";
import { ingest } from "./ingest.ts";
import { type Counts, Interrupted } from "./ledger.ts";
import { loadMapping, type Mapping } from "./mapping.ts";
import { help, type Options, readOptions, rejectsOf } from "./options.ts";
import { formatSeconds, Progress } from "./progress.ts";
import { RejectsFile } from "./rejects.ts";

const DONE = 0;
const STOPPED = 1;
const WRONG_USE = 2;

process.exitCode = await run(process.argv.slice(2));

async function run(argv: readonly string[]): Promise<number> {
  try {
    const options = readOptions(argv);
    if (options === null) console.log(help);
    else await ingestAll(options);
    return DONE;
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`${error.message}\nSee npm run ingest -- --help.`);
      return WRONG_USE;
    }
    const isExpected = error instanceof Interrupted || (error instanceof Error && "syscall" in error);
    console.error(isExpected ? `Stopped: ${error.message}` : error);
    return STOPPED;
  }
}

async function ingestAll(options: Options): Promise<void> {
  for (const file of options.files) await checkFile(options, file);
  const mapping = options.map === undefined ? null : await loadMapping(options.map, options.cwd);
  const shared = options.rejects === undefined ? null : new RejectsFile(options.rejects);
  try {
    for (const file of options.files) await ingestOne(options, file, mapping, shared);
  } finally {
    shared?.close();
  }
}

async function checkFile({ cwd, map }: Options, file: string): Promise<void> {
  if (map === undefined && /\.csv$/i.test(file)) throw new UsageError(`${file} is CSV and needs --map.`);
  const found = await stat(path.resolve(cwd, file)).catch((error: Error) => error);
  if (found instanceof Error) throw new UsageError(`${file} cannot be read: ${found.message}.`);
  if (!found.isFile()) throw new UsageError(`${file} is not a file.`);
}

async function ingestOne(
  { cwd, tell, url }: Options,
  name: string,
  mapping: Mapping | null,
  shared: RejectsFile | null,
): Promise<void> {
  const rejects = shared ?? new RejectsFile(rejectsOf(name, cwd));
  const startedAt = performance.now();
  let progress: Progress | undefined;
  let counts: Counts;
  try {
    counts = await ingest({
      file: path.resolve(cwd, name),
      name,
      mapping,
      server: url,
      tell,
      rejects,
      begin: (lines) => {
        progress = new Progress(path.basename(name), lines);
      },
      done: (line) => progress?.done(line),
    });
  } finally {
    progress?.stop();
    if (shared === null) rejects.close();
  }
  console.log(summary(name, counts, (performance.now() - startedAt) / 1_000, rejects.path));
}

function summary(name: string, counts: Counts, seconds: number, rejects: string): string {
  const rate = Math.round(counts.lines / seconds);
  const parts = [
    `${counts.lines} lines in ${seconds < 60 ? `${seconds.toFixed(1)} s` : formatSeconds(seconds)} (${rate} lines/s)`,
    `${counts.accepted} accepted`,
    counts.rejected === 0 ? "0 rejected" : `${counts.rejected} rejected (${rejects})`,
    `${counts.commands} commands`,
    `${counts.repeated} repeated`,
  ];
  return `${name}: ${parts.join(", ")}`;
}
