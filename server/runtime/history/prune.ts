import type { Log } from "../../process/log.ts";
import type { Clock } from "../ports/clock.ts";
import type { ActorId } from "../ports/ids.ts";
import type { Store } from "../ports/store.ts";
import { KEEP_MS, PRUNE_ROWS } from "../shared/limits.ts";
import { type CheckpointKeeper, writePermanentCheckpoint } from "./kept-checkpoints.ts";

/** Deletes replies and commit rows that are kept no longer, as many as one go may. Never rejects. */
export async function pruneOld(store: Store, clock: Clock, log: Log): Promise<void> {
  try {
    await store.prune(clock.now() - KEEP_MS, PRUNE_ROWS);
  } catch (error) {
    log.warn({ err: error }, "old replies could not be deleted; they will be next time");
  }
}

/**
 * Deletes an actor's entries up to a seq, but none that it needs; returns how many went. It goes in steps: each writes a
 * checkpoint where what is kept will begin, then deletes what lies before it, at once. So every state that follows from
 * what is kept can be made after each of them, wherever it ends; when the node ends, after one of them.
 * @throws GreenroomError `not_found` when the entries have a hole; StoreUnavailable
 */
export async function pruneEntries(
  keeper: CheckpointKeeper & { ended: AbortSignal },
  id: ActorId,
  through: number,
): Promise<number> {
  const { store, ended } = keeper;
  let pruned = 0;
  while (!ended.aborted) {
    const found = await store.prunable(id);
    if (found === null) return pruned;
    const { begins, last } = found;
    const wanted = Math.min(through, last, begins - 1 + PRUNE_ROWS);
    const cut = wanted < begins ? null : await writePermanentCheckpoint(keeper, id, { seq: wanted, begins });
    const gone = cut === null ? 0 : await store.pruneThrough(id, cut);
    if (gone === 0) return pruned;
    pruned += gone;
  }
  return pruned;
}
