import type { ActorType } from "../core/define.ts";
import { GreenroomError } from "../core/errors.ts";
import { checkKey, encodeKey } from "../core/keys.ts";
import type { Log } from "../log.ts";
import { unavailable } from "./activation.ts";
import { KEEP_MS, PRUNE_ROWS } from "./limits.ts";
import type { Clock, Store } from "./ports.ts";

/** Deletes replies and commit rows that are kept no longer, as many as one go may. Never rejects. */
export async function pruneOld(store: Store, clock: Clock, log: Log): Promise<void> {
  try {
    await store.prune(clock.now() - KEEP_MS, PRUNE_ROWS);
  } catch (error) {
    log.warn({ err: error }, "old replies could not be deleted; they will be next time");
  }
}

/**
 * Deletes an actor's entries below a seq, but none that recovery needs; returns how many went.
 * @throws GreenroomError `not_found` when the actor was never used or keeps no journal, `invalid_key`, `unavailable`
 */
export async function pruneJournal(
  store: Store,
  { type, key: names, persistence }: ActorType,
  key: readonly string[],
  below: number,
): Promise<number> {
  checkKey(key, names);
  if (persistence !== "journal") throw new GreenroomError("not_found", `${type} keeps no journal.`);
  const keyText = encodeKey(key);
  try {
    const [summary] = await store.summaries([{ type, keyText }]);
    if (!summary) throw new GreenroomError("not_found", `${type} ${keyText} has never been used.`);
    let pruned = 0;
    for (let page = PRUNE_ROWS; page === PRUNE_ROWS; pruned += page) {
      page = await store.pruneJournal(summary.id, below, PRUNE_ROWS);
    }
    return pruned;
  } catch (error) {
    throw error instanceof GreenroomError ? error : unavailable(error);
  }
}
