import type { ActorsQuery, Lifecycle, Page, TypeFacet } from "../../protocol/actors.ts";
import { MAX_COUNTED } from "../../protocol/bounds.ts";
import { isFound, searchedPart } from "../../protocol/key-text.ts";
import type { Activity } from "../actor/activity.ts";
import type { Actor } from "../actor/actor.ts";
import type { ActorCounts } from "../actor/counts.ts";
import type { Registry } from "../actor/registry.ts";
import type { ActorId, Address } from "../ports/ids.ts";
import type { ListCursor, ListOrder, ListPage, ListRequest, StoredSummary } from "../ports/listing.ts";
import type { Store } from "../ports/store.ts";
import { formatCursor, parseCursor } from "./cursor.ts";

/** What a listing reads from. */
interface Sources {
  store: Pick<Store, "list" | "summaries" | "countFound">;
  registry: Pick<Registry, "all">;
  activity: Pick<Activity, "unwritten">;
  actorCounts: Pick<ActorCounts, "counts">;
}

/** Lists actors: those of the store, and what memory knows of them. */
export class Listing {
  readonly #from: Sources;

  constructor(sources: Sources) {
    this.#from = sources;
  }

  /**
   * A page of actors. Only memory knows who is what; whoever is not in memory is passivated. A page that is not full, or
   * empty, ends the list only where `next` is null: a search goes no further for one page than has a bound.
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
   * What the store does not know yet, since activity is written once a minute, comes from memory: the store is asked for
   * the others, and both are merged.
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

  /** The first of some actors of which memory knows all that they are sorted by. */
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

  /** How many actors a search finds, or how many there are, by type and by where they are in their life. */
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

  /** A summary with the newest time of activity, which may not be written yet. */
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

type Placed = Partial<Address & { id: ActorId | null; lastActiveAt: number }>;

/** Below 0 where the first comes before the second, as the store has it. */
function comparing({ by, descending }: ListOrder): (a: Placed, b: Placed) => number {
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

/** Puts one into its place among the first `limit`, unless it comes after them. */
function insert<T>(first: T[], one: T, compare: (a: T, b: T) => number, limit: number): void {
  const last = first.at(-1);
  if (first.length === limit && last !== undefined && compare(one, last) >= 0) return;
  const place = first.findLastIndex((other) => compare(other, one) <= 0) + 1;
  first.splice(place, 0, one);
  if (first.length > limit) first.pop();
}

function isStored(actor: Actor): actor is Actor & { id: ActorId } {
  return actor.id !== null;
}

function idsOf(actors: Iterable<Actor>): ActorId[] {
  return [...actors].map((actor) => actor.id).filter((id) => id !== null);
}
