import { checkKey, decodeKey, encodeKey } from "../../core/define/keys.ts";
import { GreenroomError } from "../../core/errors.ts";
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
import { NEWEST_ACTOR, type Position } from "../../protocol/stream.ts";
import { unavailable } from "../actor/activation.ts";
import type { Activity } from "../actor/activity.ts";
import type { ActorCounts } from "../actor/counts.ts";
import type { Registry } from "../actor/registry.ts";
import type { InFlight } from "../admission/in-flight.ts";
import type { Inspector, ListRoom, LiveStatus } from "../api.ts";
import { Past } from "../history/past.ts";
import { withoutHistory } from "../history/with-history.ts";
import type { ActivityRequest, StoredActivity } from "../ports/activity-feed.ts";
import type { Clock } from "../ports/clock.ts";
import type { Address } from "../ports/ids.ts";
import type { StoredSummary } from "../ports/listing.ts";
import type { Store } from "../ports/store.ts";
import type { Limits } from "../shared/limits.ts";
import type { Types } from "../shared/types.ts";
import { History } from "./journal.ts";
import { Listing } from "./listing.ts";
import type { NodeMetrics } from "./metrics.ts";
import { describeType } from "./type-info.ts";
import type { TypeMetrics } from "./type-metrics.ts";

/** What the inspector reads from. */
export interface Sources {
  store: Store;
  registry: Pick<Registry, "get" | "all">;
  activity: Pick<Activity, "unwritten">;
  actorCounts: Pick<ActorCounts, "counts">;
  inFlight: Pick<InFlight, "size">;
  metrics: NodeMetrics;
  typeMetrics: Pick<TypeMetrics, "notes" | "read">;
  types: Types;
  limits: Limits;
  /** Who leads. */
  node: () => Overview["node"];
  /** By lane, the number of its last batch. */
  committed: () => readonly number[];
  newestActor: () => number;
  mailCounts: () => MailCounts;
  clock: Clock;
  startedAt: number;
}

/** Reads from the store, and adds what memory knows: it wakes nobody and writes nothing. */
export class StoreInspector implements Inspector {
  readonly #from: Sources;
  readonly #history: History;
  readonly #past: Past;
  readonly #listing: Listing;

  constructor(sources: Sources) {
    this.#from = sources;
    this.#history = new History(sources.store);
    this.#past = new Past(sources.store);
    this.#listing = new Listing(sources);
  }

  types(): TypeInfo[] {
    const { types, limits } = this.#from;
    return [...types.all()].map((definition) => describeType(definition, limits));
  }

  overview(): Overview {
    const { actorCounts, node, inFlight, limits, metrics, clock, startedAt } = this.#from;
    const { samples, lastCommitAt, database } = metrics.read();
    return {
      at: isoTime(clock.now()),
      startedAt: isoTime(startedAt),
      node: node(),
      database: { ok: database.error === null, since: isoTime(database.since), error: database.error },
      types: actorCounts.counts(),
      mail: this.mailCounts(),
      recoveries: this.#from.typeMetrics.notes,
      inFlight: inFlight.size,
      maxInFlight: limits.maxInFlight,
      maxActive: limits.maxActive,
      lastCommitAt: lastCommitAt === null ? null : isoTime(lastCommitAt),
      samples,
    };
  }

  databaseDownSince(): string | null {
    return this.#from.metrics.databaseDownSince;
  }

  mailCounts(): MailCounts {
    return this.#from.mailCounts();
  }

  position(): Position {
    return positionOf(this.#from.committed(), this.#from.newestActor());
  }

  async countCreated({ actors, type, q }: ListRoom, since: Position, to: Position): Promise<number> {
    const until = to[NEWEST_ACTOR] ?? 0;
    const ids = { after: since[NEWEST_ACTOR] ?? until, until };
    if (ids.after >= ids.until) return 0;
    const fits = { type, keyPart: q === undefined ? q : searchedPart(q), limit: MAX_COUNTED };
    return this.#read((store) => store.countCreated(fits, ids, actors.map(addressOf)));
  }

  async actor(type: string, keyText: string): Promise<ActorDetail> {
    const definition = this.#from.types.get(type);
    checkKey(decodeKey(keyText), definition.key);
    const stored = await this.#read((store) => store.detail({ type, keyText }));
    if (stored === null) throw neverUsed({ type, keyText });
    const actor = this.#from.registry.get(type, keyText);
    const kept = definition.persistence === "journal" ? await this.#folded(stored) : stored;
    return {
      ...this.#summary(stored),
      reason: actor?.reason ?? null,
      inLine: actor?.inLine ?? 0,
      effect: actor?.open?.running ?? null,
      nextTry: actor?.nextTry ?? null,
      parked: actor?.parked ?? null,
      recovery: actor?.recovery ?? null,
      passivateAfterMs: this.#from.limits.passivateAfterMs ?? definition.passivateAfterMs,
      state: kept.state,
      stateBytes: kept.stateBytes,
      lastChange: kept.lastChange,
      begins: stored.begins,
      seq: definition.persistence === "journal" ? stored.head : stored.seq,
    };
  }

  journal(type: string, keyText: string, query: JournalQuery): Promise<Page<Entry>> {
    return this.#read(() =>
      this.#history.journal(this.#journaled(type, keyText), query, this.#from.metrics.newestCommits),
    );
  }

