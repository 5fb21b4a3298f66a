import { expect, test } from "vitest";
import type { CheckpointInfo } from "../../server/protocol/journal.ts";
import { mergeCheckpoints } from "./checkpoints.ts";

const checkpoint = (seq: number, sparse = false): CheckpointInfo => ({ seq, at: "", bytes: 2, version: 1, sparse });

test("of checkpoints the last two stay, and those that are kept for good", () => {
  const read = [checkpoint(1010), checkpoint(1000, true)];
  expect(mergeCheckpoints(read, [checkpoint(1020), checkpoint(1030)]).map(({ seq }) => seq)).toEqual([
    1030, 1020, 1000,
  ]);
  expect(mergeCheckpoints(read, [checkpoint(1010)])).toEqual(read);
  expect(mergeCheckpoints([], [])).toEqual([]);
});
