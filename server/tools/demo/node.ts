import process from "node:process";
import { counterType } from "../../actors/counter.ts";
import { createLog } from "../../process/log.ts";
import { startRuntime } from "../../runtime/runtime.ts";
import { defaultLimits } from "../../runtime/shared/limits.ts";
import { systemClock } from "../../runtime/shared/system-clock.ts";
import { openStore } from "../../store/postgres.ts";
import { address, type Command, type FromNode, type ToNode } from "./messages.ts";

// The process that the demo kills: a runtime with the counter. It ends with its parent.

const [databaseUrl = "", quoteService = ""] = process.argv.slice(2);
// Ctrl-C reaches every process of the terminal; the parent handles it.
process.on("SIGINT", () => undefined);
process.once("disconnect", () => process.exit());

const log = createLog("error");
const store = await openStore(databaseUrl, log);
const counter = counterType(quoteService);
const runtime = await startRuntime({
  store,
  clock: systemClock,
  types: [counter],
  log,
  limits: defaultLimits,
  location: `the demo, process ${process.pid}`,
  // The previous node is dead.
  force: true,
});
let crashAfter: number | undefined;

runtime.events.listen((event) => {
  // The runtime records a recovery right after this event.
  if (event.kind === "life") setImmediate(reportRecovery);
  if (event.kind === "checkpoint") report({ kind: "checkpoint", seq: event.seq, bytes: event.bytes });
  if (event.kind !== "committed") return;
  const entries = event.changes.flatMap((change) => change.entries.map(({ seq, at, body }) => ({ seq, at, body })));
  report({ kind: "entries", entries });
  // Listeners run before the turn continues: the effect is durable, and the next one has not started.
  if (entries.some(({ body }) => body.kind === "effect" && body.n === crashAfter)) process.kill(process.pid, "SIGKILL");
});
// As an unhandled rejection, this ends the process.
void runtime.failed.then((error) => {
  throw error;
});
process.on("message", (message: ToNode) => void handle(message));
report({ kind: "ready" });

async function handle(message: ToNode): Promise<void> {
  switch (message.kind) {
    case "ask":
      return ask(message.id, message.command);
    case "crash after effect":
      crashAfter = message.n;
      return;
    default:
      await runtime.stop();
      await store.close();
      process.disconnect();
  }
}

async function ask(id: number, { name: command, payload, idempotencyKey }: Command): Promise<void> {
  try {
    const reply = await runtime.ask({ ...address, command, payload, idempotencyKey });
    report({ kind: "reply", id, reply });
  } catch (error) {
    report({ kind: "refused", id, message: (error as Error).message });
  }
}

function reportRecovery(): void {
  const [recovery] = runtime.inspector.overview().recoveries;
  if (recovery !== undefined) report({ kind: "recovered", recovery });
}

function report(message: FromNode): void {
  if (process.connected) process.send?.(message);
}
