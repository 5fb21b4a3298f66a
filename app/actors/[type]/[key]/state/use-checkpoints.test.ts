import { expect, test } from "vitest";
import type { CheckpointInfo } from "../../../../../server/protocol/journal.ts";
import { mergeCheckpoints } from "./use-checkpoints.ts";

const checkpoint = (seq: number, rest: Partial<CheckpointInfo> = {}): CheckpointInfo => {
  return { seq, at: "", bytes: 2, version: 1, permanent: false, damaged: false, ...rest };
};
const seqs = (list: readonly CheckpointInfo[]) => list.map(({ seq }) => seq);

test("keeps the last two checkpoints and the permanent ones", () => {
  const read = [checkpoint(1010), checkpoint(1000, { permanent: true })];
  expect(seqs(mergeCheckpoints(read, [checkpoint(1020), checkpoint(1030)]))).toEqual([1030, 1020, 1000]);
  expect(mergeCheckpoints(read, [checkpoint(1010)])).toEqual(read);
  expect(mergeCheckpoints([], [])).toEqual([]);
});

test("does not count a damaged checkpoint among the last two", () => {
  const read = [checkpoint(20, { damaged: true }), checkpoint(10)];
  expect(seqs(mergeCheckpoints(read, [checkpoint(25)]))).toEqual([25, 20, 10]);
  expect(seqs(mergeCheckpoints(read, [checkpoint(25), checkpoint(35)]))).toEqual([35, 25]);
});

test("a checkpoint that was read as damaged stays so until it is written again", () => {
  const reported = checkpoint(20, { at: "2026-01-01T00:00:01.000Z" });
  const read = { ...reported, damaged: true };
  expect(mergeCheckpoints([read], [reported])).toEqual([read]);
  const rewritten = { ...reported, at: "2026-01-01T00:00:02.000Z" };
  expect(mergeCheckpoints([read], [reported, rewritten])).toEqual([rewritten]);
});
