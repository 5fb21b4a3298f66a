import { checkLock } from "./lock.ts";
import { checkMigrations } from "./migrations.ts";
import { checkSeeds } from "./seeds.ts";
import { commands, playwright, type Step, vitest } from "./step.ts";

/** The whole check. A step comes after those that it needs. */
export const steps: readonly Step[] = [
  { name: "lock", run: checkLock },
  { name: "lint", run: () => commands(["biome", "check", "--error-on-warnings"]) },
  { name: "types", run: () => commands(["next", "typegen"], ["tsc", "-p", "tsconfig.test.json"]) },
  { name: "rules", run: checkSeeds },
  { name: "dead-code", run: () => commands(["knip", "--no-progress"]) },
  { name: "migrations", run: checkMigrations },
  // Both write into .next, so one waits for the other.
  { name: "build", needs: ["types"], run: () => commands(["next", "build"]) },
  { name: "unit", run: () => vitest("unit") },
  // Some of them start the server, which builds the console where it is not built.
  { name: "integration", needs: ["build"], run: () => vitest("integration") },
  { name: "browser", needs: ["build"], alone: true, run: playwright },
];
