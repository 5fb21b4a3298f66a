import { argv, env } from "node:process";
import { actorTypes } from "../../actors/index.ts";
import { readConfig } from "../../process/config.ts";
import { createLog } from "../../process/log.ts";
import { Shutdown } from "../../process/shutdown.ts";
import { startPostgres } from "../../store/embedded/postgres.ts";
import { openStore } from "../../store/postgres.ts";
import { UsageError } from "../command-line.ts";
import { help, type Options, readOptions } from "./options.ts";
import { replay, reportText } from "./replay.ts";

const SAME = 0;
const DIVERGED = 1;
const WRONG_USE = 2;

const log = createLog("error");
const shutdown = new Shutdown(log);
shutdown.watch();
await shutdown.end(await run());

async function run(): Promise<number> {
  try {
    const options = readOptions(argv.slice(2), Date.now());
    if (options !== null) return await replayAll(options);
    console.log(help);
    return SAME;
  } catch (error) {
    const isUsage = error instanceof UsageError;
    console.error(isUsage ? `${error.message}\nSee npm run replay -- --help.` : error);
    return WRONG_USE;
  }
}

async function replayAll(options: Options): Promise<number> {
  const reading = readConfig(env, []);
  if (reading.kind !== "run") throw new UsageError(reading.kind === "invalid" ? reading.problem : reading.text);
  const { config } = reading;
  const store = await openStore(config.databaseUrl ?? (await startEmbedded(config.dataDir)), log);
  shutdown.undo("close the store", () => store.close());
  const report = await replay(store, actorTypes(config), options);
  console.log(reportText(options.type, report));
  return report.kinds.size === 0 ? SAME : DIVERGED;
}

async function startEmbedded(dataDir: string): Promise<string> {
  const postgres = await startPostgres({ dataDir, log });
  shutdown.undo("stop Postgres", () => postgres.stop());
  return postgres.url;
}
