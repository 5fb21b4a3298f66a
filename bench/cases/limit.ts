import type { Case, Measured } from "../lib/case.ts";
import { formatCount } from "../lib/report.ts";
import type { Stage } from "../lib/stage.ts";
import { type Sample, takeSample } from "../limit/rows.ts";
import { shapes } from "../limit/shapes.ts";
import { measureWriting, type Writing } from "../limit/writers.ts";

/** How much shorter the trials are that find the fastest way. */
const TRIAL = 5;

/** What Postgres does without a runtime: the fastest of all ways to write the very same rows. */
export const limit: Case = {
  name: "limit",
  about: "what this Postgres does without a runtime: the same rows and bytes, the fastest of three ways",
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

/** Tries every way for a short time, in rounds: what disturbs a trial makes it slower, never faster. */
async function findFastest(stage: Stage, sample: Sample, ways: readonly Writing[]): Promise<Writing> {
  const most = new Map<Writing, number>();
  for (const way of Array.from({ length: stage.size.trials }, () => ways).flat()) {
    const { figures } = await measureWriting(stage, sample, way, stage.size.seconds / TRIAL);
    most.set(way, Math.max(most.get(way) ?? 0, figures.perSecond ?? 0));
  }
  const [fastest] = [...most].sort(([, one], [, other]) => other - one);
  for (const [{ name, shape, connections }, perSecond] of most) {
    const how = `${shape.name}, ${connections} connection${connections === 1 ? "" : "s"}`;
    stage.tell(`${name}: ${how}: ${formatCount(perSecond)}/s`);
  }
  return fastest?.[0] as Writing;
}
