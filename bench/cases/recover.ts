import { performance } from "node:perf_hooks";
import { readCounter } from "../lib/asks.ts";
import type { Case, Measured } from "../lib/case.ts";
import { onNode } from "../lib/node.ts";
import { seedCounters } from "../lib/seed.ts";
import type { Stage } from "../lib/stage.ts";
import { costOf } from "../lib/usage.ts";

/** Entries of each of the many actors. */
const ENTRIES = 15;
/** Callers that ask cold actors concurrently. */
const CALLERS = 64;

/** How fast actors recover after a restart. */
export const recover: Case = {
  name: "recover",
  about: "actors that are not in memory: many, and one with a long journal",
  async run(stage) {
    const { cold, longJournal: entries } = stage.size;
    const many = await stage.onDatabase(async (url) => {
      await seedCounters(url, { count: cold, entries: ENTRIES, checkpoint: true });
      return [await oneAfterTheOther(stage, url), await allAtOnce(stage, url)];
    });
    const long: Measured[] = [];
    for (const checkpoint of [true, false]) {
      const milliseconds = await stage.onDatabase(async (url) => {
        await seedCounters(url, { count: 1, entries, checkpoint });
        return onNode(stage.log, url, (node) => timed(() => readCounter(node, 0)));
      });
      long.push({ name: checkpoint ? "with checkpoint" : "without", figures: { milliseconds } });
    }
    return [...many, ...long];
  },
};

/** Callers ask one cold actor after another until all have been asked. */
async function oneAfterTheOther(stage: Stage, url: string): Promise<Measured> {
  const { cold } = stage.size;
  return onNode(stage.log, url, async (node) => {
    let next = 0;
    const call = async () => {
      while (next < cold) await readCounter(node, next++);
    };
    const all = () => Promise.all(Array.from({ length: CALLERS }, call));
    const [milliseconds, used] = await stage.watched(() => timed(all));
    const perSecond = (cold / milliseconds) * 1_000;
    return { name: `${CALLERS} callers`, figures: { perSecond, ...used, ...costOf(perSecond, used) } };
  });
}

/** All actors are asked at once, as after a restart. */
async function allAtOnce(stage: Stage, url: string): Promise<Measured> {
  const { cold } = stage.size;
  return onNode(stage.log, url, async (node) => {
    const ask = () => Promise.all(Array.from({ length: cold }, (_, n) => readCounter(node, n)));
    const [milliseconds, used] = await stage.watched(() => timed(ask));
    return {
      name: "all at once",
      figures: { milliseconds, perSecond: (cold / milliseconds) * 1_000, ...used },
      note: `${cold} actors`,
    };
  });
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}
