import { writeFileSync } from "node:fs";
import os from "node:os";
import { performance } from "node:perf_hooks";
import { caseLines, disturbance, type Run } from "./lib/report.ts";
import { smokeSize } from "./lib/size.ts";
import type { Stage } from "./lib/stage.ts";
import { warmUp } from "./lib/turns.ts";
import { toMarkdown } from "./markdown.ts";
import type { Options } from "./options.ts";
import { judge, type Verdict, verdictLines } from "./targets.ts";

/** Measures all cases, as often as told, one after the other; prints what came of it. */
export async function measure(stage: Stage, options: Options): Promise<void> {
  const { runs, size, cases } = options;
  const begunAt = performance.now();
  const machine = describeMachine(stage);
  console.log(`${machine}\n${runs} run${runs === 1 ? "" : "s"} of ${size.seconds} s each\n`);
  await warmUp(stage);
  const measured = await measureAll(stage, options);
  if (runs > 1) console.log(`\nMedians of ${runs} runs, and the least and the most of the first figure`);
  for (const { name, about, byNameOnly } of runs > 1 ? cases : []) {
    if (byNameOnly) continue;
    console.log(`\n${name}: ${about}`);
    console.log(caseLines(measured.filter((run) => run.case === name)).join("\n"));
  }
  const verdicts = judge(measured, size);
  if (verdicts.length > 0) {
    const worth = size === smokeSize ? " (of such short runs they say nothing)" : "";
    console.log(`\nTargets${worth}\n${verdictLines(verdicts).join("\n")}`);
  }
  console.log(`\n${disturbance(measured)}`);
  console.log(`It took ${Math.round((performance.now() - begunAt) / 1_000)} s.`);
  keep(options, machine, measured, verdicts);
}

async function measureAll(stage: Stage, { cases, runs }: Options): Promise<Run[]> {
  const measured: Run[] = [];
  for (let run = 1; run <= runs; run++) {
    for (const one of cases) {
      if (one.byNameOnly && run > 1) continue;
      console.log(`run ${run}: ${one.name}: ${one.about}`);
      const results = (await one.run(stage)).map((result) => ({ case: one.name, run, ...result }));
      measured.push(...results);
      // At once: whoever interrupts keeps what was measured.
      console.log(caseLines(results).join("\n"));
    }
  }
  return measured;
}

/** Writes the files that were asked for. */
function keep({ json, markdown, size }: Options, machine: string, runs: readonly Run[], targets: readonly Verdict[]) {
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
