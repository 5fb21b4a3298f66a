import { mkdtemp } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { removePostgres } from "../../store/embedded/postgres.ts";
import { copyCluster } from "../database/cluster.ts";
import { campaign } from "./campaign.ts";

test("a minute of kills and pauses of the leader and Postgres loses nothing and does nothing twice", async () => {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), "greenroom-campaign-"));
  onTestFinished(() => removePostgres(dataDir));
  await copyCluster(dataDir);
  const seed = String(Date.now());
  const said: string[] = [];
  const report = await campaign({ seed, kills: 200, ms: 60_000, dataDir, say: (line) => said.push(line) });
  expect(report.problems, `seed ${seed}\n${said.join("\n")}`).toEqual([]);
  expect(report.operations).toBeGreaterThan(50);
  expect(report.outages.length).toBeGreaterThan(3);
}, 240_000);
