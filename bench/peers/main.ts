import { parseArgs } from "node:util";
import { createLog } from "../../server/process/log.ts";
import { Shutdown } from "../../server/process/shutdown.ts";
import { fullSize } from "../lib/size.ts";
import { setStage } from "../lib/stage.ts";
import { compare } from "./compare.ts";

// `npm start` in this directory runs the same work, increments of 1,000 counters, with Greenroom, DBOS and Restate.

const { values } = parseArgs({
  options: { runs: { type: "string", default: "3" }, seconds: { type: "string", default: "3" } },
});

const log = createLog("error");
const shutdown = new Shutdown(log);
shutdown.watch();
try {
  const stage = await setStage(shutdown, log, { ...fullSize(Number(values.seconds), 0), callers: [1, 64, 256] });
  await compare(stage, Number(values.runs));
  await shutdown.end(0);
} catch (error) {
  shutdown.fail(error as Error);
}
