import { performance } from "node:perf_hooks";
import { type Ask, increment, readCounter, viewProduct } from "../lib/asks.ts";
import type { Case, Measured } from "../lib/case.ts";
import { type Node, onNode } from "../lib/node.ts";
import { seedCounters, seedUsers } from "../lib/seed.ts";
import type { Stage } from "../lib/stage.ts";
import { averages } from "../lib/stats.ts";
import { measureOn } from "../lib/turns.ts";

/** A database, and how many entries or states it had. */
interface Grown {
  url: string;
  size: number;
}

/** Whether anything slows down as the database grows. */
export const growth: Case = {
  name: "growth",
  about: "turns, and activations of all of the same actors, with more and more entries or states in the database",
  async run(stage) {
    return [...(await withEntries(stage)), ...(await withStates(stage))];
  },
};

/** The same actors, each with more entries. */
function withEntries(stage: Stage): Promise<Measured[]> {
  const { actors, growth } = stage.size;
  const seed = (url: string, size: number) =>
    seedCounters(url, { count: actors, entries: Math.ceil(size / actors), checkpoint: true });
  return onDatabases(stage, growth, seed, async (grown) => {
    const activations = await inTurn(stage, grown, async ({ url }) => {
      return { perSecond: await onNode(stage.log, url, (node) => activateAll(node, actors)) };
    });
    return [...named("activation", activations), ...(await turnsOn(stage, "journal", grown, increment))];
  });
}

/** More states; the same number of actors are asked. */
function withStates(stage: Stage): Promise<Measured[]> {
  const { actors, growth } = stage.size;
  const seed = (url: string, size: number) => seedUsers(url, Math.max(size, actors));
  return onDatabases(stage, growth, seed, (grown) => turnsOn(stage, "state", grown, viewProduct));
}

async function turnsOn(stage: Stage, what: string, grown: readonly Grown[], ask: Ask): Promise<Measured[]> {
  const { actors, hotCallers: callers, seconds, warmUp, rounds } = stage.size;
  const part = { ...stage, size: { ...stage.size, seconds: seconds / rounds, warmUp: warmUp / rounds } };
  const turns = { name: what, ask, actors, callers };
  const measured = await inTurn(stage, grown, ({ url }) =>
    onNode(stage.log, url, async (node) => (await measureOn(part, url, node, turns)).figures),
  );
  return named(what, measured);
}

/** Runs `work` on a database of each size, all at hand at once. */
function onDatabases<T>(
  stage: Stage,
  [size, ...others]: readonly number[],
  seed: (url: string, size: number) => Promise<void>,
  work: (grown: readonly Grown[]) => Promise<T>,
): Promise<T> {
  if (size === undefined) return work([]);
  return stage.onDatabase(async (url) => {
    await seed(url, size);
    return onDatabases(stage, others, seed, (grown) => work([{ url, size }, ...grown]));
  });
}

/** Measures all databases several times, one after the other; the averages of each. */
async function inTurn(
  { size: { rounds } }: Stage,
  grown: readonly Grown[],
  measure: (one: Grown) => Promise<Measured["figures"]>,
) {
  const measured = new Map<number, Measured["figures"][]>(grown.map(({ size }) => [size, []]));
  for (let round = 0; round < rounds; round++) {
    for (const one of grown) measured.get(one.size)?.push(await measure(one));
  }
  return [...measured].map(([size, parts]) => ({ size, figures: averages(parts) }));
}

function named(what: string, measured: readonly { size: number; figures: Measured["figures"] }[]): Measured[] {
  return measured.map(({ size, figures }) => ({ name: `${what} at ${size}`, figures }));
}

async function activateAll(node: Node, actors: number): Promise<number> {
  const begunAt = performance.now();
  await Promise.all(Array.from({ length: actors }, (_, n) => readCounter(node, n)));
  return (actors / (performance.now() - begunAt)) * 1_000;
}
