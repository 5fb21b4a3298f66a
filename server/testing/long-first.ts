import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that take longest, since they wait for processes that they kill and start: the longest first. */
const long = [
  "poison.int",
  "campaign.int",
  "bench.int",
  "crash.int",
  "ingest.int",
  "demo.int",
  "main.int",
  "embedded/postgres.int",
  "sigkill.int",
  "standby.int",
];

/** Begins with the files that take longest, so that none of them is left over when all others are done. */
export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ moduleId }: TestSpecification) => {
      const at = long.findIndex((name) => moduleId.endsWith(`${name}.test.ts`));
      return at < 0 ? long.length : at;
    };
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}
