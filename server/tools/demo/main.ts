import { createLog, type Log } from "../../process/log.ts";
import { Shutdown } from "../../process/shutdown.ts";
import { killBetweenEffects, killDuringCall, recoverFrom } from "./crashes.ts";
import { sendFirstMessages } from "./first-messages.ts";
import { compareRecoveries } from "./long-journal.ts";
import { setStage } from "./stage.ts";
import { duration, say } from "./terminal.ts";
import { verifyJournal } from "./verification.ts";

const log = createLog("error");
const ending = new Shutdown(log);
ending.watch();
// Whoever read this is gone, as "head" is after its lines: there is nobody to tell.
process.stdout.on("error", () => void ending.end(0));
try {
  await tell(ending, log);
  await ending.end(0);
} catch (error) {
  ending.fail(error as Error);
}

/** The life of a durable counter, step by step. Every figure is measured while it is told. */
async function tell(ending: Shutdown, log: Log): Promise<void> {
  const begunAt = performance.now();
  ending.undo("say goodbye", () =>
    say("", `Processes, database and directory are gone. It took ${duration(performance.now() - begunAt)}.`),
  );
  console.log("A durable counter, step by step. Every figure is measured in this run.");
  const stage = await setStage(ending, log);
  const first = await sendFirstMessages(stage);
  const calls = await killBetweenEffects(stage, first);
  const second = await recoverFrom(stage, calls);
  const third = await killDuringCall(stage, second);
  await compareRecoveries(stage, third);
  await verifyJournal(stage);
}
