import process from "node:process";
import { stop } from "./check/process.ts";
import { runSteps } from "./check/schedule.ts";
import { steps } from "./check/steps.ts";

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !steps.some((step) => step.name === name));
if (unknown.length > 0) {
  console.error(`Unknown step: ${unknown.join(", ")}. The steps are ${steps.map((step) => step.name).join(", ")}.`);
  process.exit(2);
}

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void stop());

const startedAt = performance.now();
const { passed, failed, skipped } = await runSteps(
  steps.filter((step) => wanted.length === 0 || wanted.includes(step.name)),
);
console.log(`Finished in ${Math.round((performance.now() - startedAt) / 1000)} s.`);
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exitCode = failed > 0 ? 1 : 0;
