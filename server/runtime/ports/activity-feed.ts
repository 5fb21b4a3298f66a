import type { Entry, EntryKind } from "../../protocol/journal.ts";
import type { Position } from "../../protocol/stream.ts";
import type { Address } from "./ids.ts";

/** A filter for activity: entries and dead letters between two positions. */
export interface ActivityRequest {
  /** Exclusive; null for the newest activity, however old. */
  since: Position | null;
  until: Position;
  type: string | undefined;
  keyText: string | undefined;
  kinds: readonly EntryKind[];
  /** Whether to include dead letters. */
  letters: boolean;
  /** The maximum number of entries, and of dead letters. The newest are returned. */
  limit: number;
}

/** A dead letter, without its payload. */
export interface StoredLetter extends Address {
  messageId: string;
  command: string;
  title: string;
  attempts: number;
  head: number;
  at: number;
}

/** The activity found. Lists are oldest first. */
export interface StoredActivity {
  entries: (Entry & Address)[];
  letters: StoredLetter[];
  /** The number of matching entries and letters; a lower bound if `isMore`. */
  total: number;
  isMore: boolean;
  /** Changes of durable states, of all actors. */
  states: number;
}
