import type { Activity } from "../actor/activity.ts";
import type { Actor } from "../actor/actor.ts";
import type { ActorCounts } from "../actor/counts.ts";
import type { Registry } from "../actor/registry.ts";
import type { ActorId, Address } from "../ports/ids.ts";
import { Batcher } from "../shared/batcher.ts";
import type { NodeDeps } from "../shared/deps.ts";
import type { CreatedEvent } from "../shared/events.ts";
import type { Receiver } from "../shared/external-write.ts";
import { MAX_BATCH } from "../shared/limits.ts";
import { type BatchItem, isStagedTurn, receiversOf } from "./batch.ts";

type IdentitiesDeps = Pick<NodeDeps, "store" | "clock" | "events"> & {
  registry: Registry;
  activity: Activity;
  actorCounts: ActorCounts;
};

/** Gets the ids of actors from the store, which creates missing ones, ahead of the batches that need them. */
export class Identities {
  /** The highest id known. */
  newest: number;
  readonly #deps: IdentitiesDeps;
  readonly #ids: Batcher<Address, ActorId>;

  constructor(deps: IdentitiesDeps, newest: number) {
    this.#deps = deps;
    this.newest = newest;
    this.#ids = new Batcher((addresses) => this.#allocate(addresses), MAX_BATCH, deps.clock);
  }

  /** An actor's id, created if there is none. @throws StoreUnavailable */
  async of(address: Address): Promise<ActorId> {
    return this.#deps.registry.get(address)?.id ?? this.#ids.ask(address);
  }

  /** Gives ids to the actors and receivers of the items that have none. @throws StoreUnavailable */
  async giveTo(items: readonly BatchItem[]): Promise<void> {
    const receivers: Receiver[] = [];
    const writers: Actor[] = [];
    for (const item of items) {
      for (const receiver of receiversOf(item)) if (receiver.id === null) receivers.push(receiver);
      if (isStagedTurn(item) && item.actor.id === null) writers.push(item.actor);
    }
    if (receivers.length + writers.length === 0) return;
    const named = new Map([...writers, ...receivers].map((one) => [`${one.type}/${one.keyText}`, one]));
    const ids = await Promise.all([...named.values()].map((one) => this.of(one)));
    const known = new Map([...named.keys()].map((name, i) => [name, ids[i] as ActorId]));
    for (const receiver of receivers) receiver.id = known.get(`${receiver.type}/${receiver.keyText}`) ?? null;
  }

  /** One statement for all lanes. */
  async #allocate(addresses: Address[]): Promise<ActorId[]> {
    const { store, clock, actorCounts, registry, activity, events } = this.#deps;
    const found = await store.allocate(addresses, clock.now());
    const created = new Map<string, CreatedEvent["actors"][number]>();
    for (const [i, { type, keyText }] of addresses.entries()) {
      const actor = registry.get({ type, keyText });
      const { id, isNew } = found[i] as (typeof found)[number];
      if (actor !== undefined) {
        registry.identify(actor, id);
        activity.mark(actor);
      }
      if (isNew) created.set(`${type}/${keyText}`, { type, keyText, id });
    }
    for (const { type } of created.values()) actorCounts.created(type, 1);
    this.newest = Math.max(this.newest, ...found.map(({ id }) => id));
    if (created.size > 0) events.emit({ kind: "created", actors: [...created.values()] });
    return found.map(({ id }) => id);
  }
}
