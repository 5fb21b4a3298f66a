import type { ActorType } from "../../core/define/define.ts";
import { checkKey, decodeKey } from "../../core/define/keys.ts";
import { GreenroomError } from "../../core/errors.ts";
import type { ActorId } from "../ports/ids.ts";
import type { Store } from "../ports/store.ts";
import type { Types } from "../shared/types.ts";

/** An actor whose past is kept, as the store knows it. */
export interface WithHistory {
  id: ActorId;
  keyText: string;
  type: ActorType;
}

/**
 * An actor whose type keeps a journal, or a history.
 * @throws GreenroomError `unknown_type`, `invalid_key`; `not_found` when it was never used, or its type keeps no past;
 * StoreUnavailable
 */
export async function withHistory(
  { store, types }: { store: Pick<Store, "summaries">; types: Types },
  name: string,
  keyText: string,
): Promise<WithHistory> {
  const type = types.get(name);
  checkKey(decodeKey(keyText), type.key);
  if (!type.history) throw withoutHistory(type);
  const [summary] = await store.summaries([{ type: name, keyText }]);
  if (!summary) throw new GreenroomError("not_found", `${name} ${keyText} has never been used.`);
  return { id: summary.id, keyText, type };
}

/** What is answered to whoever asks for the past of an actor whose type keeps none. */
export function withoutHistory({ type }: Pick<ActorType, "type">): GreenroomError {
  const text = `${type} keeps its newest state only, and no history. A type that is defined with history: true keeps one.`;
  return new GreenroomError("not_found", text);
}
