import type { ActorType } from "../../core/define/define.ts";
import { GreenroomError } from "../../core/errors.ts";
import { emptyHead } from "../../protocol/fold.ts";
import type { Entry } from "../../protocol/journal.ts";
import { MAX_WHAT_IF_ENTRIES, type WhatIf, type WhatIfRequest } from "../../protocol/what-if.ts";
import type { ActorId } from "../ports/ids.ts";
import { Past, type PastStore } from "./past.ts";
import type { Sandbox } from "./sandbox.ts";

/** What a what-if needs. `now` is in milliseconds since 1970. */
interface WhatIfParts {
  store: PastStore;
  sandbox: Sandbox;
  now: number;
}

/**
 * Tries another past of an actor: runs recorded messages on the code at hand, some of them edited. Reads a bounded part
 * of the journal, writes nothing, wakes nobody and calls no effect. Of large entries it goes over as many as fit one reading.
 * @throws GreenroomError `not_found` when there is no such moment, `invalid_payload` when it is to go over too many entries;
 * and as the sandbox
 */
export async function tryWhatIf(
  { store, sandbox, now }: WhatIfParts,
  { type, version }: ActorType,
  { id, keyText }: { id: ActorId; keyText: string },
  { at, to, edits }: WhatIfRequest,
): Promise<WhatIf> {
  if (to !== undefined && (to < at || to > at + MAX_WHAT_IF_ENTRIES)) {
    const most = `at most ${MAX_WHAT_IF_ENTRIES} entries: to ${at + MAX_WHAT_IF_ENTRIES} from ${at}`;
    throw new GreenroomError(
      "invalid_payload",
      `A what-if goes forwards, over ${most}; begin it later, or end it sooner.`,
    );
  }
  const past = new Past(store);
  const base = at === 0 ? emptyHead(version) : await past.headAt(id, at);
  const { head } = await past.range(id);
  const original = await firstEntries(past, id, at, Math.min(to ?? at + MAX_WHAT_IF_ENTRIES, head));
  const run = await sandbox.run({ kind: "what-if", type, keyText, base, entries: original, edits, now });
  return { base, original, head, ...run };
}

/**
 * What messages made, one reading of it: a what-if ends before an entry that says what the actor was without the messages that
 * led there.
 */
async function firstEntries(past: Past, id: ActorId, at: number, to: number): Promise<Entry[]> {
  for await (const entries of past.entries(id, at + 1, to)) {
    const unmade = entries.findIndex(({ body }) => body.kind === "forked" || body.kind === "adopted");
    if (unmade === -1) return entries;
    if (unmade > 0) return entries.slice(0, unmade);
    const text = `Entry ${at + 1} says what it was then, without the messages that led there: begin at ${at + 1} or later.`;
    throw new GreenroomError("not_found", text);
  }
  return [];
}
