import type { ActorType } from "../core/define.ts";
import { decodeKey } from "../core/keys.ts";
import { Replay } from "../core/replay.ts";
import { namedKey } from "../core/turn.ts";
import type { ReplayRange, ReplayStep } from "../protocol/replay.ts";
import { Past, type PastStore } from "./past.ts";
import type { ActorId } from "./ports.ts";

/**
 * Runs what an actor's journal recorded through its code again, a bounded number of entries at a time, and tells after
 * each where the two differ. Writes nothing and calls no effect.
 * @throws GreenroomError `not_found` when entries of the range are not there
 */
export async function* verify(
  store: PastStore,
  type: ActorType,
  { id, keyText }: { id: ActorId; keyText: string },
  range: ReplayRange,
): AsyncGenerator<ReplayStep> {
  const past = new Past(store);
  const { begins, head } = await past.range(id);
  const from = Math.max(range.from ?? 1, begins);
  const to = Math.min(range.to ?? head, head);
  if (from > to) return;
  const base = from === 1 ? undefined : await past.headAt(id, from - 1);
  const replay = new Replay(type, namedKey(type, decodeKey(keyText)), base);
  for await (const entries of past.entries(id, from, to)) {
    const divergences = entries.flatMap((entry) => replay.next(entry) ?? []);
    const turns = entries.filter(({ body }) => body.kind === "turn").length;
    yield { seq: entries.at(-1)?.seq ?? to, to, turns, divergences };
  }
}
