import { z } from "zod";
import { LIST_PAGE } from "./bounds.ts";
import type { Recovery, RunningEffect } from "./journal.ts";
import type { Json } from "./json.ts";
import type { NextTry } from "./mail.ts";

/** Where an actor is in its life. */
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

/** The name of one actor: its type and the segments of its key. */
export const actorName = z.object({ type: z.string(), key: z.array(z.string()) });
export type ActorName = z.infer<typeof actorName>;

/** How an actor's state is kept. */
export type Persistence = "state" | "journal";

/**
 * How much of an actor's past is kept: all of it, so many of its newest entries, or those of so many days. More is kept
 * where recovery needs it.
 */
export type Retention = "all" | { entries: number } | { days: number };

/** What changed a durable state last: the command, when (ISO, UTC), and the paths that differ from the state before. */
export interface LastChange {
  command: string;
  messageId: string;
  at: string;
  /** At most 32 paths; `more` says that there were others. */
  paths: (string | number)[][];
  more: boolean;
}

/** One row of a list of actors. */
export interface ActorSummary {
  type: string;
  key: string[];
  /** The key in its text form, as URLs carry it. */
  keyText: string;
  persistence: Persistence;
  lifecycle: Lifecycle;
  /** The revision of a durable state, or the highest seq of a journal; 0 when nothing has been committed yet. */
  head: number;
  createdAt: string;
  lastActiveAt: string;
}

/**
 * What a person can do to one actor, besides sending it messages.
 * - `passivate`: let it go, if it has nothing to do.
 * - `retry`: try what it is held up by again now: its loading, the turn that it is parked at, the message that backs off.
 * - `skip`, `dead-letter`: give up the message that it is held up by; it is gone, or kept as a dead letter.
 * - `crash`: lose what memory alone has of it. A test of recovery, which the server must have been started for.
 */
export const intervention = z.enum(["passivate", "retry", "skip", "dead-letter", "crash"]);
export type Intervention = z.infer<typeof intervention>;

/** The message of a turn that its actor is parked at: the code asks for other effects than are recorded. */
export interface ParkedAt {
  messageId: string;
  command: string;
}

/** All that is known of one actor without waking it. `state` is null while nothing has been committed. */
export interface ActorDetail extends ActorSummary {
  /** Why it is `failed`, or what it waits for; null otherwise. */
  reason: string | null;
  /** Messages accepted and not yet answered. */
  queued: number;
  /** The effect that its turn waits for; null while it waits for none. */
  effect: RunningEffect | null;
  /** When the message is tried again that all others wait for; null where none failed. */
  nextTry: NextTry | null;
  /** The turn that it is parked at, until a person or other code sets it right; null where it is not. */
  parked: ParkedAt | null;
  /** How it was brought back; null when it is not in memory, or keeps no journal. */
  recovery: Recovery | null;
  /** Milliseconds of idleness after which it is let go. */
  passivateAfterMs: number;
  state: Json;
  stateBytes: number;
  lastChange: LastChange | null;
  /** The seq of its newest entry: of a journal that is the head; 0 where none is kept. */
  seq: number;
  /** The seq of the first entry that is kept; 1 where none is. */
  begins: number;
}

/** The state at the newest revision. */
export interface ActorState {
  head: number;
  state: Json;
}

/** What a list of actors is sorted by: with a minus, the greatest or newest first. */
export const actorsSort = z.enum(["-active", "active", "-created", "created", "key", "-key"]);
export type ActorsSort = z.infer<typeof actorsSort>;

/** What a list of actors is asked for. `q` is searched in the key; `cursor` is the `next` of the page before. */
export const actorsQuery = z.object({
  type: z.string().optional(),
  status: lifecycle.optional(),
  q: z.string().max(1024).optional(),
  sort: actorsSort.default("-active"),
  /** It may hold a key, whose text form has three characters for a byte. */
  cursor: z.string().max(4096).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(LIST_PAGE),
});
export type ActorsQuery = z.infer<typeof actorsQuery>;

/** What the counts of a list's facets are asked for. */
export const facetsQuery = actorsQuery.pick({ q: true });

/**
 * How many actors of a type a search finds, by where they are in their life. Where `more` is true it finds `MAX_COUNTED`
 * actors or more in all: so many of those that are passivated were counted, and no others.
 */
export interface TypeFacet {
  type: string;
  counts: Partial<Record<Lifecycle, number>>;
  more: boolean;
}

/** One page of a list, and the cursor of the next; null at the end. */
export interface Page<T> {
  items: T[];
  next: string | null;
}

/** A command or query of a type, with the JSON Schema of what it takes. */
export interface OperationInfo {
  name: string;
  schema: Json;
}

/** An actor type as the console and the API show it. */
export interface TypeInfo {
  type: string;
  key: string[];
  persistence: Persistence;
  /** Whether its past is kept: always that of a journal, and of a durable state where the type says so. */
  history: boolean;
  retention: Retention;
  passivateAfterMs: number;
  commands: OperationInfo[];
  queries: OperationInfo[];
}
