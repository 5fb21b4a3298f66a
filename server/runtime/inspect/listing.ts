import { GreenroomError } from "../../core/errors.ts";
import type { ActorsQuery, Lifecycle, Page, TypeFacet } from "../../protocol/actors.ts";
import { MAX_COUNTED } from "../../protocol/bounds.ts";
import { decodeKeyText, isFound, searchedPart } from "../../protocol/key-text.ts";
import type { Activity } from "../actor/activity.ts";
import type { Actor } from "../actor/actor.ts";
import type { ActorCounts } from "../actor/counts.ts";
import type { Registry } from "../actor/registry.ts";
import type { ActorId, Address } from "../ports/ids.ts";
import type { ListCursor, ListOrder, ListPage, ListRequest, StoredSummary } from "../ports/listing.ts";
import type { Store } from "../ports/store.ts";

interface Sources {
  store: Pick<Store, "list" | "summaries" | "countFound">;
  registry: Pick<Registry, "all">;
  activity: Pick<Activity, "unwritten">;
  actorCounts: Pick<ActorCounts, "counts">;
}

/** Lists actors: merges the store's rows with the actors in memory. */
export class Listing {
  readonly #from: Sources;

  constructor(sources: Sources) {
    this.#from = sources;
  }

  /**
   * A page of actors. An actor's lifecycle is known in memory only; an actor that is not in memory is passivated. A page
   * may be short or empty, because a search is bounded: the list ends only where `next` is null.
   */
  async page({ type, status, q, sort, cursor, limit }: ActorsQuery): Promise<Page<StoredSummary>> {
    const order = orderOf(sort);
    const after = cursor === undefined ? undefined : parseCursor(cursor, order.by);
    const request = { type, keyPart: partOf(q), order, after, limit };
    const { rows, reached } = await this.#rows(request, status);
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    const end = last !== undefined && page.length === limit ? last : reached;
    return { items: page, next: end === null ? null : formatCursor(cursorAt(end, order.by)) };
  }

  async #rows(request: Omit<ListRequest, "except">, status: Lifecycle | undefined): Promise<ListPage> {
    const { registry, store } = this.#from;
    if (status !== undefined && status !== "passivated") {
      return { rows: await this.#known(request, registry.all(), status), reached: null };
    }
    const except = status === undefined ? [] : idsOf(registry.all());
    return request.order.by === "active"
      ? this.#byActivity(request, except, status)
      : store.list({ ...request, except });
  }

  /**
   * Times of activity are stored once a minute. Actors with an unwritten time come from memory, the others from the store,
   * and both are merged.
   */
  async #byActivity(
    request: Omit<ListRequest, "except">,
    except: readonly ActorId[],
    status: Lifecycle | undefined,
  ): Promise<ListPage> {
    const unwritten = this.#from.activity.unwritten();
    const [older, newer] = await Promise.all([
      this.#from.store.list({ ...request, except: [...unwritten.keys(), ...except] }),
      this.#known(request, unwritten.values(), status),
    ]);
    const compare = comparing(request.order);
    const { reached } = older;
    const rows = [...newer, ...older.rows].sort(compare);
    return { rows: reached === null ? rows : rows.filter((row) => compare(row, reached) <= 0), reached };
  }

  /** The first matching actors of `actors`, whose sort columns are all known in memory. */
  async #known(
    { type, keyPart, order, after, limit }: Omit<ListRequest, "except">,
    actors: Iterable<Actor>,
    status: Lifecycle | undefined,
  ): Promise<StoredSummary[]> {
    const compare = comparing(order);
    const first: (Actor & { id: ActorId })[] = [];
    for (const actor of actors) {
      if (!isStored(actor) || (type !== undefined && actor.type !== type)) continue;
      if (status !== undefined && actor.lifecycle !== status) continue;
      if (after !== undefined && compare(after, actor) >= 0) continue;
      if (keyPart === undefined || isFound(actor.keyText, keyPart)) insert(first, actor, compare, limit);
    }
    if (first.length === 0) return [];
    const stored = await this.#from.store.summaries(first);
    const rows = new Map(stored.flatMap((row) => (row === null ? [] : [[row.id, row]])));
    return first.flatMap(({ id, lastActiveAt }) => {
      const row = rows.get(id);
      return row === undefined ? [] : { ...row, lastActiveAt };
    });
  }

  /** The number of actors, or of those that a search finds, by type and lifecycle. */
  async facets(q: string | undefined): Promise<TypeFacet[]> {
    const { actorCounts, registry, store } = this.#from;
    const all = actorCounts.counts().map((facet) => ({ ...facet, more: false }));
    const keyPart = partOf(q);
    if (keyPart === undefined) return all;
    const found = new Map(all.map(({ type }) => [type, { counts: {} as TypeFacet["counts"], stored: 0 }]));
    for (const { type, keyText, lifecycle, id } of registry.all()) {
      const facet = found.get(type);
      if (facet === undefined || !isFound(keyText, keyPart)) continue;
      facet.counts[lifecycle] = (facet.counts[lifecycle] ?? 0) + 1;
      if (id !== null) facet.stored += 1;
    }
    const counted = await store.countFound(keyPart, MAX_COUNTED);
    const more = [...counted.values()].reduce((sum, count) => sum + count, 0) >= MAX_COUNTED;
    return [...found].map(([type, { counts, stored }]) => {
      const passivated = (counted.get(type) ?? 0) - stored;
      return { type, counts: passivated > 0 ? { ...counts, passivated } : counts, more };
    });
  }

  /** A summary with the newest time of activity, which may be unwritten. */
  withActivity(row: StoredSummary): StoredSummary {
    const actor = this.#from.activity.unwritten().get(row.id);
    return actor === undefined ? row : { ...row, lastActiveAt: actor.lastActiveAt };
  }
}

