import { isoTime } from "../core/time.ts";
import type { ActorSummary } from "../protocol/actors.ts";
import { isFound, searchedPart } from "../protocol/key-text.ts";
import { NEWEST_ACTOR } from "../protocol/stream.ts";
import type { Inspector, ListRoom } from "../runtime/api.ts";
import type { ActorId, Address } from "../runtime/ports/ids.ts";
import type { ActorChange, CreatedActor } from "../runtime/shared/events.ts";
import { addressOf, addressText, type FrameBody, type Gap, later, type Round, type View } from "./view.ts";

/** The shortest time between two frames of a list, in milliseconds: browsers show tables four times a second. */
const INTERVAL_MS = 250;

/**
 * The actors of a list: the summaries of those in which something happened, and how many others were created, since the
 * reader left off if it was here before.
 */
export class ActorsView implements View {
  readonly addresses: readonly Address[];
  stale = true;
  readonly #inspector: Inspector;
  readonly #room: ListRoom;
  readonly #fits: (address: Address) => boolean;
  readonly #summaries = new Map<string, ActorSummary>();
  readonly #untold = new Set<string>();
  /** The newest change of each actor, which its summary has not seen: looked at when a frame is made, not when it comes. */
  readonly #changes = new Map<ActorId, ActorChange>();
  #created = 0;
  #begun = false;
  #toldAt = 0;

  /** The newest actor that the store was asked for: none up to it is counted again. */
  #counted = 0;

  constructor(inspector: Inspector, room: ListRoom) {
    const { actors, type, q } = room;
    this.#inspector = inspector;
    this.#room = room;
    this.addresses = actors.map(addressOf);
    const listed = new Set(this.addresses.map(addressText));
    const part = q === undefined ? "" : searchedPart(q);
    this.#fits = (address) =>
      (type === undefined || address.type === type) &&
      isFound(address.keyText, part) &&
      !listed.has(addressText(address));
  }

  async load(absence?: Gap): Promise<void> {
    this.stale = false;
    const [summaries] = await Promise.all([this.#summariesNow(), absence && this.#countCreated(absence)]);
    for (const summary of summaries) {
      if (summary === null) continue;
      const name = addressText(summary);
      const known = this.#summaries.get(name);
      if (known === undefined || known.head <= summary.head) this.#summaries.set(name, summary);
      this.#untold.add(name);
    }
  }

  async #summariesNow(): Promise<(ActorSummary | null)[]> {
    const { actors } = this.#room;
    return actors.length === 0 ? [] : this.#inspector.summaries(actors);
  }

  /** Up to where events are listened to, the store knows who was created; from there on the events tell. */
  async #countCreated({ since, until }: Gap): Promise<void> {
    if (since === null) return;
    this.#counted = until[NEWEST_ACTOR] ?? 0;
    const missed = await this.#inspector.countCreated(this.#room, since, until);
    this.#created += missed;
  }

  changed(change: ActorChange): void {
    this.#changes.set(change.id, change);
  }

  lived(address: Address): void {
    const name = addressText(address);
    if (this.#summaries.has(name)) this.#untold.add(name);
    else this.stale = true;
  }

  checkpointed(): void {}

  mailed(): void {}

  erased(): void {}

  created(actors: readonly CreatedActor[]): void {
    this.#created += actors.filter((actor) => actor.id > this.#counted && this.#fits(actor)).length;
  }

  news({ now }: Round): boolean {
    if (!this.#begun) return true;
    if (now - this.#toldAt < INTERVAL_MS) return false;
    this.#see();
    return this.#untold.size > 0 || this.#created > 0;
  }

  /** Brings the summaries to where the changes lead. */
  #see(): void {
    for (const change of this.#changes.values()) {
      const name = addressText(change);
      const summary = this.#summaries.get(name);
      if (summary === undefined) this.stale = true;
      else if (change.head > summary.head) {
        this.#summaries.set(name, { ...summary, head: change.head, lastActiveAt: isoTime(change.at) });
        this.#untold.add(name);
      }
    }
    this.#changes.clear();
  }

  take({ now }: Round): FrameBody {
    this.#toldAt = now;
    this.#see();
    const actors = [...this.#untold].flatMap((name) => this.#now(name) ?? []);
    const created = this.#created;
    this.#untold.clear();
    this.#created = 0;
    this.#begun = true;
    return { actors, created };
  }

  #now(name: string): ActorSummary | undefined {
    const summary = this.#summaries.get(name);
    if (summary === undefined) return undefined;
    const glance = this.#inspector.liveStatus(summary);
    const lastActiveAt = later(summary.lastActiveAt, glance?.lastActiveAt ?? summary.lastActiveAt);
    const now = { ...summary, lifecycle: glance?.lifecycle ?? "passivated", lastActiveAt };
    this.#summaries.set(name, now);
    return now;
  }
}
