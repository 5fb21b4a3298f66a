import type { ActorsQuery, Lifecycle, Page } from "../protocol/actors.ts";
import { searchedPart } from "../protocol/key-text.ts";
import type { Activity } from "./activity.ts";
import type { Actor } from "./actor.ts";
import { formatCursor, parseCursor } from "./cursor.ts";
import type { ListCursor, ListRequest, StoredSummary } from "./listing-port.ts";
import type { ActorId, Address, Store } from "./ports.ts";
import type { Registry } from "./registry.ts";

/** Lists actors: those of the store, and what memory knows of them. */
export class Listing {
  readonly #store: Store;
  readonly #registry: Pick<Registry, "all">;
  readonly #activity: Pick<Activity, "unwritten">;

  constructor(store: Store, registry: Pick<Registry, "all">, activity: Pick<Activity, "unwritten">) {
    this.#store = store;
    this.#registry = registry;
    this.#activity = activity;
  }

  /**
   * A page of actors, newest activity first. What the store does not know yet, since activity is written once a minute,
   * comes from memory: the store is asked for the others, and both are merged.
   */
  async page({ type, status, q, cursor, limit }: ActorsQuery): Promise<Page<StoredSummary>> {
    const after = cursor === undefined ? undefined : parseCursor(cursor);
    const keyPart = q === undefined || q === "" ? undefined : searchedPart(q);
    const unwritten = this.#activity.unwritten();
    const recent = [...unwritten.values()]
      .filter((actor) => matches(actor, type, status, keyPart) && comesAfter(actor, after))
      .sort(byActivity)
      .slice(0, limit);
    const { only, except } = this.#byStatus(status);
    const request: ListRequest = { type, keyPart, only, except: [...unwritten.keys(), ...except], after, limit };
    const [older, newer] = await Promise.all([
      this.#store.list(request),
      recent.length === 0 ? [] : this.#store.summaries(recent),
    ]);
    const rows = [...newer.flatMap((row) => row ?? []).map((row) => this.withActivity(row)), ...older];
    const page = rows.sort(byActivity).slice(0, limit);
    const last = page.at(-1);
    const more = last !== undefined && page.length === limit;
    return { items: page, next: more ? formatCursor(last) : null };
  }

  /** Only memory knows who is what; whoever is not in memory is passivated. */
  #byStatus(status: Lifecycle | undefined): { only: ActorId[] | undefined; except: ActorId[] } {
    if (status === undefined) return { only: undefined, except: [] };
    const inMemory = [...this.#registry.all()];
    if (status === "passivated") return { only: undefined, except: idsOf(inMemory) };
    return { only: idsOf(inMemory.filter((actor) => actor.lifecycle === status)), except: [] };
  }

  /** A summary with the newest time of activity, which may not be written yet. */
  withActivity(row: StoredSummary): StoredSummary {
    const actor = this.#activity.unwritten().get(row.id);
    return actor === undefined ? row : { ...row, lastActiveAt: actor.lastActiveAt };
  }
}

interface Placed {
  id: ActorId | null;
  lastActiveAt: number;
}

function byActivity(a: Placed, b: Placed): number {
  return b.lastActiveAt - a.lastActiveAt || Number(b.id) - Number(a.id);
}

function comesAfter(actor: Placed, after: ListCursor | undefined): boolean {
  return after === undefined || byActivity(after, actor) < 0;
}

function matches(actor: Actor, type?: string, status?: Lifecycle, keyPart?: string): boolean {
  if (type !== undefined && actor.type !== type) return false;
  if (status !== undefined && actor.lifecycle !== status) return false;
  return keyPart === undefined || actor.keyText.toLowerCase().includes(keyPart);
}

function idsOf(actors: readonly (Actor & Address)[]): ActorId[] {
  return actors.map((actor) => actor.id).filter((id) => id !== null);
}
