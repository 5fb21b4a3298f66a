import { z } from "zod";
import type { Lifecycle } from "./actors.ts";
import { type EntryKind, entryKind } from "./journal.ts";

/**
 * The kinds of what happens: those of entries; a new revision of a durable state; a message that failed and is tried
 * again, where no entry tells it; one that was given up; and a step in an actor's life.
 */
export const activityKind = z.enum([...entryKind.options, "state", "retry", "dead_letter", "life"]);
export type ActivityKind = z.infer<typeof activityKind> | EntryKind;

/** One thing that happened, in a row's few words. */
export interface ActivityEvent {
  /** Tells it apart from all others. */
  id: string;
  kind: ActivityKind;
  /** Milliseconds since 1970. */
  at: number;
  type: string;
  keyText: string;
  /** The seq or revision that it brought, or at which the actor stood; null for a step in a life. */
  head: number | null;
  /** The command, or the effect; null where there is none, or an entry before tells it. */
  name: string | null;
  messageId: string | null;
  /** What changed, what was wrong, or why. */
  text: string;
  isError: boolean;
  /** Where a step in a life led to. */
  lifecycle: Lifecycle | null;
}

/** What happened since the frame before, oldest first: of very much the newest, and how many others there were. */
export interface Activity {
  items: ActivityEvent[];
  /** How many more happened before the first of them: they are in the store. */
  omitted: number;
  /** Set where the store told it, after an absence: what it does not keep one by one. */
  gap: Gap | null;
}

/** What is not known of an absence: changes of durable states, of which only the newest is kept, and steps of lives. */
export interface Gap {
  /** How many changes of durable states there were; null where only some actors are looked at. */
  states: number | null;
  /** There was more than could be counted: `omitted` are at least so many. */
  isMore: boolean;
}
