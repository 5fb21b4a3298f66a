import type { CheckpointsWritten } from "../../protocol/past.ts";
import type { ActorId } from "../ports/ids.ts";
import type { Store } from "../ports/store.ts";
import type { NodeDeps } from "../shared/deps.ts";
import { checksum } from "../shared/digest.ts";
import { Past } from "./past.ts";

/** The distance between permanent checkpoints, in entries. */
export const CHECKPOINT_DISTANCE = 1_000;
/** Checkpoints that one call writes. */
const MAX_WRITTEN = 10;
/** After an entry of these kinds no turn is open, so a checkpoint may be written. */
const CLOSING = ["turn", "attempt_failed", "forked", "adopted"] as const;

/**
 * Folds an actor up to a seq and writes a permanent checkpoint at the last seq up to there at which no turn is open.
 * Returns that seq, or null if it is below `begins`.
 * @throws GreenroomError `not_found` when a required entry was pruned
 */
export async function writePermanentCheckpoint(
  { store, clock }: Pick<NodeDeps, "store" | "clock">,
  id: ActorId,
  { seq: wanted, begins }: { seq: number; begins: number },
): Promise<number | null> {
  const { entries } = await store.entries({ id, before: wanted + 1, kinds: CLOSING, limit: 1, bytes: 0 });
  const seq = entries[0]?.seq ?? 0;
  if (seq < begins) return null;
  const head = await new Past(store).headAt(id, seq);
  const state = JSON.stringify(head.state ?? null);
  const { version, turnTime } = head;
  const row = { id, seq, state, checksum: checksum(state), version, turnTime, at: clock.now(), permanent: true };
  await store.writePermanentCheckpoint(row);
  return seq;
}

/**
 * Writes the missing permanent checkpoints after a seq, up to `MAX_WRITTEN` of them.
 * @throws GreenroomError as `writePermanentCheckpoint`
 */
export async function writeMissingCheckpoints(
  deps: Pick<NodeDeps, "store" | "clock">,
  id: ActorId,
  after: number,
): Promise<CheckpointsWritten> {
  const { begins, head } = await new Past(deps.store).range(id);
  const seqs: number[] = [];
  let at = nextAfter(Math.max(after, begins - 1));
  for (; at <= head && seqs.length < MAX_WRITTEN; at = nextAfter(at)) {
    if (await hasNear(deps.store, id, at)) continue;
    const seq = await writePermanentCheckpoint(deps, id, {
      seq: at,
      begins: Math.max(begins, at - CHECKPOINT_DISTANCE + 1),
    });
    if (seq !== null) seqs.push(seq);
  }
  return { seqs, next: at > head ? null : at - 1, head };
}

/** Whether the newest checkpoint up to a seq is valid, permanent and within the distance. */
async function hasNear(store: Store, id: ActorId, seq: number): Promise<boolean> {
  const [nearest] = await store.checkpoints(id, seq + 1, 1);
  return nearest?.valid === true && nearest.permanent && nearest.seq > seq - CHECKPOINT_DISTANCE;
}

function nextAfter(seq: number): number {
  return (Math.floor(seq / CHECKPOINT_DISTANCE) + 1) * CHECKPOINT_DISTANCE;
}
