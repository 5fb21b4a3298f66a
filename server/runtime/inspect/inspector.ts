import { decodeKey, encodeKey } from "../../core/define/keys.ts";
import { isoTime } from "../../core/time.ts";
import type {
  ActorDetail,
  ActorName,
  ActorState,
  ActorSummary,
  ActorsQuery,
  Page,
  TypeFacet,
  TypeInfo,
} from "../../protocol/actors.ts";
import { MAX_COUNTED } from "../../protocol/bounds.ts";
import type { CheckpointInfo, Entry, JournalQuery } from "../../protocol/journal.ts";
import { searchedPart } from "../../protocol/key-text.ts";
import type { MailCounts } from "../../protocol/mail.ts";
import type { Overview, TypeStats } from "../../protocol/overview.ts";
import { NEWEST_ACTOR, type Position, type Room } from "../../protocol/stream.ts";
import type { Activity } from "../actor/activity.ts";
import type { ActorCounts } from "../actor/counts.ts";
import type { Registry } from "../actor/registry.ts";
import type { InFlight } from "../admission/in-flight.ts";
import { Past, recordedActor } from "../history/past.ts";
import type { ActivityRequest, StoredActivity } from "../ports/activity-feed.ts";
import type { Address } from "../ports/ids.ts";
import type { StoredSummary } from "../ports/listing.ts";
import type { Store } from "../ports/store.ts";
import type { NodeDeps } from "../shared/deps.ts";
import { neverUsed, orUnavailable } from "../shared/refusals.ts";
import { JournalReader } from "./journal.ts";
import { Listing } from "./listing.ts";
import type { NodeMetrics } from "./metrics.ts";
import { describeType } from "./type-info.ts";
import type { TypeMetrics } from "./type-metrics.ts";

/** A list of actors that a subscriber watches. */
export type ListRoom = Extract<Room, { kind: "actors" }>;

/** An actor's live status, which only memory knows. */
export type LiveStatus = Pick<
  ActorDetail,
  "lifecycle" | "reason" | "queued" | "effect" | "nextTry" | "parked" | "recovery" | "lastActiveAt"
>;

/** What an inspector reads from. */
export interface InspectorDeps extends Pick<NodeDeps, "store" | "types" | "limits" | "clock"> {
  registry: Pick<Registry, "get" | "all">;
  activity: Pick<Activity, "unwritten">;
  actorCounts: Pick<ActorCounts, "counts">;
  inFlight: Pick<InFlight, "size">;
  metrics: NodeMetrics;
  typeMetrics: Pick<TypeMetrics, "notes" | "read">;
  /** The node that leads. */
  node: () => Overview["node"];
  /** By lane, the number of its last batch. */
  committed: () => readonly number[];
  newestActor: () => number;
  mailCounts: () => MailCounts;
  startedAt: number;
}

/**
 * Reads actors from the store and merges what memory knows. It loads no actor and writes nothing. Every method throws
 * `GreenroomError`; those with a `type` throw `unknown_type`.
 */
export class StoreInspector {
  readonly #deps: InspectorDeps;
  readonly #journals: JournalReader;
  readonly #past: Past;
  readonly #listing: Listing;

  constructor(deps: InspectorDeps) {
    this.#deps = deps;
    this.#journals = new JournalReader(deps.store);
    this.#past = new Past(deps.store);
    this.#listing = new Listing(deps);
  }

  types(): TypeInfo[] {
    const { types, limits } = this.#deps;
    return [...types.all()].map((definition) => describeType(definition, limits));
  }

  overview(): Overview {
    const { actorCounts, node, inFlight, limits, metrics, clock, startedAt } = this.#deps;
    const { samples, lastCommitAt, database } = metrics.read();
    return {
      at: isoTime(clock.now()),
      startedAt: isoTime(startedAt),
      node: node(),
      database: { ok: database.error === null, since: isoTime(database.since), error: database.error },
      types: actorCounts.counts(),
      mail: this.mailCounts(),
      recoveries: this.#deps.typeMetrics.notes,
      inFlight: inFlight.size,
      maxInFlight: limits.maxInFlight,
      maxActive: limits.maxActive,
      lastCommitAt: lastCommitAt === null ? null : isoTime(lastCommitAt),
      samples,
    };
  }

  /** Since when the database does not answer this node, ISO, UTC; null while it does. */
  databaseDownSince(): string | null {
    return this.#deps.metrics.databaseDownSince;
  }

  /** Counts of mailbox messages and dead letters. The same object as long as they do not change. */
  mailCounts(): MailCounts {
    return this.#deps.mailCounts();
  }

