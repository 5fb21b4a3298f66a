import { randomUUID } from "node:crypto";
import { chmod, mkdtemp } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { removePostgres } from "../../store/embedded/postgres.ts";
import { campaign, type Report } from "./campaign.ts";

// npm run campaign: injects faults into a system under load, and checks that nothing was lost or done twice.

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: randomUUID().slice(0, 8) },
    kills: { type: "string", default: "200" },
    minutes: { type: "string", default: "15" },
  },
});

const dataDir = await mkdtemp(path.join(os.tmpdir(), "greenroom-campaign-"));
// As root, Postgres runs as another user, who needs access to the directory.
await chmod(dataDir, 0o711);
console.log(`seed ${values.seed}: max ${values.kills} faults in ${values.minutes} minutes`);
try {
  const kills = Number(values.kills);
  const ms = Number(values.minutes) * 60_000;
  print(await campaign({ seed: values.seed, kills, ms, dataDir, say: console.log }));
} finally {
  await removePostgres(dataDir);
}

function print({ kills, operations, calls, outages, problems }: Report): void {
  const sorted = [...outages].sort((a, b) => a - b);
  const at = (part: number) => `${Math.round(sorted[Math.floor((sorted.length - 1) * part)] ?? 0)} ms`;
  const total = Object.values(kills).reduce((sum, count) => sum + count, 0);
  console.log(`${total} faults: ${JSON.stringify(kills)}`);
  console.log(`${operations} operations, ${calls} calls of the service`);
  console.log(`answered again after: median ${at(0.5)}, 95 % ${at(0.95)}, max ${at(1)}`);
  for (const problem of problems.slice(0, 100)) console.log(`WRONG: ${problem}`);
  console.log(problems.length === 0 ? "nothing lost, nothing done twice" : `${problems.length} problems`);
  if (problems.length > 0) process.exitCode = 1;
}
