import type { Entry, EntryKind } from "../../protocol/journal.ts";
import type { Position } from "../../protocol/stream.ts";
import type { Address } from "./ids.ts";

/** What of all that happened is wanted. */
export interface ActivityRequest {
  /** After it; null for the newest, however old. */
  since: Position | null;
  until: Position;
  type: string | undefined;
  keyText: string | undefined;
  kinds: readonly EntryKind[];
  /** Whether dead letters are wanted. */
  letters: boolean;
  /** The most entries, and the most letters, that are given: the newest. */
  limit: number;
}

/** A message that was given up, as far as a row tells of it. */
export interface StoredLetter extends Address {
  messageId: string;
  command: string;
  title: string;
  attempts: number;
  head: number;
  at: number;
}

/** What the store knows of what happened. Lists are oldest first. */
export interface StoredActivity {
  entries: (Entry & Address)[];
  letters: StoredLetter[];
  /** How many of both there were in all; at least, where `isMore`. */
  total: number;
  isMore: boolean;
  /** Changes of durable states, of all actors. */
  states: number;
}
