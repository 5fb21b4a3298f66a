import type { ActorType } from "../../core/define/define.ts";
import { decodeKey } from "../../core/define/keys.ts";
import { GreenroomError } from "../../core/errors.ts";
import { Replay } from "../../core/replay/replay.ts";
import { runWhatIf, type WhatIfInput } from "../../core/replay/what-if.ts";
import { namedKey } from "../../core/turn/turn.ts";
import type { Head } from "../../protocol/fold.ts";
import type { Entry } from "../../protocol/journal.ts";
import type { Divergence, WhatIfRun } from "../../protocol/what-if.ts";

/** Recorded entries to replay, and the head before them. */
interface ReplayJob {
  kind: "replay";
  type: string;
  keyText: string;
  base: Head;
  entries: Entry[];
}

interface WhatIfJob extends WhatIfInput {
  kind: "what-if";
  type: string;
  keyText: string;
}

/** A run of actor code over recorded entries. Jobs are plain values, which can be sent to another thread. */
export type Job = ReplayJob | WhatIfJob;
/** The result of a job. `head` is the head after the replayed entries. */
export type Outcome<J extends Job> = J extends ReplayJob ? { head: Head; divergences: Divergence[] } : WhatIfRun;

/** Runs actor code over recorded entries, isolated from live actors. It calls no effect and writes nothing. */
export interface Sandbox {
  /** @throws GreenroomError as `runJob`, or when the job takes too long */
  run<J extends Job>(job: J): Promise<Outcome<J>>;
}

/** A sandbox in the calling thread, for callers that code which never returns may block. */
export function inPlace(types: readonly ActorType[]): Sandbox {
  return { run: async (job) => runJob(types, structuredClone(job)) };
}

/**
 * Runs a job and modifies it in place.
 * @throws GreenroomError `unknown_type`, or as `runWhatIf`
 */
export function runJob<J extends Job>(types: readonly ActorType[], job: J): Outcome<J> {
  const type = types.find((known) => known.type === job.type);
  if (type === undefined) throw new GreenroomError("unknown_type", `There is no actor type "${job.type}".`);
  const key = namedKey(type, decodeKey(job.keyText));
  if (job.kind === "what-if") return runWhatIf(type, key, job) as Outcome<J>;
  const { base, entries } = job;
  const replay = new Replay(type, key, base);
  const divergences = entries.flatMap((entry) => replay.next(entry) ?? []);
  return { head: base, divergences } as Outcome<J>;
}
