import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { createLog } from "../../process/log.ts";
import type { ErrorCode } from "../../protocol/errors.ts";
import type { Json } from "../../protocol/journal.ts";
import { type RunningRuntime, startRuntime } from "../../runtime/runtime.ts";
import { type CrashPoint, onCrashPoint } from "../../runtime/shared/crash-points.ts";
import { defaultLimits } from "../../runtime/shared/limits.ts";
import { systemClock } from "../../runtime/shared/system-clock.ts";
import { openStore } from "../../store/postgres.ts";
import { campaignTypes } from "./types.ts";

// A node in a child process. It runs the requests of its parent, and kills itself at a given crash point.

/** A request of the parent. */
export type NodeRequest =
  | { kind: "ask" | "tell"; key: string; command: string; payload: Json; idempotencyKey: string }
  | { kind: "redrive"; messageIds: string[] };
export type Request = NodeRequest & { id: number };
/** The reply, or the code of the error. */
export type Response = { id: number; reply: Json } | { id: number; error: ErrorCode };
/** The process kills itself when it reaches `point` for the `times`th time. */
export interface Ambush {
  point: CrashPoint;
  times: number;
}

const [databaseUrl = "", service = "", ambush = "null", force = ""] = process.argv.slice(2);
let armed = JSON.parse(ambush) as Ambush | null;

onCrashPoint((point) => {
  if (armed?.point !== point) return;
  armed.times -= 1;
  if (armed.times <= 0) process.kill(process.pid, "SIGKILL");
});

const types = campaignTypes(async (name, key, signal) => {
  const response = await fetch(`${service}/${name}`, { headers: { "idempotency-key": key }, signal });
  return ((await response.json()) as { quote: string }).quote;
});
/** Another node leads, or the database is down. Both are temporary. */
const temporary = new Set(["AlreadyLed", "StoreUnavailable"]);
const runtime = await lead();
void runtime.failed.then(() => process.exit(3));

/** Takes the lease: at once if the parent forces it, otherwise when the lease of the other node expires. */
async function lead(): Promise<RunningRuntime> {
  const options = {
    clock: systemClock,
    types,
    log: createLog("fatal"),
    limits: defaultLimits,
    force: force === "force",
    location: `process ${process.pid}`,
  };
  for (;;) {
    try {
      const store = await openStore(databaseUrl, createLog("fatal"));
      return await startRuntime({ ...options, store }).catch(async (error: unknown) => {
        await store.close();
        throw error;
      });
    } catch (error) {
      if (!temporary.has((error as Error).name)) throw error;
      await sleep(100);
    }
  }
}

async function answer(request: Request): Promise<Json> {
  if (request.kind === "redrive") return (await runtime.startRedrive({ messageIds: request.messageIds })).total;
  const { id: _, kind, key, ...command } = request;
  const message = { ...command, type: "source", keyText: key };
  if (kind === "tell") return (await runtime.tell(message)).messageId;
  return (await runtime.ask(message)).reply;
}

process.on("message", (message: Request | Ambush) => {
  if ("point" in message) {
    armed = message;
    return;
  }
  const { id } = message;
  answer(message).then(
    (reply) => process.send?.({ id, reply } satisfies Response),
    (error: { code?: ErrorCode }) => process.send?.({ id, error: error.code ?? "unavailable" } satisfies Response),
  );
});
process.once("disconnect", () => process.exit());
process.send?.("ready");
