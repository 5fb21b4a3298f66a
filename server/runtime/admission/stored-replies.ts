import type { StoredReply } from "../ports/commit.ts";
import type { ActorId } from "../ports/ids.ts";
import { Batcher } from "../shared/batcher.ts";
import type { NodeDeps } from "../shared/deps.ts";
import { MAX_LOOKUP } from "../shared/limits.ts";

/** Looks up the replies that are stored under idempotency keys, many keys with one statement. */
export class StoredReplies extends Batcher<{ id: ActorId; idempotencyKey: string }, StoredReply | null> {
  constructor({ store, clock }: Pick<NodeDeps, "store" | "clock">) {
    super((wanted) => store.storedReplies(wanted), MAX_LOOKUP, clock);
  }
}
