import type { ActorType } from "../../core/define/define.ts";
import { emptyHead } from "../../protocol/fold.ts";
import type { ReplayRange, ReplayStep } from "../../protocol/replay.ts";
import type { ActorId } from "../ports/ids.ts";
import { Past, type PastStore } from "./past.ts";
import type { Sandbox } from "./sandbox.ts";

/**
 * Runs what an actor's journal recorded through its code again, a bounded number of entries at a time, and tells after
 * each where the two differ. Writes nothing and calls no effect.
 * @throws GreenroomError `not_found` when entries of the range are not there; and as the sandbox
 */
export async function* verify(
  { store, sandbox }: { store: PastStore; sandbox: Sandbox },
  { type, version }: ActorType,
  { id, keyText }: { id: ActorId; keyText: string },
  range: ReplayRange,
): AsyncGenerator<ReplayStep> {
  const past = new Past(store);
  const { begins, head } = await past.range(id);
  const from = Math.max(range.from ?? 1, begins);
  const to = Math.min(range.to ?? head, head);
  if (from > to) return;
  let base = from === 1 ? emptyHead(version) : await past.headAt(id, from - 1);
  for await (const entries of past.entries(id, from, to)) {
    const { head: reached, divergences } = await sandbox.run({ kind: "replay", type, keyText, base, entries });
    base = reached;
    const turns = entries.filter(({ body }) => body.kind === "turn").length;
    yield { seq: entries.at(-1)?.seq ?? to, to, turns, divergences };
  }
}
