import { GreenroomError } from "../../core/errors.ts";
import { emptyHead } from "../../protocol/fold.ts";
import type { Entry } from "../../protocol/journal.ts";
import {
  MAX_WHAT_IF_ENTRIES,
  type ReplayRange,
  type ReplayStep,
  type WhatIf,
  type WhatIfRequest,
} from "../../protocol/what-if.ts";
import type { ActorId } from "../ports/ids.ts";
import { Past, type PastStore, type RecordedActor } from "./past.ts";
import type { Sandbox } from "./sandbox.ts";

/**
 * Replays an actor's recorded entries on the current code, a bounded number at a time, and yields where the two differ.
 * Writes nothing and calls no effect.
 * @throws GreenroomError `not_found` when entries of the range are missing; and as the sandbox
 */
export async function* replayEntries(
  { store, sandbox }: { store: PastStore; sandbox: Sandbox },
  { id, keyText, type: { type, version } }: RecordedActor,
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

/**
 * Runs recorded messages on the current code, some of them edited. Reads the entries that fit into one bounded read.
 * Writes nothing, loads no actor and calls no effect. `now` is in milliseconds since 1970.
 * @throws GreenroomError `not_found` when the actor had no such seq, `invalid_payload` when the range is too long; and as
 * the sandbox
 */
export async function tryWhatIf(
  { store, sandbox, now }: { store: PastStore; sandbox: Sandbox; now: number },
  { id, keyText, type: { type, version } }: RecordedActor,
  { at, to, edits }: WhatIfRequest,
): Promise<WhatIf> {
  const last = at + MAX_WHAT_IF_ENTRIES;
  if (to !== undefined && (to < at || to > last)) {
    const text = `A what-if from ${at} covers at most ${MAX_WHAT_IF_ENTRIES} entries, to ${last}: set to between ${at} and ${last}.`;
    throw new GreenroomError("invalid_payload", text);
  }
  const past = new Past(store);
  const base = at === 0 ? emptyHead(version) : await past.headAt(id, at);
  const { head } = await past.range(id);
  const original = await firstEntries(past, id, at, Math.min(to ?? last, head));
  const run = await sandbox.run({ kind: "what-if", type, keyText, base, entries: original, edits, now });
  return { base, original, head, ...run };
}

/** One read of the entries after `at`, up to the first that sets the state without messages. */
async function firstEntries(past: Past, id: ActorId, at: number, to: number): Promise<Entry[]> {
  for await (const entries of past.entries(id, at + 1, to)) {
    const unmade = entries.findIndex(({ body }) => body.kind === "forked" || body.kind === "adopted");
    if (unmade === -1) return entries;
    if (unmade > 0) return entries.slice(0, unmade);
    const text = `Entry ${at + 1} sets the state without recorded messages: start at ${at + 1} or later.`;
    throw new GreenroomError("not_found", text);
  }
  return [];
}
