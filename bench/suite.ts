import { writeFileSync } from "node:fs";
import os from "node:os";
import { performance } from "node:perf_hooks";
import { caseLines, disturbance, type Run } from "./lib/report.ts";
import { smokeSize } from "./lib/size.ts";
import type { Stage } from "./lib/stage.ts";
import { warmUp } from "./lib/turns.ts";
import { toMarkdown } from "./markdown.ts";
import type { Options } from "./options.ts";
import { evaluate, type Outcome, outcomeLines } from "./targets.ts";

/** Measures all cases, one after the other, in several runs, and prints the results. */
export async function measure(stage: Stage, options: Options): Promise<void> {
  const { runs, size, cases } = options;
  const startedAt = performance.now();
  const machine = describeMachine(stage);
  console.log(`${machine}\n${runs} run${runs === 1 ? "" : "s"} of ${size.seconds} s each\n`);
  await warmUp(stage);
  const measured = await measureAll(stage, options);
  if (runs > 1) console.log(`\nMedians of ${runs} runs, and minimum and maximum of the first figure`);
  for (const { name, about, byNameOnly } of runs > 1 ? cases : []) {
    if (byNameOnly) continue;
    console.log(`\n${name}: ${about}`);
    console.log(caseLines(measured.filter((run) => run.case === name)).join("\n"));
  }
  const outcomes = evaluate(measured, size);
  if (outcomes.length > 0) {
    const caveat = size === smokeSize ? " (meaningless for such short runs)" : "";
    console.log(`\nTargets${caveat}\n${outcomeLines(outcomes).join("\n")}`);
  }
  console.log(`\n${disturbance(measured)}`);
  console.log(`The benchmark took ${Math.round((performance.now() - startedAt) / 1_000)} s.`);
  writeFiles(options, machine, measured, outcomes);
}

async function measureAll(stage: Stage, { cases, runs }: Options): Promise<Run[]> {
  const measured: Run[] = [];
  for (let run = 1; run <= runs; run++) {
    for (const one of cases) {
      if (one.byNameOnly && run > 1) continue;
      console.log(`run ${run}: ${one.name}: ${one.about}`);
      const results = (await one.run(stage)).map((result) => ({ case: one.name, run, ...result }));
      measured.push(...results);
      // Printed at once, so an interruption does not lose it.
      console.log(caseLines(results).join("\n"));
    }
  }
  return measured;
}

/** Writes the requested files. */
function writeFiles(
  { json, markdown, size }: Options,
  machine: string,
  runs: readonly Run[],
  targets: readonly Outcome[],
) {
  if (json !== undefined) writeFileSync(json, `${JSON.stringify({ machine, size, runs, targets }, null, 2)}\n`);
  if (markdown !== undefined)
    writeFileSync(markdown, `${machine}. ${disturbance(runs)}\n\n${toMarkdown(runs, targets)}\n`);
}

function describeMachine({ postgres, disk }: Stage): string {
  const cpus = os.cpus();
  const memory = Math.round(os.totalmem() / 1024 ** 3);
  const machine = `${cpus.length} × ${cpus[0]?.model ?? "unknown"}, ${memory} GB, ${disk}, ${os.type()} ${os.release()}`;
  return `${machine}, Node ${process.version}, ${postgres}`;
}
