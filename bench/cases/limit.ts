import type { Case, Measured } from "../lib/case.ts";
import { formatCount } from "../lib/report.ts";
import type { Stage } from "../lib/stage.ts";
import { type Sample, takeSample } from "../limit/rows.ts";
import { shapes } from "../limit/shapes.ts";
import { measureWriting, type Writing } from "../limit/writers.ts";

/** How much shorter than a measurement a trial is. */
const TRIAL = 5;

/** Postgres without a runtime: the fastest way to write the same rows. */
export const limit: Case = {
  name: "limit",
  about: "this Postgres without a runtime: the same rows and bytes, written in the fastest of three ways",
  async run(stage) {
    const sample = await stage.once("sample", () => takeSample(stage));
    const { group, writers, actors } = stage.size;
    const measured: Measured[] = [];
    for (const what of ["entries", "states"] as const) {
      const ways = shapes.flatMap((shape) =>
        writers.map((connections) => ({ name: what, what, shape, connections, group, actors })),
      );
      measured.push(await measureFastest(stage, sample, ways));
    }
    const single = shapes.map((shape) => {
      return { name: "one entry", what: "entries" as const, shape, connections: 1, group: 1, actors };
    });
    measured.push(await measureFastest(stage, sample, single));
    return measured;
  },
};

async function measureFastest(stage: Stage, sample: Sample, ways: readonly Writing[]): Promise<Measured> {
  const way = await stage.once(`the fastest way for ${ways[0]?.name}`, () => findFastest(stage, sample, ways));
  return measureWriting(stage, sample, way, stage.size.seconds);
}

/** Tries every way for a short time, in rounds. The best trial counts, because a disturbed one is only slower. */
async function findFastest(stage: Stage, sample: Sample, ways: readonly Writing[]): Promise<Writing> {
  const best = new Map<Writing, number>();
  for (const way of Array.from({ length: stage.size.trials }, () => ways).flat()) {
    const { figures } = await measureWriting(stage, sample, way, stage.size.seconds / TRIAL);
    best.set(way, Math.max(best.get(way) ?? 0, figures.perSecond ?? 0));
  }
  const [fastest] = [...best].sort(([, one], [, other]) => other - one);
  for (const [{ name, shape, connections }, perSecond] of best) {
    const how = `${shape.name}, ${connections} connection${connections === 1 ? "" : "s"}`;
    stage.note(`${name}: ${how}: ${formatCount(perSecond)}/s`);
  }
  return fastest?.[0] as Writing;
}
