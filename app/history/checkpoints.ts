import type { CheckpointInfo } from "../../server/protocol/journal.ts";

/** How many valid checkpoints of an actor stay besides those that are kept for good. */
const LAST_KEPT = 2;

/**
 * Checkpoints that were read and those that were told of, newest first. The server lets go of the others. Of two at the
 * same seq the one written later counts; and to have read one is to know whether it is damaged.
 */
export function mergeCheckpoints(
  read: readonly CheckpointInfo[],
  told: readonly CheckpointInfo[],
): readonly CheckpointInfo[] {
  const bySeq = new Map<number, CheckpointInfo>();
  for (const checkpoint of [...told, ...read]) {
    const known = bySeq.get(checkpoint.seq);
    if (known === undefined || checkpoint.at >= known.at) bySeq.set(checkpoint.seq, checkpoint);
  }
  const all = [...bySeq.values()].sort((a, b) => b.seq - a.seq);
  const last = all.filter(({ damaged }) => !damaged)[LAST_KEPT - 1]?.seq ?? 0;
  return all.filter(({ seq, permanent }) => permanent || seq >= last);
}
