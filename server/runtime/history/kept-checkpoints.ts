import type { CheckpointsWritten } from "../../protocol/past.ts";
import type { Clock } from "../ports/clock.ts";
import type { ActorId } from "../ports/ids.ts";
import type { Store } from "../ports/store.ts";
import { checksum } from "../shared/digest.ts";
import { Past } from "./past.ts";

/** How far apart the checkpoints are that are kept for good, in entries. */
export const APART = 1_000;
/** Checkpoints that one call writes at most. */
const MAX_WRITTEN = 10;
/** After an entry of these kinds no turn is open: only there a checkpoint may be. */
const CLOSING = ["turn", "attempt_failed", "forked", "adopted"] as const;

/** What of the world is needed to keep checkpoints. */
export interface CheckpointKeeper {
  store: Store;
  clock: Clock;
}

/**
 * Folds an actor up to a seq and keeps a checkpoint: there, or where no turn is open, before it. Returns where; null when
 * that would be below `begins`, the first seq that is kept.
 * @throws GreenroomError `not_found` when what must be folded was pruned
 */
export async function writePermanentCheckpoint(
  { store, clock }: CheckpointKeeper,
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
 * Writes checkpoints after a seq where none is near: one for each thousand entries, a bounded number of them.
 * @throws GreenroomError as `writePermanentCheckpoint`
 */
export async function keepCheckpoints(
  keeper: CheckpointKeeper,
  id: ActorId,
  after: number,
): Promise<CheckpointsWritten> {
  const { begins, head } = await new Past(keeper.store).range(id);
  const seqs: number[] = [];
  let at = nextAfter(Math.max(after, begins - 1));
  for (; at <= head && seqs.length < MAX_WRITTEN; at = nextAfter(at)) {
    if (await isNear(keeper.store, id, at)) continue;
    const seq = await writePermanentCheckpoint(keeper, id, { seq: at, begins: Math.max(begins, at - APART + 1) });
    if (seq !== null) seqs.push(seq);
  }
  return { seqs, next: at > head ? null : at - 1, head };
}

/** Whether the thousand entries up to a seq have a checkpoint already that holds. */
async function isNear(store: Store, id: ActorId, seq: number): Promise<boolean> {
  const [nearest] = await store.checkpoints(id, seq + 1, 1);
  return nearest?.valid === true && nearest.permanent && nearest.seq > seq - APART;
}

function nextAfter(seq: number): number {
  return (Math.floor(seq / APART) + 1) * APART;
}
