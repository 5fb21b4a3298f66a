import type { Clock } from "../ports/clock.ts";
import type { StoredReply } from "../ports/commit.ts";
import type { ActorId } from "../ports/ids.ts";
import type { Store } from "../ports/store.ts";
import { Batcher } from "../shared/batcher.ts";
import { MAX_LOOKUP } from "../shared/limits.ts";

/** Looks up what is kept under idempotency keys: all keys that come meanwhile in one statement. */
export class StoredReplies extends Batcher<{ id: ActorId; idempotencyKey: string }, StoredReply | null> {
  constructor(store: Store, clock: Clock) {
    super((wanted) => store.storedReplies(wanted), MAX_LOOKUP, clock);
  }
}
