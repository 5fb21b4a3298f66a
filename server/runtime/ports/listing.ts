import type { ActorsQuery, LastChange } from "../../protocol/actors.ts";
import type { Json } from "../../protocol/journal.ts";
import type { ActorId, Address } from "./ids.ts";

/** An actor in a list, as stored. */
export interface StoredSummary extends Address {
  id: ActorId;
  head: number;
  createdAt: number;
  lastActiveAt: number;
}

/** One actor, as stored. */
export interface StoredDetail extends StoredSummary {
  state: Json;
  stateBytes: number;
  lastChange: LastChange | null;
  /** The seq of its newest entry; 0 if there is none. */
  seq: number;
  /** The seq of its first stored entry; 1 if there is none. */
  begins: number;
  /** The lane and batch that committed this state; null when nothing was committed. */
  batch: { lane: number; number: number } | null;
}

/** The end of a page, in terms of the sort column. The next page starts after it. */
export type ListCursor =
  | { by: "active"; lastActiveAt: number; id: ActorId }
  | { by: "created"; id: ActorId }
  | { by: "key"; keyText: string; type: string };

/** A list's sort column and direction. */
export interface ListOrder {
  by: ListCursor["by"];
  descending: boolean;
}

/** A page to read: in an order, after `after`, without the actors in `except`. */
export interface ListRequest {
  type: string | undefined;
  /** Searched in the text form of the key, in lower case: see `isFound`. */
  keyPart: string | undefined;
  except: readonly ActorId[];
  order: ListOrder;
  /** A cursor of the same order. */
  after: ListCursor | undefined;
  limit: ActorsQuery["limit"];
}

/** A page of a list. A search stops after a bounded number of keys, so it may have fewer rows than requested. */
export interface ListPage {
  rows: StoredSummary[];
  /** The last actor examined, if others after it may match; null at the end of the list. */
  reached: StoredSummary | null;
}

/** Which actors to count, and up to how many. */
export type CountFilter = Pick<ListRequest, "type" | "keyPart" | "limit">;

/** Lists and counts actors. Every method throws `StoreUnavailable` when the database cannot be reached. */
export interface ListingStore {
  list(request: ListRequest): Promise<ListPage>;
  /** The given actors' summaries, in the same order; null for actors that do not exist. */
  summaries(addresses: readonly Address[]): Promise<(StoredSummary | null)[]>;
  countByType(): Promise<Map<string, number>>;
  /** Up to `limit` actors, by type and then in the order of creation. */
  everyActor(limit: number): Promise<Address[]>;
  /** The number of keys that a search finds, by type; up to `limit` in all. */
  countFound(keyPart: string, limit: number): Promise<Map<string, number>>;
  /** Counts matching actors with ids above `after` and up to `until`, without `except`; up to `limit`. */
  countCreated(filter: CountFilter, ids: { after: number; until: number }, except: readonly Address[]): Promise<number>;
}
