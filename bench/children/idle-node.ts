import { performance } from "node:perf_hooks";
import v8 from "node:v8";
import vm from "node:vm";
import { createLog } from "../../server/process/log.ts";
import { readCounter, readUser } from "../lib/asks.ts";
import { serveParent } from "../lib/child.ts";
import { startNode } from "../lib/node.ts";

/** A node to start on a database, and how many of its actors to activate. */
export interface IdleTask {
  url: string;
  type: "counter" | "plain-user";
  activate: number;
}

/** How long the start took, and the memory in bytes after the start and with all actors. */
export interface Idle {
  startMilliseconds: number;
  before: { heap: number; memory: number };
  after: { heap: number; memory: number };
}

/** How many actors are asked concurrently. */
const CONCURRENT = 5_000;

v8.setFlagsFromString("--expose-gc");
const collectGarbage = vm.runInNewContext("gc") as () => void;

serveParent<IdleTask>(async ({ url, type, activate }): Promise<Idle> => {
  const startedAt = performance.now();
  const node = await startNode(url, createLog("error"));
  const startMilliseconds = performance.now() - startedAt;
  const read = type === "counter" ? readCounter : readUser;
  const before = memoryUse();
  for (let first = 0; first < activate; first += CONCURRENT) {
    await Promise.all(Array.from({ length: Math.min(CONCURRENT, activate - first) }, (_, i) => read(node, first + i)));
  }
  const after = memoryUse();
  await node.stop();
  return { startMilliseconds, before, after };
});

function memoryUse(): { heap: number; memory: number } {
  collectGarbage();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed + external, memory: rss };
}
