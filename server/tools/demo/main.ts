import { createLog } from "../../process/log.ts";
import { Shutdown } from "../../process/shutdown.ts";
import { killBetweenEffects, killDuringCall, recoverFrom } from "./crashes.ts";
import { compareRecoveries } from "./long-journal.ts";
import type { Command } from "./messages.ts";
import type { NodeProcess } from "./node-process.ts";
import { type Stage, setStage } from "./stage.ts";
import { duration, say, step } from "./terminal.ts";
import { verifyJournal } from "./verification.ts";

const log = createLog("error");
const shutdown = new Shutdown(log);
shutdown.watch();
// The reader of this output is gone, as in `npm run demo | head`.
process.stdout.on("error", () => void shutdown.end(0));
try {
  await runDemo();
  await shutdown.end(0);
} catch (error) {
  shutdown.fail(error as Error);
}

/** Shows the life of a durable counter, step by step. */
async function runDemo(): Promise<void> {
  const startedAt = performance.now();
  shutdown.undo("say goodbye", () =>
    say("", `Processes, database and directory are gone. The demo took ${duration(performance.now() - startedAt)}.`),
  );
  console.log("A durable counter, step by step. Every figure is measured in this run.");
  const stage = await setStage(shutdown, log);
  const first = await sendFirstMessages(stage);
  const calls = await killBetweenEffects(stage, first);
  const second = await recoverFrom(stage, calls);
  const third = await killDuringCall(stage, second);
  await compareRecoveries(stage, third);
  await verifyJournal(stage);
}

/** Starts the runtime and sends the counter its first messages, one after the other. */
async function sendFirstMessages(stage: Stage): Promise<NodeProcess> {
  const startedAt = performance.now();
  const node = await stage.startNode();
  say(`The runtime, in process ${node.pid}: ready in ${duration(performance.now() - startedAt)}.`);

  step(2, "Every message becomes an entry");
  const commands = firstCommands();
  say(`The counter receives ${commands.length} messages; two of them call the service. Each line is an entry of its`);
  say("journal, shown as soon as it is durable. Every ten entries, a checkpoint stores the whole state.", "");
  stage.journal.header();
  for (const command of commands) await node.ask(command);
  return node;
}

/** A number adds to the counter or subtracts from it; a text is the symbol of a quote. */
function firstCommands(): Command[] {
  const steps = [5, 3, -2, "ACME", 1, 6, -4, 2, 1, 9, -1, "INIT", 4, 2, -3, 7, 1, -2];
  return steps.map((step): Command => {
    if (typeof step === "string") return { name: "enrich", payload: { symbol: step } };
    return { name: step > 0 ? "increment" : "decrement", payload: { by: Math.abs(step) } };
  });
}
