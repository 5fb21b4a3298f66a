import { cp, readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { root, run } from "./process.ts";
import { checkSeeds } from "./seeds.ts";
import { commands, inTempDir, type Outcome, playwright, problemsFound, type Step, vitest } from "./step.ts";

/**
 * All steps of the check, in the order in which they start. Types and the build come early, so that the integration
 * tests, which take longest and often wait, start early and run beside the steps that need nothing.
 */
export const steps: readonly Step[] = [
  { name: "lock-file", run: checkLock },
  {
    name: "types",
    run: () =>
      commands([
        ["next", "typegen"],
        // Several checkers check shared types several times, and another step needs the second core.
        ["tsc", "-p", "tsconfig.test.json", "--checkers", "1"],
      ]),
  },
  {
    name: "lint",
    run: () =>
      commands([
        ["biome", "check", "--error-on-warnings"],
        ["tsx", "server/tools/check/words.ts"],
      ]),
  },
  // It writes into .next, as the step `types` does, which has checked the types already.
  { name: "build", needs: ["types"], run: () => commands([["next", "build"]], { TYPES_CHECKED: "1" }) },
  // Some tests start the server, which builds the console when its build is missing.
  { name: "integration", needs: ["build"], run: () => vitest("integration") },
  { name: "lint-rules", run: checkSeeds },
  { name: "dead-code", run: () => commands([["knip", "--no-progress"]]) },
  { name: "migrations", run: checkMigrations },
  { name: "unit", run: () => vitest("unit") },
  // Some tests measure how long a page takes.
  { name: "browser", needs: ["build"], alone: true, run: playwright },
];

const lockFile = z.object({
  packages: z.record(z.string(), z.object({ optionalDependencies: z.record(z.string(), z.string()).optional() })),
});

/**
 * Checks that the lock file contains every optional dependency that it names. npm omits those that the registry lacks
 * for a platform, and `npm ci` then fails on that platform.
 */
async function checkLock(): Promise<Outcome> {
  const { packages } = lockFile.parse(JSON.parse(await readFile(path.join(root, "package-lock.json"), "utf8")));
  const problems = Object.entries(packages).flatMap(([folder, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !lookups(folder, name).some((lookup) => lookup in packages))
      .map((name) => `package-lock.json: ${folder || "the project"} needs ${name}, which is not in the file.`),
  );
  return problemsFound(problems);
}

/** The paths where Node looks for package `name` from a package in `folder`. */
function lookups(folder: string, name: string): string[] {
  const folders = folder === "" ? [] : folder.split("/node_modules/");
  const parents = folders.map((_, i) => `${folders.slice(0, i + 1).join("/node_modules/")}/`);
  return ["", ...parents].map((parent) => `${parent}node_modules/${name}`);
}

/** Checks that the migrations are complete and create the tables of the current schema. */
async function checkMigrations(): Promise<Outcome> {
  const whole = await run("drizzle-kit", ["check"]);
  if (!whole.ok) return problemsFound([whole.output]);
  return inTempDir(async (directory) => {
    const committed = path.join(root, "drizzle/migrations");
    await cp(committed, directory, { recursive: true });
    const generated = await run("drizzle-kit", [
      "generate",
      "--dialect=postgresql",
      "--schema=drizzle/*.ts",
      `--out=${path.relative(root, directory)}`,
    ]);
    if (!generated.ok) return problemsFound([generated.output]);
    const known = new Set(await readdir(committed));
    const missing = (await readdir(directory)).filter((file) => !known.has(file));
    return problemsFound(missing.map((file) => `The schema has changed: \`npm run migration\` would create ${file}.`));
  });
}
