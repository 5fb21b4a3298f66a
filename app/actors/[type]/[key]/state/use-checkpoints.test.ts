import { expect, test } from "vitest";
import type { CheckpointInfo } from "../../../../../server/protocol/journal.ts";
import { mergeCheckpoints } from "./use-checkpoints.ts";

const checkpoint = (seq: number, told: Partial<CheckpointInfo> = {}): CheckpointInfo => {
  return { seq, at: "", bytes: 2, version: 1, permanent: false, damaged: false, ...told };
};
const seqs = (list: readonly CheckpointInfo[]) => list.map(({ seq }) => seq);

test("of checkpoints the last two stay, and those that are kept for good", () => {
  const read = [checkpoint(1010), checkpoint(1000, { permanent: true })];
  expect(seqs(mergeCheckpoints(read, [checkpoint(1020), checkpoint(1030)]))).toEqual([1030, 1020, 1000]);
  expect(mergeCheckpoints(read, [checkpoint(1010)])).toEqual(read);
  expect(mergeCheckpoints([], [])).toEqual([]);
});

test("a damaged checkpoint is none of the last two", () => {
  const read = [checkpoint(20, { damaged: true }), checkpoint(10)];
  expect(seqs(mergeCheckpoints(read, [checkpoint(25)]))).toEqual([25, 20, 10]);
  expect(seqs(mergeCheckpoints(read, [checkpoint(25), checkpoint(35)]))).toEqual([35, 25]);
});

test("whether a checkpoint is damaged says who read it, until it is written anew", () => {
  const told = checkpoint(20, { at: "2026-01-01T00:00:01.000Z" });
  const read = { ...told, damaged: true };
  expect(mergeCheckpoints([read], [told])).toEqual([read]);
  const anew = { ...told, at: "2026-01-01T00:00:02.000Z" };
  expect(mergeCheckpoints([read], [told, anew])).toEqual([anew]);
});
