import { Batcher } from "./batcher.ts";
import { MAX_LOOKUP } from "./limits.ts";
import type { ActorId, Clock, KeptReply, Store } from "./ports.ts";

/** Looks up what is kept under idempotency keys: all keys that come meanwhile in one statement. */
export class KeptReplies extends Batcher<{ id: ActorId; idempotencyKey: string }, KeptReply | null> {
  constructor(store: Store, clock: Clock) {
    super((wanted) => store.keptReplies(wanted), MAX_LOOKUP, clock);
  }
}
