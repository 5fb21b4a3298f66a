import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { z } from "zod";
import { type Ended, run } from "./process.ts";

/** How many tests of a step passed, failed and were skipped. `output` explains failures. */
export interface Outcome {
  passed: number;
  failed: number;
  skipped: number;
  output: string;
}

/** A part of the check. It starts after the steps that it `needs` have passed; an `alone` step runs beside no other. */
export interface Step {
  name: string;
  needs?: readonly string[];
  alone?: boolean;
  run(): Promise<Outcome>;
}

/** The outcome of a step that counts as one test, which passes when there are no problems. */
export function problemsFound(problems: readonly string[]): Outcome {
  const ok = problems.length === 0;
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0, output: problems.join("\n") };
}

/** Runs commands one after the other, with `env` added to the environment, until one fails. */
export async function commands(list: readonly (readonly string[])[], env?: Record<string, string>): Promise<Outcome> {
  for (const [command = "", ...args] of list) {
    const { ok, output } = await run(command, args, { env });
    if (!ok) return problemsFound([output]);
  }
  return problemsFound([]);
}

const vitestReport = z
  .object({
    numPassedTests: z.number(),
    numFailedTests: z.number(),
    numPendingTests: z.number(),
    numTodoTests: z.number(),
  })
  .transform((r) => ({
    passed: r.numPassedTests,
    failed: r.numFailedTests,
    skipped: r.numPendingTests + r.numTodoTests,
  }));

const playwrightReport = z
  .object({
    stats: z.object({ expected: z.number(), unexpected: z.number(), flaky: z.number(), skipped: z.number() }),
  })
  .transform(({ stats }) => ({
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky,
    skipped: stats.skipped,
  }));

/** Runs the Vitest tests of one project. */
export async function vitest(project: string): Promise<Outcome> {
  return counted(vitestReport, (report) =>
    run("vitest", [
      "run",
      "--project",
      project,
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${report}`,
    ]),
  );
}

/** Runs the browser tests. */
export async function playwright(): Promise<Outcome> {
  return counted(playwrightReport, (report) =>
    run("playwright", ["test", "--reporter=list,json"], { env: { PLAYWRIGHT_JSON_OUTPUT_FILE: report } }),
  );
}

type Counts = Omit<Outcome, "output">;

/** Counts the tests in the report of a command. No tests, or a failure outside the tests, counts as one failed test. */
async function counted(schema: z.ZodType<Counts>, start: (report: string) => Promise<Ended>): Promise<Outcome> {
  return inTempDir(async (directory) => {
    const file = path.join(directory, "report.json");
    const { ok, output } = await start(file);
    const report = await readFile(file, "utf8").catch(() => undefined);
    if (report === undefined) return problemsFound([output, "It wrote no report."]);
    const counts = schema.parse(JSON.parse(report));
    if (counts.passed + counts.failed === 0) return { ...counts, failed: 1, output: `${output}\nNo test ran.` };
    if (!ok && counts.failed === 0) return { ...counts, failed: 1, output };
    return { ...counts, output };
  });
}

/** Calls `work` with an empty temporary directory, and deletes the directory afterwards. */
export async function inTempDir<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(path.join(os.tmpdir(), "greenroom-check-"));
  try {
    return await work(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
