import { writeFileSync } from "node:fs";
import os from "node:os";
import { performance } from "node:perf_hooks";
import { caseLines, type Run } from "./lib/report.ts";
import type { Stage } from "./lib/stage.ts";
import type { Options } from "./options.ts";
import { judge } from "./targets.ts";

/** Measures all cases, as often as told, one after the other; prints what came of it. */
export async function measure(stage: Stage, { cases, runs, json, size }: Options): Promise<void> {
  const begunAt = performance.now();
  const machine = describeMachine(stage);
  console.log(`${machine}\n${runs} run${runs === 1 ? "" : "s"} of ${size.seconds} s each\n`);
  const measured: Run[] = [];
  for (let run = 1; run <= runs; run++) {
    for (const one of cases) {
      console.log(`run ${run}: ${one.name}: ${one.about}`);
      const results = (await one.run(stage)).map((result) => ({ case: one.name, run, ...result }));
      measured.push(...results);
      // At once: whoever interrupts keeps what was measured.
      console.log(caseLines(results).join("\n"));
    }
  }
  if (runs > 1) console.log(`\nMedians of ${runs} runs, and the least and the most of the first figure`);
  for (const { name, about } of runs > 1 ? cases : []) {
    console.log(`\n${name}: ${about}`);
    console.log(caseLines(measured.filter((run) => run.case === name)).join("\n"));
  }
  const verdicts = judge(measured, size);
  if (verdicts.length > 0) console.log(`\nTargets\n${verdicts.map(({ line }) => line).join("\n")}`);
  console.log(`\nIt took ${Math.round((performance.now() - begunAt) / 1_000)} s.`);
  if (json !== undefined) {
    const targets = verdicts.map(({ line: _, ...verdict }) => verdict);
    writeFileSync(json, `${JSON.stringify({ machine, size, runs: measured, targets }, null, 2)}\n`);
  }
}

function describeMachine({ postgres }: Stage): string {
  const cpus = os.cpus();
  const memory = Math.round(os.totalmem() / 1024 ** 3);
  return `${cpus.length} × ${cpus[0]?.model ?? "unknown"}, ${memory} GB, ${os.type()} ${os.release()}, Node ${process.version}, ${postgres}`;
}