  checkpoints(type: string, keyText: string): Promise<CheckpointInfo[]> {
    return this.#read(() => this.#history.checkpoints(this.#journaled(type, keyText)));
  }

  async state(type: string, keyText: string): Promise<ActorState> {
    const { head, state } = await this.actor(type, keyText);
    return { head, state };
  }

  /** @throws GreenroomError `unknown_type`, `invalid_key`, or `not_found` for a type without a history */
  #journaled(type: string, keyText: string): Address {
    const definition = this.#from.types.get(type);
    checkKey(decodeKey(keyText), definition.key);
    if (!definition.history) throw withoutHistory(definition);
    return { type, keyText };
  }

  /** The state that a journal says an actor has, without waking it. */
  async #folded({ id, head }: StoredSummary): Promise<Pick<ActorDetail, "state" | "stateBytes" | "lastChange">> {
    const [{ state }, lastChange] = await this.#read(() =>
      Promise.all([this.#past.stateAt(id, head), this.#history.lastChange(id)]),
    );
    return { state, stateBytes: Buffer.byteLength(JSON.stringify(state)), lastChange };
  }

  liveStatus(type: string, keyText: string): LiveStatus | null {
    const actor = this.#from.registry.get(type, keyText);
    if (actor === undefined) return null;
    const { lifecycle, reason, inLine, open, nextTry, parked, recovery } = actor;
    const lastActiveAt = isoTime(actor.lastActiveAt);
    return { lifecycle, reason, inLine, effect: open?.running ?? null, nextTry, parked, recovery, lastActiveAt };
  }

  async summaries(names: readonly ActorName[]): Promise<(ActorSummary | null)[]> {
    const found = await this.#read((store) => store.summaries(names.map(addressOf)));
    return found.map((stored) => (stored === null ? null : this.#summary(stored)));
  }

  async actors(query: ActorsQuery): Promise<Page<ActorSummary>> {
    const { items, next } = await this.#read(() => this.#listing.page(query));
    return { items: items.map((row) => this.#summary(row)), next };
  }

  facets(q: string | undefined): Promise<TypeFacet[]> {
    return this.#read(() => this.#listing.facets(q));
  }

  activity(request: ActivityRequest): Promise<StoredActivity> {
    return this.#read((store) => store.activity(request));
  }

  everyActor(limit: number): Promise<Address[]> {
    return this.#read((store) => store.everyActor(limit));
  }

  typeStats(type: string): TypeStats {
    return this.#from.typeMetrics.read(this.#from.types.get(type).type);
  }

  #summary(stored: StoredSummary): ActorSummary {
    const { type, keyText, head, createdAt } = stored;
    const { lastActiveAt } = this.#listing.withActivity(stored);
    return {
      type,
      key: [...decodeKey(keyText)],
      keyText,
      persistence: this.#from.types.find(type)?.persistence ?? "state",
      lifecycle: this.#from.registry.get(type, keyText)?.lifecycle ?? "passivated",
      head,
      createdAt: isoTime(createdAt),
      lastActiveAt: isoTime(lastActiveAt),
    };
  }

  async #read<T>(reading: (store: Store) => Promise<T>): Promise<T> {
    try {
      return await reading(this.#from.store);
    } catch (error) {
      if (error instanceof Error && error.name === "StoreUnavailable") {
        this.#from.metrics.database(error);
        throw unavailable(error);
      }
      throw error;
    }
  }
}

function addressOf({ type, key }: ActorName): Address {
  return { type, keyText: encodeKey(key) };
}

/** The position of a reader that has seen all these batches, the last of each lane, and all actors up to the newest. */
export function positionOf(batches: readonly number[], newestActor: number): Position {
  return { ...Object.fromEntries(batches.entries()), [NEWEST_ACTOR]: newestActor };
}

function neverUsed({ type, keyText }: Address): GreenroomError {
  return new GreenroomError("not_found", `${type} ${keyText} has never been used: nothing was committed for it.`);
}
