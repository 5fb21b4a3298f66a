import { counterType } from "../../server/actors/counter.ts";
import { UserState } from "../../server/actors/user-state.ts";
import type { ActorType } from "../../server/core/define.ts";
import type { Json } from "../../server/protocol/json.ts";
import { systemClock } from "../../server/runtime/clock.ts";
import { defaultLimits } from "../../server/runtime/limits.ts";
import type { Store } from "../../server/runtime/ports.ts";
import { type RunningRuntime, startRuntime } from "../../server/runtime/runtime.ts";
import { openStore } from "../../server/store/postgres.ts";
import { Caller } from "./caller.ts";
import type { Stage } from "./stage.ts";

/** The types that every node runs. */
const types: readonly ActorType[] = [UserState, counterType("http://127.0.0.1:9"), Caller];

/** A node as a server has it, without doors. */
export interface Node {
  store: Store;
  runtime: RunningRuntime;
  stop(): Promise<void>;
}

/** Starts a node on a database. It takes over from any other at once. */
export async function startNode(url: string, log: Stage["log"]): Promise<Node> {
  const store = await openStore(url, log);
  const runtime = await startRuntime({ store, clock: systemClock, types, log, limits: defaultLimits, force: true });
  const stop = async () => {
    await runtime.stop();
    await store.close();
  };
  return { store, runtime, stop };
}

/** Runs `work` on a node that is stopped after it. */
export async function onNode<T>(stage: Stage, url: string, work: (node: Node) => Promise<T>): Promise<T> {
  const node = await startNode(url, stage.log);
  try {
    return await work(node);
  } finally {
    await node.stop();
  }
}

/** Something to ask of a runtime: `question` says of which actor. */
export type Ask = (runtime: RunningRuntime, question: number) => Promise<unknown>;

/** One more for the counter with that number. */
export const increment: Ask = (runtime, n) =>
  runtime.ask({ type: "counter", key: [`c${n}`], command: "increment", payload: { by: 1 } });

/** The user with that number looks at another product. */
export const viewProduct: Ask = (runtime, n) => {
  const payload: Json = { productId: `p${Math.floor(Math.random() * 1_000)}` };
  return runtime.ask({ type: "user-state", key: ["mall001", `u${n}`], command: "viewProduct", payload });
};

/** The actor with that number asks the world, which answers at once. */
export const callOnce: Ask = (runtime, n) =>
  runtime.ask({ type: "caller", key: [`a${n}`], command: "call", payload: {} });