function partOf(q: string | undefined): string | undefined {
  return q === undefined || q === "" ? undefined : searchedPart(q);
}

function orderOf(sort: ActorsQuery["sort"]): ListOrder {
  return { by: sort.replace("-", "") as ListOrder["by"], descending: sort.startsWith("-") };
}

function cursorAt({ lastActiveAt, id, keyText, type }: StoredSummary, by: ListOrder["by"]): ListCursor {
  if (by === "active") return { by, lastActiveAt, id };
  return by === "created" ? { by, id } : { by, keyText, type };
}

type Sorted = Partial<Address & { id: ActorId | null; lastActiveAt: number }>;

/** A comparison in the store's order. */
function comparing({ by, descending }: ListOrder): (a: Sorted, b: Sorted) => number {
  const sign = descending ? -1 : 1;
  return (a, b) => {
    if (by === "key") return sign * (compareText(a.keyText, b.keyText) || compareText(a.type, b.type));
    const byTime = by === "active" ? Number(a.lastActiveAt) - Number(b.lastActiveAt) : 0;
    return sign * (byTime || Number(a.id) - Number(b.id));
  };
}

function compareText(a = "", b = ""): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** Inserts into a sorted array of at most `limit` items, unless it comes after them. */
function insert<T>(first: T[], one: T, compare: (a: T, b: T) => number, limit: number): void {
  const last = first.at(-1);
  if (first.length === limit && last !== undefined && compare(one, last) >= 0) return;
  first.splice(first.findLastIndex((other) => compare(other, one) <= 0) + 1, 0, one);
  if (first.length > limit) first.pop();
}

function isStored(actor: Actor): actor is Actor & { id: ActorId } {
  return actor.id !== null;
}

function idsOf(actors: Iterable<Actor>): ActorId[] {
  return [...actors].map((actor) => actor.id).filter((id) => id !== null);
}

/** The last time in a cursor: the end of the year 9999. */
const MAX_TIME = 253_402_300_799_999;
const digits = "[0-9a-z]{1,11}";
const forms = {
  active: new RegExp(`^(?<time>${digits})\\.(?<id>${digits})$`),
  created: new RegExp(`^(?<id>${digits})$`),
  key: /^(?<type>[^/]{1,64})\/(?<keyText>.+)$/,
};

/** The text of a cursor, opaque to callers. */
export function formatCursor(cursor: ListCursor): string {
  switch (cursor.by) {
    case "active":
      return `${cursor.lastActiveAt.toString(36)}.${cursor.id.toString(36)}`;
    case "created":
      return cursor.id.toString(36);
    case "key":
      return `${cursor.type}/${cursor.keyText}`;
  }
}

/**
 * Parses a cursor that `formatCursor` wrote for the same sort column.
 * @throws GreenroomError `invalid_payload`
 */
export function parseCursor(text: string, by: ListCursor["by"]): ListCursor {
  const { time = "", id = "", type = "", keyText = "" } = forms[by].exec(text)?.groups ?? {};
  if (by === "key" && type !== "" && decodeKeyText(keyText) !== null) return { by, type, keyText };
  const number = Number.parseInt(id, 36) as ActorId;
  if (by === "created" && Number.isSafeInteger(number)) return { by, id: number };
  const lastActiveAt = Number.parseInt(time, 36);
  if (by === "active" && Number.isSafeInteger(number) && lastActiveAt <= MAX_TIME) {
    return { by, lastActiveAt, id: number };
  }
  throw new GreenroomError("invalid_payload", "The cursor is invalid; start without one.");
}
