import { z } from "zod";
import type { Lifecycle } from "./actors.ts";
import { type EntryKind, entryKind } from "./journal.ts";

/**
 * The kinds of activity: entries; a new revision of a durable state; a message that failed and is retried (where no
 * entry records it); a dead letter; and a change of lifecycle.
 */
export const activityKind = z.enum([...entryKind.options, "state", "retry", "dead_letter", "life"]);
export type ActivityKind = z.infer<typeof activityKind> | EntryKind;

/** One event, summarized for a row. */
export interface ActivityEvent {
  /** Unique. */
  id: string;
  kind: ActivityKind;
  /** Milliseconds since 1970. */
  at: number;
  type: string;
  keyText: string;
  /** The actor's seq or revision at this event; null for a change of lifecycle. */
  head: number | null;
  /** The command or effect; null if there is none, or only an earlier entry names it. */
  name: string | null;
  messageId: string | null;
  /** The change, the error, or the reason. */
  text: string;
  isError: boolean;
  /** The new lifecycle. */
  lifecycle: Lifecycle | null;
}

/** The events since the previous frame, oldest first. If there are too many, only the newest. */
export interface Activity {
  items: ActivityEvent[];
  /** How many earlier events are omitted; they are in the store. */
  omitted: number;
  /** Set after an absence: what the store does not record event by event. */
  gap: Gap | null;
}

/** The events of an absence that are not recorded one by one: changes of durable states and of lifecycles. */
export interface Gap {
  /** The number of changes of durable states; null if only some actors are watched. */
  states: number | null;
  /** Counting stopped: `omitted` is a lower bound. */
  isMore: boolean;
}
