import type { Idle, IdleTask } from "../children/idle-node.ts";
import type { Case, Measured } from "../lib/case.ts";
import { seedCounters, seedUsers } from "../lib/seed.ts";
import type { Stage } from "../lib/stage.ts";

const MEGABYTE = 1024 * 1024;
/** Entries of each counter. */
const ENTRIES = 2;

/** The cost of an idle actor. */
export const idle: Case = {
  name: "idle",
  about: "idle actors: bytes of each in memory, and a start with a large number of passivated actors",
  async run(stage) {
    const { idle: count, passivated } = stage.size;
    const counters = await stage.onDatabase(async (url) => {
      await seedCounters(url, { count, entries: ENTRIES, checkpoint: true });
      return nodeWith(stage, { url, type: "counter", activate: count });
    });
    const users = await stage.onDatabase(async (url) => {
      await seedUsers(url, count);
      return nodeWith(stage, { url, type: "plain-user", activate: count });
    });
    const asleep = await stage.onDatabase(async (url) => {
      await seedUsers(url, passivated);
      return nodeWith(stage, { url, type: "plain-user", activate: 0 });
    });
    return [
      perActor("counters", count, counters),
      perActor("users", count, users),
      {
        name: "start, all passivated",
        figures: { milliseconds: asleep.startMilliseconds, nodeMemory: asleep.after.memory / MEGABYTE },
        note: `${passivated} actors`,
      },
    ];
  },
};

async function nodeWith(stage: Stage, task: IdleTask): Promise<Idle> {
  const child = stage.spawn(new URL("../children/idle-node.ts", import.meta.url));
  try {
    return await child.ask<Idle>(task);
  } finally {
    await child.kill();
  }
}

function perActor(name: string, count: number, { before, after }: Idle): Measured {
  const heapAnActor = (after.heap - before.heap) / count;
  const memoryAnActor = (after.memory - before.memory) / count;
  return { name, figures: { heapAnActor, memoryAnActor }, note: `${count} actors` };
}
