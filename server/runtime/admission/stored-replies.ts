import { Batcher } from "../shared/batcher.ts";
import { MAX_LOOKUP } from "../shared/limits.ts";
import type { ActorId, Clock, KeptReply, Store } from "../ports/store.ts";

/** Looks up what is kept under idempotency keys: all keys that come meanwhile in one statement. */
export class KeptReplies extends Batcher<{ id: ActorId; idempotencyKey: string }, KeptReply | null> {
  constructor(store: Store, clock: Clock) {
    super((wanted) => store.keptReplies(wanted), MAX_LOOKUP, clock);
  }
}
