import process from "node:process";
import { counterType } from "../../actors/counter.ts";
import { createLog } from "../../process/log.ts";
import { startRuntime } from "../../runtime/runtime.ts";
import { defaultLimits } from "../../runtime/shared/limits.ts";
import { systemClock } from "../../runtime/shared/system-clock.ts";
import { openStore } from "../../store/postgres.ts";
import { key } from "./counter.ts";
import type { Command, FromNode, ToNode } from "./messages.ts";
import { RecoveryWatch } from "./recovery-watch.ts";

// The process that the demo kills: a runtime with the counter. It does what its parent says, and does not outlive it.

const [databaseUrl = "", quoteService = ""] = process.argv.slice(2);
// Ctrl-C reaches every process of the terminal; it is the parent's to handle.
process.on("SIGINT", () => undefined);
process.once("disconnect", () => process.exit());

const log = createLog("error");
const store = await openStore(databaseUrl, log);
const watch = new RecoveryWatch(store, (recovery) => tell({ kind: "recovered", recovery }));
const counter = counterType(quoteService);
const runtime = await startRuntime({
  store: watch.store,
  clock: systemClock,
  types: [counter],
  log,
  limits: defaultLimits,
  location: `the demo, process ${process.pid}`,
  // The demo starts a node when the one before is dead.
  force: true,
});
let crashAfter: number | undefined;

runtime.events.listen((event) => {
  watch.see(event);
  if (event.kind === "checkpoint") tell({ kind: "checkpoint", seq: event.seq, bytes: event.bytes });
  if (event.kind !== "committed") return;
  const entries = event.changes.flatMap((change) => change.entries.map(({ seq, at, body }) => ({ seq, at, body })));
  tell({ kind: "entries", entries });
  // Listeners hear of a commit before the turn goes on: the effect is durable, and the next one has not begun.
  if (entries.some(({ body }) => body.kind === "effect" && body.n === crashAfter)) process.kill(process.pid, "SIGKILL");
});
// Unhandled, it ends the process.
void runtime.failed.then((error) => {
  throw error;
});
process.on("message", (message: ToNode) => void obey(message));
tell({ kind: "ready" });

async function obey(message: ToNode): Promise<void> {
  switch (message.kind) {
    case "ask":
      return answer(message.id, message.command);
    case "crash after effect":
      crashAfter = message.n;
      return;
    default:
      await runtime.stop();
      await store.close();
      process.disconnect();
  }
}

async function answer(id: number, { name: command, payload, idempotencyKey }: Command): Promise<void> {
  try {
    const reply = await runtime.ask({ type: counter.type, key, command, payload, idempotencyKey });
    tell({ kind: "answer", id, reply });
  } catch (error) {
    tell({ kind: "refused", id, message: (error as Error).message });
  }
}

function tell(message: FromNode): void {
  if (process.connected) process.send?.(message);
}
