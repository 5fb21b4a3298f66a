import { z } from "zod";
import { LIST_PAGE } from "./bounds.ts";
import type { Json, Recovery, RunningEffect } from "./journal.ts";
import type { NextTry } from "./mail.ts";

/** The lifecycle of an actor. */
export const lifecycle = z.enum([
  "passivated",
  "activating",
  "recovering",
  "active",
  "processing",
  "waiting",
  "failed",
  "fenced",
]);
export type Lifecycle = z.infer<typeof lifecycle>;

/** The type and the key segments of an actor. */
export const actorName = z.object({ type: z.string(), key: z.array(z.string()) });
export type ActorName = z.infer<typeof actorName>;

/** How an actor is persisted: its newest state in one row, or a journal of entries. */
export type Persistence = "state" | "journal";

/**
 * How much of a journal or history is retained: all, the newest entries, or the newest days. More is retained where
 * recovery needs it.
 */
export type Retention = "all" | { entries: number } | { days: number };

/** The latest change of a durable state: the command, the time (ISO, UTC), and the paths that changed. */
export interface LastChange {
  command: string;
  messageId: string;
  at: string;
  /** At most 32 paths; `more` is true if there are others. */
  paths: (string | number)[][];
  more: boolean;
}

/** An actor in a list. */
export interface ActorSummary {
  type: string;
  key: string[];
  /** The key in its text form, as in URLs. */
  keyText: string;
  persistence: Persistence;
  lifecycle: Lifecycle;
  /** The revision of a durable state, or the highest seq of a journal; 0 before the first commit. */
  head: number;
  createdAt: string;
  lastActiveAt: string;
}

/**
 * An operator's intervention in one actor.
 *
 * - `passivate`: remove it from memory, if it is idle.
 * - `retry`: retry now what blocks it: its loading, the turn it is parked at, or the message that backs off.
 * - `skip`, `dead-letter`: give up the blocking message, and drop it or store it as a dead letter.
 * - `crash`: drop its state in memory, to test recovery. The server must be started with crashes allowed.
 */
export const intervention = z.enum(["passivate", "retry", "skip", "dead-letter", "crash"]);
export type Intervention = z.infer<typeof intervention>;

/** The message of the turn that an actor is parked at: the code requests other effects than the recorded ones. */
export interface ParkedAt {
  messageId: string;
  command: string;
}

/** Everything known about one actor without waking it. `state` is null before the first commit. */
export interface ActorDetail extends ActorSummary {
  /** Why it is `failed`, or what it waits for; else null. */
  reason: string | null;
  /** Messages accepted but not yet answered. */
  queued: number;
  /** The effect that its turn waits for, if any. */
  effect: RunningEffect | null;
  /** The next attempt of the failed message that blocks all others, if any. */
  nextTry: NextTry | null;
  /** The turn it is parked at, if any. Matching code or an intervention unparks it. */
  parked: ParkedAt | null;
  /** How it was recovered; null if it is not in memory, or has no journal. */
  recovery: Recovery | null;
  /** How long it stays in memory when idle, in milliseconds. */
  passivateAfterMs: number;
  state: Json;
  stateBytes: number;
  lastChange: LastChange | null;
  /** The seq of its newest entry; 0 without a history. */
  seq: number;
  /** The seq of the first stored entry; 1 if there is none. */
  begins: number;
}

/** The newest state. */
export interface ActorState {
  head: number;
  state: Json;
}

/** Sort orders of a list. Prefix `-` for descending. */
export const actorsSort = z.enum(["-active", "active", "-created", "created", "key", "-key"]);
export type ActorsSort = z.infer<typeof actorsSort>;

/** The query of a list of actors. `q` is searched in the key; `cursor` is the `next` of the previous page. */
export const actorsQuery = z.object({
  type: z.string().optional(),
  status: lifecycle.optional(),
  q: z.string().max(1024).optional(),
  sort: actorsSort.default("-active"),
  /** It can contain a key, whose text form has up to three characters per byte. */
  cursor: z.string().max(4096).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(LIST_PAGE),
});
export type ActorsQuery = z.infer<typeof actorsQuery>;

/** The query of the facet counts. */
export const facetsQuery = actorsQuery.pick({ q: true });

/**
 * How many actors of a type match a search, by lifecycle. If `more` is true, at least `MAX_COUNTED` actors match in
 * all; only that many passivated ones were counted, and no others.
 */
export interface TypeFacet {
  type: string;
  counts: Partial<Record<Lifecycle, number>>;
  more: boolean;
}

/** One page of a list. `next` is the cursor of the next page; null on the last one. */
export interface Page<T> {
  items: T[];
  next: string | null;
}

/** A command or query of a type, with the JSON Schema of its payload. */
export interface OperationInfo {
  name: string;
  schema: Json;
}

/** An actor type as the API shows it. */
export interface TypeInfo {
  type: string;
  key: string[];
  persistence: Persistence;
  /** Whether it has a history: always for a journal, optional for a durable state. */
  history: boolean;
  retention: Retention;
  passivateAfterMs: number;
  commands: OperationInfo[];
  queries: OperationInfo[];
}
