import type { CheckpointInfo } from "../../server/protocol/journal.ts";

/** How many checkpoints of an actor stay besides those that are kept for good. */
const LAST_KEPT = 2;

/** Checkpoints that were read and those that were told of since, newest first. The server lets go of the others. */
export function mergeCheckpoints(
  read: readonly CheckpointInfo[],
  told: readonly CheckpointInfo[],
): readonly CheckpointInfo[] {
  const bySeq = new Map([...read, ...told].map((checkpoint) => [checkpoint.seq, checkpoint]));
  return [...bySeq.values()].sort((a, b) => b.seq - a.seq).filter(({ sparse }, i) => sparse || i < LAST_KEPT);
}
