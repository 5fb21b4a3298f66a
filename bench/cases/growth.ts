import { performance } from "node:perf_hooks";
import { type Ask, increment, readCounter, viewProduct } from "../lib/asks.ts";
import type { Case, Measured } from "../lib/case.ts";
import { type Node, onNode } from "../lib/node.ts";
import { seedCounters, seedUsers } from "../lib/seed.ts";
import type { Stage } from "../lib/stage.ts";
import { averages } from "../lib/stats.ts";
import { measureOn } from "../lib/turns.ts";

/** A database and its number of entries or states. */
interface Seeded {
  url: string;
  size: number;
}

/** Whether turns and activations slow down as the database grows. */
export const growth: Case = {
  name: "growth",
  about: "turns and activations of the same actors, with a growing number of entries or states in the database",
  async run(stage) {
    return [...(await withEntries(stage)), ...(await withStates(stage))];
  },
};

/** The same number of actors, each with more entries. */
function withEntries(stage: Stage): Promise<Measured[]> {
  const { actors, growth } = stage.size;
  const seed = (url: string, size: number) =>
    seedCounters(url, { count: actors, entries: Math.ceil(size / actors), checkpoint: true });
  return onDatabases(stage, growth, seed, async (seeded) => {
    const activations = await inTurn(stage, seeded, async ({ url }) => {
      return { perSecond: await onNode(stage.log, url, (node) => activateAll(node, actors)) };
    });
    return [...named("activation", activations), ...(await turnsOn(stage, "journal", seeded, increment))];
  });
}

/** More states. The same number of actors is asked. */
function withStates(stage: Stage): Promise<Measured[]> {
  const { actors, growth } = stage.size;
  const seed = (url: string, size: number) => seedUsers(url, Math.max(size, actors));
  return onDatabases(stage, growth, seed, (seeded) => turnsOn(stage, "state", seeded, viewProduct));
}

async function turnsOn(stage: Stage, what: string, seeded: readonly Seeded[], ask: Ask): Promise<Measured[]> {
  const { actors, hotCallers: callers, seconds, warmUp, rounds } = stage.size;
  const part = { ...stage, size: { ...stage.size, seconds: seconds / rounds, warmUp: warmUp / rounds } };
  const turns = { name: what, ask, actors, callers };
  const measured = await inTurn(stage, seeded, ({ url }) =>
    onNode(stage.log, url, async (node) => (await measureOn(part, url, node, turns)).figures),
  );
  return named(what, measured);
}

/** Runs `work` with a database of each size, all at the same time. */
function onDatabases<T>(
  stage: Stage,
  [size, ...others]: readonly number[],
  seed: (url: string, size: number) => Promise<void>,
  work: (seeded: readonly Seeded[]) => Promise<T>,
): Promise<T> {
  if (size === undefined) return work([]);
  return stage.onDatabase(async (url) => {
    await seed(url, size);
    return onDatabases(stage, others, seed, (seeded) => work([{ url, size }, ...seeded]));
  });
}

/** Measures all databases in turn, in several rounds. Returns the averages of each. */
async function inTurn(
  { size: { rounds } }: Stage,
  seeded: readonly Seeded[],
  measure: (one: Seeded) => Promise<Measured["figures"]>,
) {
  const measured = new Map<number, Measured["figures"][]>(seeded.map(({ size }) => [size, []]));
  for (let round = 0; round < rounds; round++) {
    for (const one of seeded) measured.get(one.size)?.push(await measure(one));
  }
  return [...measured].map(([size, parts]) => ({ size, figures: averages(parts) }));
}

function named(what: string, measured: readonly { size: number; figures: Measured["figures"] }[]): Measured[] {
  return measured.map(({ size, figures }) => ({ name: `${what} at ${size}`, figures }));
}

async function activateAll(node: Node, actors: number): Promise<number> {
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: actors }, (_, n) => readCounter(node, n)));
  return (actors / (performance.now() - startedAt)) * 1_000;
}
