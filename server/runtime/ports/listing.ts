import type { ActorsQuery, LastChange } from "../../protocol/actors.ts";
import type { Json } from "../../protocol/json.ts";
import type { ActorId, Address } from "./ids.ts";

/** What a list says of one actor, from the store. */
export interface StoredSummary extends Address {
  id: ActorId;
  head: number;
  createdAt: number;
  lastActiveAt: number;
}

/** All that the store has of one actor. */
export interface StoredDetail extends StoredSummary {
  state: Json;
  stateBytes: number;
  lastChange: LastChange | null;
  /** The seq of its newest entry; 0 where there is none. */
  seq: number;
  /** That of the first; 1 where there is none. */
  begins: number;
  /** Where the commit of this state stands: its lane and batch; null when nothing was committed. */
  batch: { lane: number; number: number } | null;
}

/** Where a page of a list ends, by what it is sorted: the next begins after it. */
export type ListCursor =
  | { by: "active"; lastActiveAt: number; id: ActorId }
  | { by: "created"; id: ActorId }
  | { by: "key"; keyText: string; type: string };

/** By what a list is sorted, and whether the newest or greatest is first. Ids grow in the order of creation. */
export interface ListOrder {
  by: ListCursor["by"];
  descending: boolean;
}

/** What a list is asked of the store: in an order, after `after`, leaving out `except`. */
export interface ListRequest {
  type: string | undefined;
  /** Searched in the text form of the key, in lower case: see `isFound`. */
  keyPart: string | undefined;
  except: readonly ActorId[];
  order: ListOrder;
  /** Of the same order. */
  after: ListCursor | undefined;
  limit: ActorsQuery["limit"];
}

/** A page of a list. Where looking for more would have had no bound, it may have fewer rows than were asked for. */
export interface ListPage {
  rows: StoredSummary[];
  /** The last actor that was looked at, where others come after it that may be found; null where there are none. */
  reached: StoredSummary | null;
}

/** What an actor must be like to be counted, and where counting ends. */
export type Fits = Pick<ListRequest, "type" | "keyPart" | "limit">;

/** Where lists of actors are read from. Every method throws `StoreUnavailable` when the database cannot be reached. */
export interface ListingStore {
  list(request: ListRequest): Promise<ListPage>;
  /** The given actors' summaries, in their order; null for those that are not there. */
  summaries(addresses: readonly Address[]): Promise<(StoredSummary | null)[]>;
  countByType(): Promise<Map<string, number>>;
  /** All actors by type, and in the order in which they came to be; `limit` at most. */
  everyActor(limit: number): Promise<Address[]>;
  /** How many keys a search finds, by type; `limit` in all at most. */
  countFound(keyPart: string, limit: number): Promise<Map<string, number>>;
  /** How many actors fit, with ids above `after` and up to `until`, but for `except`; `limit` at most. */
  countCreated(fits: Fits, ids: { after: number; until: number }, except: readonly Address[]): Promise<number>;
}
