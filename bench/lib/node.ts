import { counterType } from "../../server/actors/counter.ts";
import { UserState } from "../../server/actors/user-state.ts";
import type { ActorType } from "../../server/core/define/define.ts";
import type { Log } from "../../server/process/log.ts";
import type { Watchdog } from "../../server/runtime/ports/clock.ts";
import type { Store } from "../../server/runtime/ports/store.ts";
import { type RunningRuntime, startRuntime } from "../../server/runtime/runtime.ts";
import { defaultLimits } from "../../server/runtime/shared/limits.ts";
import { systemClock } from "../../server/runtime/shared/system-clock.ts";
import { openStore } from "../../server/store/postgres.ts";
import { startWatchdog } from "../../server/watchdog/watchdog.ts";
import { Caller, PlainUser, Relay } from "./actors.ts";
import { Processed } from "./processed.ts";

/** The types of every node. */
const types: readonly ActorType[] = [UserState, PlainUser, counterType("http://127.0.0.1:9"), Caller, Relay];
/** A server's default. */
const TURN_TIMEOUT_MS = 10_000;

/** A server's node without API and stream. */
export interface Node {
  store: Store;
  runtime: RunningRuntime;
  processed: Processed;
  stop(): Promise<void>;
}

let watchdog: Promise<Watchdog> | undefined;

/** Starts a node on a database. It takes over from another node at once. */
export async function startNode(url: string, log: Log): Promise<Node> {
  watchdog ??= startWatchdog(TURN_TIMEOUT_MS, (error) => {
    throw error;
  });
  const store = await openStore(url, log);
  const runtime = await startRuntime({
    store,
    clock: systemClock,
    types,
    log,
    limits: defaultLimits,
    watchdog: await watchdog,
    location: "the benchmark",
    force: true,
  });
  const stop = async () => {
    await runtime.stop();
    await store.close();
  };
  return { store, runtime, processed: new Processed(runtime.events), stop };
}

/** Runs `work` on a node and then stops it. */
export async function onNode<T>(log: Log, url: string, work: (node: Node) => Promise<T>): Promise<T> {
  const node = await startNode(url, log);
  try {
    return await work(node);
  } finally {
    await node.stop();
  }
}
