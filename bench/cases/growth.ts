import { performance } from "node:perf_hooks";
import { increment, readCounter, viewProduct } from "../lib/asks.ts";
import type { Case, Measured } from "../lib/case.ts";
import { type Node, onNode } from "../lib/node.ts";
import { seedCounters, seedUsers } from "../lib/seed.ts";
import type { Stage } from "../lib/stage.ts";
import { summarize } from "../lib/stats.ts";
import { measureOn } from "../lib/turns.ts";

/** How often all actors are activated, by a new node each time: once is too short to be measured. */
const ROUNDS = 5;

/** Whether anything slows down as the database grows. */
export const growth: Case = {
  name: "growth",
  about: "turns, and activations of all of the same actors, with more and more entries or states in the database",
  async run(stage) {
    const measured: Measured[] = [];
    for (const size of stage.size.growth) {
      measured.push(...(await withEntries(stage, size)), await withStates(stage, size));
    }
    return measured;
  },
};

/** The same actors, each with more entries. */
async function withEntries(stage: Stage, entries: number): Promise<Measured[]> {
  const { actors, hotCallers: callers } = stage.size;
  return stage.onDatabase(async (url) => {
    await seedCounters(url, { count: actors, entries: Math.ceil(entries / actors), checkpoint: true });
    const activations: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      activations.push(await onNode(stage.log, url, (node) => activateAll(node, actors)));
    }
    const turns = { name: `journal at ${entries}`, ask: increment, actors, callers };
    const journal = await onNode(stage.log, url, (node) => measureOn(stage, url, node, turns));
    return [journal, { name: `activation at ${entries}`, figures: { perSecond: summarize(activations).median } }];
  });
}

/** More states; the same number of actors are asked. */
async function withStates(stage: Stage, states: number): Promise<Measured> {
  const { actors, hotCallers: callers } = stage.size;
  return stage.onDatabase(async (url) => {
    await seedUsers(url, Math.max(states, actors));
    const turns = { name: `state at ${states}`, ask: viewProduct, actors, callers };
    return onNode(stage.log, url, (node) => measureOn(stage, url, node, turns));
  });
}

async function activateAll(node: Node, actors: number): Promise<number> {
  const begunAt = performance.now();
  await Promise.all(Array.from({ length: actors }, (_, n) => readCounter(node, n)));
  return (actors / (performance.now() - begunAt)) * 1_000;
}
