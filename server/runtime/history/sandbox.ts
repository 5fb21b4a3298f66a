import type { ActorType } from "../../core/define/define.ts";
import { decodeKey } from "../../core/define/keys.ts";
import { GreenroomError } from "../../core/errors.ts";
import { Replay } from "../../core/replay/replay.ts";
import { runWhatIf, type WhatIfInput } from "../../core/replay/what-if.ts";
import { namedKey } from "../../core/turn/turn.ts";
import type { Head } from "../../protocol/fold.ts";
import type { Entry } from "../../protocol/journal.ts";
import type { Divergence } from "../../protocol/replay.ts";
import type { WhatIfRun } from "../../protocol/what-if.ts";

/** Recorded entries that are to be replayed, and the head before them. */
interface ReplayJob {
  kind: "replay";
  type: string;
  keyText: string;
  base: Head;
  entries: Entry[];
}

/** A what-if that is to be run. */
interface WhatIfJob extends WhatIfInput {
  kind: "what-if";
  type: string;
  keyText: string;
}

/** Code of actors to be run over what is recorded: plain values, which may go to another thread. */
export type Job = ReplayJob | WhatIfJob;
/** What comes of a job; of a replay also the head after the entries. */
export type Outcome<J extends Job> = J extends ReplayJob ? { head: Head; divergences: Divergence[] } : WhatIfRun;

/** Runs code of actors over what is recorded, apart from the actors that live: it calls no effect and writes nothing. */
export interface Sandbox {
  /** @throws GreenroomError as the job does, or when it takes too long */
  run<J extends Job>(job: J): Promise<Outcome<J>>;
}

/** A sandbox in this very thread, for where code that hangs does no harm but to itself. */
export function inPlace(types: readonly ActorType[]): Sandbox {
  return { run: async (job) => runJob(types, structuredClone(job)) };
}

/**
 * Does a job, which must be the caller's own: it is changed in place.
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
