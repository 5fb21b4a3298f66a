import { randomUUID } from "node:crypto";
import type { ActorType } from "../../core/define/define.ts";
import { createLog } from "../../process/log.ts";
import { type Client, createClient } from "../../runtime/client.ts";
import type { Sandbox } from "../../runtime/history/sandbox.ts";
import type { Clock, Watchdog } from "../../runtime/ports/clock.ts";
import type { Claim } from "../../runtime/ports/leases.ts";
import type { Store } from "../../runtime/ports/store.ts";
import { type RunningRuntime, type RuntimeOptions, startRuntime } from "../../runtime/runtime.ts";
import { defaultLimits, type Limits, STOP_GRACE_MS } from "../../runtime/shared/limits.ts";
import { systemClock } from "../../runtime/shared/system-clock.ts";
import { standBy } from "../../runtime/standby.ts";

/** What a test's node may have different from a server's. */
export interface NodeOptions {
  store: Store;
  types: readonly ActorType[];
  clock?: Clock;
  limits?: Partial<Limits>;
  watchdog?: Watchdog;
  sandbox?: Sandbox;
  chaos?: boolean;
}

/** The real clock, on which a node that stops waits for its turns for 100 ms only: some tests have effects that never end. */
export const impatientClock: Clock = {
  ...systemClock,
  sleep: (ms, signal) => systemClock.sleep(ms === STOP_GRACE_MS ? 100 : ms, signal),
};

/** A runtime on a store, as a server has it, and a client of it. It takes over from any other node at once. */
export async function startNode(options: NodeOptions): Promise<{ runtime: RunningRuntime; client: Client }> {
  const runtime = await startRuntime({ ...toRuntimeOptions(options), force: true });
  return { runtime, client: createClient(runtime) };
}

/** A runtime that stands by while another node leads. */
export function startStandby(options: NodeOptions): Promise<RunningRuntime> {
  return standBy({ ...toRuntimeOptions(options), force: false });
}

function toRuntimeOptions({ limits, ...options }: NodeOptions): Omit<RuntimeOptions, "force"> {
  return {
    clock: systemClock,
    ...options,
    log: createLog("silent"),
    limits: { ...defaultLimits, ...limits },
    location: "the tests",
  };
}

/** Takes the lease by force, for two lanes. */
export async function takeOver(store: Store): Promise<Claim> {
  const answer = await store.claim({ owner: randomUUID(), location: "" }, 2, 60_000, true);
  if (!("epoch" in answer)) throw new Error("The lease was not granted.");
  return answer;
}