  /** How far each lane has committed, and the newest actor. A read that starts after this call sees at least that. */
  position(): Position {
    return positionOf(this.#deps.committed(), this.#deps.newestActor());
  }

  /**
   * Counts the actors created after one position and up to another that match a list but are not in it; up to
   * `MAX_COUNTED`.
   */
  async countCreated({ actors, type, q }: ListRoom, since: Position, to: Position): Promise<number> {
    const until = to[NEWEST_ACTOR] ?? 0;
    const ids = { after: since[NEWEST_ACTOR] ?? until, until };
    if (ids.after >= ids.until) return 0;
    const fits = { type, keyPart: q === undefined ? q : searchedPart(q), limit: MAX_COUNTED };
    return this.#read((store) => store.countCreated(fits, ids, actors.map(addressOf)));
  }

  /** @throws GreenroomError `not_found` when it was never used */
  async actor(address: Address): Promise<ActorDetail> {
    const { persistence, passivateAfterMs } = this.#deps.types.named(address).definition;
    const stored = await this.#read((store) => store.detail(address));
    if (stored === null) throw neverUsed(address);
    const { state, stateBytes, lastChange } = persistence === "journal" ? await this.#folded(stored) : stored;
    return {
      ...(this.liveStatus(address) ?? notInMemory),
      ...this.#summary(stored),
      passivateAfterMs: this.#deps.limits.passivateAfterMs ?? passivateAfterMs,
      ...{ state, stateBytes, lastChange },
      begins: stored.begins,
      seq: persistence === "journal" ? stored.head : stored.seq,
    };
  }

  /** A page of a journal. @throws GreenroomError `not_found` when it was never used, or has no journal or history */
  journal(address: Address, query: JournalQuery): Promise<Page<Entry>> {
    return this.#read(async () => {
      const { id } = await recordedActor(this.#deps, address);
      return this.#journals.page(id, query, this.#deps.metrics.newestCommits);
    });
  }

  /** An actor's checkpoints, newest first. Throws as `journal`. */
  checkpoints(address: Address): Promise<CheckpointInfo[]> {
    return this.#read(async () => this.#journals.checkpoints((await recordedActor(this.#deps, address)).id));
  }

  /** The newest state. Throws as `actor`. */
  async state(address: Address): Promise<ActorState> {
    const { head, state } = await this.actor(address);
    return { head, state };
  }

  /** The newest state of an actor with a journal, folded without loading the actor. */
  async #folded({ id, head }: StoredSummary): Promise<Pick<ActorDetail, "state" | "stateBytes" | "lastChange">> {
    const [{ state }, lastChange] = await this.#read(() =>
      Promise.all([this.#past.stateAt(id, head), this.#journals.lastChange(id)]),
    );
    return { state, stateBytes: Buffer.byteLength(JSON.stringify(state)), lastChange };
  }

  /** An actor's live status, without a read of the store; null for an actor that is not in memory (passivated). */
  liveStatus(address: Address): LiveStatus | null {
    const actor = this.#deps.registry.get(address);
    if (actor === undefined) return null;
    const { lifecycle, reason, queued, open, nextTry, parked, recovery } = actor;
    const lastActiveAt = isoTime(actor.lastActiveAt);
    return { lifecycle, reason, queued, effect: open?.running ?? null, nextTry, parked, recovery, lastActiveAt };
  }

  /** Summaries of the named actors, in order; null for those never used. Up to `MAX_WATCHED`. */
  async summaries(names: readonly ActorName[]): Promise<(ActorSummary | null)[]> {
    const found = await this.#read((store) => store.summaries(names.map(addressOf)));
    return found.map((stored) => (stored === null ? null : this.#summary(stored)));
  }

  /** A page of actors. See `Listing.page`. */
  async actors(query: ActorsQuery): Promise<Page<ActorSummary>> {
    const { items, next } = await this.#read(() => this.#listing.page(query));
    return { items: items.map((row) => this.#summary(row)), next };
  }

  /** The number of actors, or of those that a search finds, by type and lifecycle. */
  facets(q: string | undefined): Promise<TypeFacet[]> {
    return this.#read(() => this.#listing.facets(q));
  }

  /** The stored activity between two positions. */
  activity(request: ActivityRequest): Promise<StoredActivity> {
    return this.#read((store) => store.activity(request));
  }

  /** Up to `limit` actors, by type and then in the order of creation. */
  everyActor(limit: number): Promise<Address[]> {
    return this.#read((store) => store.everyActor(limit));
  }

  /** What the actors of a type have done since the start. */
  typeStats(type: string): TypeStats {
    return this.#deps.typeMetrics.read(this.#deps.types.get(type).type);
  }

  #summary(stored: StoredSummary): ActorSummary {
    const { type, keyText, head, createdAt } = stored;
    const { lastActiveAt } = this.#listing.withActivity(stored);
    return {
      type,
      key: [...decodeKey(keyText)],
      keyText,
      persistence: this.#deps.types.find(type)?.persistence ?? "state",
      lifecycle: this.#deps.registry.get({ type, keyText })?.lifecycle ?? "passivated",
      head,
      createdAt: isoTime(createdAt),
      lastActiveAt: isoTime(lastActiveAt),
    };
  }

  #read<T>(reading: (store: Store) => Promise<T>): Promise<T> {
    return orUnavailable(() =>
      reading(this.#deps.store).catch((error: Error) => {
        if (error.name === "StoreUnavailable") this.#deps.metrics.database(error);
        throw error;
      }),
    );
  }
}

const notInMemory = { reason: null, queued: 0, effect: null, nextTry: null, parked: null, recovery: null };

function addressOf({ type, key }: ActorName): Address {
  return { type, keyText: encodeKey(key) };
}

/** The position after the last batch of each lane and the newest actor. */
export function positionOf(batches: readonly number[], newestActor: number): Position {
  return { ...Object.fromEntries(batches.entries()), [NEWEST_ACTOR]: newestActor };
}
