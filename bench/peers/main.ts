import { parseArgs } from "node:util";
import { createLog } from "../../server/process/log.ts";
import { Ending } from "../../server/process/shutdown.ts";
import { fullSize } from "../lib/size.ts";
import { setStage } from "../lib/stage.ts";
import { compare } from "./compare.ts";

// npm start, in this directory: the same work, increments of 1,000 counters, by Greenroom, DBOS and Restate.

const { values } = parseArgs({
  options: { runs: { type: "string", default: "3" }, seconds: { type: "string", default: "3" } },
});

const log = createLog("error");
const ending = new Ending(log);
ending.watch();
try {
  const stage = await setStage(ending, log, { ...fullSize(Number(values.seconds), 0), callers: [1, 64, 256] });
  await compare(stage, Number(values.runs));
  await ending.end(0);
} catch (error) {
  ending.fail(error as Error);
}
