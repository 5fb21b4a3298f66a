import { parentPort, workerData } from "node:worker_threads";
import type { ActorType } from "../core/define/define.ts";
import { errorBody } from "../core/errors.ts";
import type { ErrorBody } from "../protocol/errors.ts";
import { type Job, type Outcome, runJob } from "../runtime/history/sandbox.ts";

// The thread of a sandbox. It loads the actor types itself, because code cannot be sent, and runs one job after the
// other.

/** The module that exports `actorTypes`, and the argument of that function. */
export interface TypesSource {
  module: string;
  dependencies: object;
}

/** The thread's answer to a job. */
export type Answer<J extends Job> = { ok: true; outcome: Outcome<J> } | { ok: false; error: ErrorBody };

const { module, dependencies } = workerData as TypesSource;
const { actorTypes } = (await import(module)) as { actorTypes(dependencies: object): readonly ActorType[] };
const types = actorTypes(dependencies);

parentPort?.on("message", (job: Job) => parentPort?.postMessage(answer(job)));

function answer<J extends Job>(job: J): Answer<J> {
  try {
    return { ok: true, outcome: runJob(types, job) };
  } catch (error) {
    return { ok: false, error: errorBody(error) };
  }
}
