import { isoTime } from "../core/time.ts";
import type { ActorSummary } from "../protocol/actors.ts";
import { isFound, searchedPart } from "../protocol/key-text.ts";
import { NEWEST_ACTOR } from "../protocol/stream.ts";
import type { Inspector, ListRoom } from "../runtime/api.ts";
import type { ActorId, Address } from "../runtime/ports/ids.ts";
import type { ActorChange, CreatedActor } from "../runtime/shared/events.ts";
import { addressOf, addressText, type Backfill, type FrameBody, later, type Round, View } from "./view.ts";

/** Minimum time between two frames, in milliseconds: browsers update tables four times a second. */
const INTERVAL_MS = 250;

/**
 * The actors of a list: summaries of those that changed, and the number of other actors created, since the reader's
 * last position if it was here before.
 */
export class ActorsView extends View {
  override readonly addresses: readonly Address[];
  override stale = true;
  readonly #room: ListRoom;
  readonly #fits: (address: Address) => boolean;
  readonly #summaries = new Map<string, ActorSummary>();
  readonly #unsent = new Set<string>();
  /**
   * The newest change of each actor, not yet in its summary. It is applied when a frame is made, not when it arrives.
   */
  readonly #changes = new Map<ActorId, ActorChange>();
  #created = 0;
  #hasSent = false;
  #sentAt = 0;

  /** The newest actor that the count from the store includes. */
  #counted = 0;

  constructor(inspector: Inspector, room: ListRoom) {
    super(inspector);
    const { actors, type, q } = room;
    this.#room = room;
    this.addresses = actors.map(addressOf);
    const listed = new Set(this.addresses.map(addressText));
    const part = q === undefined ? "" : searchedPart(q);
    this.#fits = (address) =>
      (type === undefined || address.type === type) &&
      isFound(address.keyText, part) &&
      !listed.has(addressText(address));
  }

  override async load(backfill?: Backfill): Promise<void> {
    this.stale = false;
    const [summaries] = await Promise.all([this.#summariesNow(), backfill && this.#countCreated(backfill)]);
    for (const summary of summaries) {
      if (summary === null) continue;
      const name = addressText(summary);
      const known = this.#summaries.get(name);
      if (known === undefined || known.head <= summary.head) this.#summaries.set(name, summary);
      this.#unsent.add(name);
    }
  }

  async #summariesNow(): Promise<(ActorSummary | null)[]> {
    const { actors } = this.#room;
    return actors.length === 0 ? [] : this.inspector.summaries(actors);
  }

  /** Counts the actors created until events were received; later ones are counted by events. */
  async #countCreated({ since, until }: Backfill): Promise<void> {
    if (since === null) return;
    this.#counted = until[NEWEST_ACTOR] ?? 0;
    const missed = await this.inspector.countCreated(this.#room, since, until);
    this.#created += missed;
  }

  override changed(change: ActorChange): void {
    this.#changes.set(change.id, change);
  }

  override lifecycleChanged(address: Address): void {
    const name = addressText(address);
    if (this.#summaries.has(name)) this.#unsent.add(name);
    else this.stale = true;
  }

  override created(actors: readonly CreatedActor[]): void {
    this.#created += actors.filter((actor) => actor.id > this.#counted && this.#fits(actor)).length;
  }

  override hasNews({ now }: Round): boolean {
    if (!this.#hasSent) return true;
    if (now - this.#sentAt < INTERVAL_MS) return false;
    this.#applyChanges();
    return this.#unsent.size > 0 || this.#created > 0;
  }

  #applyChanges(): void {
    for (const change of this.#changes.values()) {
      const name = addressText(change);
      const summary = this.#summaries.get(name);
      if (summary === undefined) this.stale = true;
      else if (change.head > summary.head) {
        this.#summaries.set(name, { ...summary, head: change.head, lastActiveAt: isoTime(change.at) });
        this.#unsent.add(name);
      }
    }
    this.#changes.clear();
  }

  override takeFrame({ now }: Round): FrameBody {
    this.#sentAt = now;
    this.#applyChanges();
    const actors = [...this.#unsent].flatMap((name) => this.#current(name) ?? []);
    const created = this.#created;
    this.#unsent.clear();
    this.#created = 0;
    this.#hasSent = true;
    return { actors, created };
  }

  #current(name: string): ActorSummary | undefined {
    const summary = this.#summaries.get(name);
    if (summary === undefined) return undefined;
    const status = this.inspector.liveStatus(summary);
    const lastActiveAt = later(summary.lastActiveAt, status?.lastActiveAt ?? summary.lastActiveAt);
    const now = { ...summary, lifecycle: status?.lifecycle ?? "passivated", lastActiveAt };
    this.#summaries.set(name, now);
    return now;
  }
}
