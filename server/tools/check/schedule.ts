import { performance } from "node:perf_hooks";
import type { Outcome, Step } from "./step.ts";

/** Max steps that run at the same time. Builds and tests use more than one core each. */
const AT_ONCE = 2;

const kinds = ["passed", "failed", "skipped"] as const;
type Counts = Record<(typeof kinds)[number], number>;

/**
 * Runs the steps, in order as far as their needs allow. Prints a line for each when it ends: its name, duration and
 * counts, and its output when it failed. A step is skipped when a step that it needs failed.
 * @returns the counts of all steps
 */
export async function runSteps(steps: readonly Step[]): Promise<Counts> {
  const waiting = [...steps];
  const running = new Map<Step, Promise<void>>();
  const unfinished = new Set(steps.map((step) => step.name));
  const failed = new Set<string>();
  const total: Counts = { passed: 0, failed: 0, skipped: 0 };

  const isFree = ({ alone = false, needs = [] }: Step) => {
    const hasRoom = alone
      ? running.size === 0
      : running.size < AT_ONCE && ![...running.keys()].some((step) => step.alone);
    return hasRoom && !needs.some((name) => unfinished.has(name));
  };
  const start = async (step: Step) => {
    const startedAt = performance.now();
    const outcome = await outcomeOf(step, failed);
    print(step, outcome, performance.now() - startedAt);
    for (const kind of kinds) total[kind] += outcome[kind];
    if (!isGood(outcome)) failed.add(step.name);
    unfinished.delete(step.name);
    running.delete(step);
  };

  while (waiting.length + running.size > 0) {
    const next = waiting.findIndex(isFree);
    if (next < 0) await Promise.race(running.values());
    else for (const step of waiting.splice(next, 1)) running.set(step, start(step));
  }
  return total;
}

async function outcomeOf(step: Step, failed: ReadonlySet<string>): Promise<Outcome> {
  const missing = step.needs?.find((name) => failed.has(name));
  if (missing !== undefined) {
    return { passed: 0, failed: 0, skipped: 1, output: `Skipped because ${missing} failed.` };
  }
  try {
    return await step.run();
  } catch (error) {
    return { passed: 0, failed: 1, skipped: 0, output: error instanceof Error ? `${error.stack}` : String(error) };
  }
}

function isGood(outcome: Outcome): boolean {
  return outcome.failed === 0 && outcome.passed > 0;
}

function print(step: Step, outcome: Outcome, ms: number): void {
  const counts = kinds.filter((kind) => outcome[kind] > 0).map((kind) => `${outcome[kind]} ${kind}`);
  const time = `${(ms / 1000).toFixed(1).padStart(6)} s`;
  console.log(`${isGood(outcome) ? "ok  " : "FAIL"} ${step.name.padEnd(12)} ${time}  ${counts.join(", ")}`);
  if (!isGood(outcome) && outcome.output !== "") console.log(indented(outcome.output));
}

function indented(text: string): string {
  return text.trimEnd().replaceAll(/^/gm, "     ");
}
