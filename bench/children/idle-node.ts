import { performance } from "node:perf_hooks";
import v8 from "node:v8";
import vm from "node:vm";
import { createLog } from "../../server/process/log.ts";
import { readCounter, readUser } from "../lib/asks.ts";
import { serveParent } from "../lib/child.ts";
import { startNode } from "../lib/node.ts";

/** A node to start on a database, and how many of its actors are to be brought into memory. */
export interface IdleTask {
  url: string;
  type: "counter" | "plain-user";
  activate: number;
}

/** What the process held after its start, and what it holds with its actors, in bytes; and how long its start took. */
export interface Idle {
  startMilliseconds: number;
  before: { heap: number; memory: number };
  after: { heap: number; memory: number };
}

/** Actors that are asked at one time. */
const AT_ONCE = 5_000;

v8.setFlagsFromString("--expose-gc");
const collectGarbage = vm.runInNewContext("gc") as () => void;

serveParent<IdleTask>(async ({ url, type, activate }): Promise<Idle> => {
  const begunAt = performance.now();
  const node = await startNode(url, createLog("error"));
  const startMilliseconds = performance.now() - begunAt;
  const read = type === "counter" ? readCounter : readUser;
  const before = held();
  for (let first = 0; first < activate; first += AT_ONCE) {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, activate - first) }, (_, i) => read(node, first + i)));
  }
  const after = held();
  await node.stop();
  return { startMilliseconds, before, after };
});

function held(): { heap: number; memory: number } {
  collectGarbage();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed + external, memory: rss };
}
