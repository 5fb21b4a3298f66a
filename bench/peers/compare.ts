import { query } from "../../server/testing/database/sql.ts";
import { increment } from "../lib/asks.ts";
import type { Measured } from "../lib/case.ts";
import { INCREMENT, measureHttp } from "../lib/http.ts";
import { load } from "../lib/load.ts";
import { caseLines, formatRatio, type Run, valuesOf } from "../lib/report.ts";
import { onServer } from "../lib/server.ts";
import type { Stage } from "../lib/stage.ts";
import { summarize } from "../lib/stats.ts";
import { costOf } from "../lib/usage.ts";
import { startDbos } from "./dbos.ts";
import { onRestate } from "./restate.ts";

/** How each system makes an increment durable before it answers. */
const durable = {
  greenroom: "one row in Postgres, fsync on, in a transaction with those of other turns",
  dbos: "rows in Postgres, fsync on, one commit each: start of the workflow, counter, step, end of the workflow",
  restate: "Restate's replicated log on one node, fsync on, several records per increment",
};

/** Measures all systems in turn, in several runs, and prints the results. */
export async function compare(stage: Stage, runs: number): Promise<void> {
  const measured: Run[] = [];
  for (let run = 1; run <= runs; run++) {
    for (const [name, measure] of Object.entries(systems)) {
      console.log(`run ${run}: ${name}`);
      const results = (await measure(stage)).map((result) => ({ case: name, run, ...result }));
      measured.push(...results);
      console.log(caseLines(results).join("\n"));
    }
  }
  console.log(`\nMedians of ${runs} runs\n${caseLines(measured).join("\n")}`);
  console.log(`\nGreenroom compared with the others of the same run\n${ratios(stage, measured).join("\n")}`);
  for (const [system, how] of Object.entries(durable)) console.log(`Durable with ${system}: ${how}.`);
}

/** Measures in this process, the intended use of DBOS, and over HTTP, the intended use of Restate. */
const systems = {
  greenroom: (stage: Stage) =>
    stage.onDatabase((url) =>
      onServer(stage, url, async (node, address) => [
        ...(await inProcess(stage, "Greenroom", (n) => increment(node, n))),
        ...(await overHttp(stage, "Greenroom", `${address}${INCREMENT}`)),
      ]),
    ),
  dbos: (stage: Stage) =>
    stage.onDatabase(async (url) => {
      await query(url, "CREATE TABLE counter (key text PRIMARY KEY, value int NOT NULL)");
      const dbos = await startDbos(url);
      try {
        return await inProcess(stage, "DBOS", (n) => dbos.increment(n));
      } finally {
        await dbos.stop();
      }
    }),
  restate: (stage: Stage) => onRestate(stage, (url, processes) => overHttp(stage, "Restate", url, processes)),
};

async function inProcess(stage: Stage, system: string, ask: (n: number) => Promise<unknown>): Promise<Measured[]> {
  const { callers, actors, warmUp, seconds } = stage.size;
  const measured: Measured[] = [];
  for (const count of callers) {
    const run = (time: number) => load(count, time, (n) => ask(n % actors));
    await run(warmUp);
    const [loaded, used] = await stage.watched(() => run(seconds));
    measured.push({ name: `${system}, ${count}`, figures: { ...loaded, ...used, ...costOf(loaded.perSecond, used) } });
  }
  return measured;
}

async function overHttp(stage: Stage, system: string, url: string, server?: readonly number[]): Promise<Measured[]> {
  const { callers, actors } = stage.size;
  const measured: Measured[] = [];
  for (const connections of callers) {
    const figures = await measureHttp(stage, { kind: "asks", url, connections, actors }, server);
    measured.push({ name: `${system} over HTTP, ${connections}`, figures });
  }
  return measured;
}

function ratios({ size }: Stage, runs: readonly Run[]): string[] {
  const pairs = size.callers.flatMap((count) => [
    [`Greenroom, ${count}`, `DBOS, ${count}`],
    [`Greenroom, ${count}`, `Restate over HTTP, ${count}`],
    [`Greenroom over HTTP, ${count}`, `Restate over HTTP, ${count}`],
  ]);
  return pairs.map(([ours, theirs]) => {
    const rates = (name: string | undefined) =>
      valuesOf(
        runs.filter((run) => run.name === name),
        "perSecond",
      );
    const others = rates(theirs);
    const { median, min, max } = summarize(rates(ours).map((rate, i) => rate / (others[i] as number)));
    return `  ${ours} / ${theirs}: ${formatRatio(median)} (${formatRatio(min)} to ${formatRatio(max)})`;
  });
}
