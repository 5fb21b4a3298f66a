import { parentPort, workerData } from "node:worker_threads";
import type { ActorType } from "../core/define/define.ts";
import { errorBody } from "../core/errors.ts";
import type { ErrorBody } from "../protocol/errors.ts";
import { type Job, type Outcome, runJob } from "../runtime/history/sandbox.ts";

// The thread of a sandbox: it loads the actor types for itself, since code cannot be sent, and does one job after the other.

/** Where the thread finds the actor types: a module that exports `actorTypes`, and what that is to be called with. */
export interface TypesSource {
  module: string;
  dependencies: object;
}

/** What the thread answers to a job. */
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
