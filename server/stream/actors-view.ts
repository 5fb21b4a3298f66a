import { isoTime } from "../core/time.ts";
import type { ActorName, ActorSummary } from "../protocol/actors.ts";
import { searchedPart } from "../protocol/key-text.ts";
import type { Room } from "../protocol/stream.ts";
import type { ActorChange } from "../runtime/events.ts";
import type { Address } from "../runtime/ports.ts";
import type { Inspector } from "../runtime/surface.ts";
import { addressOf, addressText, type FrameBody, later, type View } from "./view.ts";

type ListRoom = Extract<Room, { kind: "actors" }>;

/** The actors of a list: the summaries of those in which something happened, and how many were created. */
export class ActorsView implements View {
  readonly addresses: readonly Address[];
  stale = true;
  readonly #inspector: Inspector;
  readonly #names: readonly ActorName[];
  readonly #fits: (address: Address) => boolean;
  readonly #summaries = new Map<string, ActorSummary>();
  readonly #untold = new Set<string>();
  #created = 0;
  #begun = false;

  constructor(inspector: Inspector, { actors, type, q }: ListRoom) {
    this.#inspector = inspector;
    this.#names = actors;
    this.addresses = actors.map(addressOf);
    const part = q === undefined ? "" : searchedPart(q);
    this.#fits = (address) =>
      (type === undefined || address.type === type) && address.keyText.toLowerCase().includes(part);
  }

  async load(): Promise<void> {
    this.stale = false;
    const summaries = this.#names.length === 0 ? [] : await this.#inspector.summaries(this.#names);
    for (const summary of summaries) {
      if (summary === null) continue;
      const name = addressText(summary);
      const known = this.#summaries.get(name);
      if (known === undefined || known.head <= summary.head) this.#summaries.set(name, summary);
      this.#untold.add(name);
    }
  }

  changed(change: ActorChange): void {
    const name = addressText(change);
    const summary = this.#summaries.get(name);
    if (summary === undefined) this.stale = true;
    else if (change.head > summary.head) {
      this.#summaries.set(name, { ...summary, head: change.head, lastActiveAt: isoTime(change.at) });
      this.#untold.add(name);
    }
  }

  lived(address: Address): void {
    const name = addressText(address);
    if (this.#summaries.has(name)) this.#untold.add(name);
    else this.stale = true;
  }

  checkpointed(): void {}

  created(actors: readonly Address[]): void {
    this.#created += actors.filter((address) => this.#fits(address)).length;
  }

  news(): boolean {
    return !this.#begun || this.#untold.size > 0 || this.#created > 0;
  }

  take(): FrameBody {
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
    const glance = this.#inspector.glance(summary.type, summary.keyText);
    const lastActiveAt = later(summary.lastActiveAt, glance?.lastActiveAt ?? summary.lastActiveAt);
    const now = { ...summary, lifecycle: glance?.lifecycle ?? "passivated", lastActiveAt };
    this.#summaries.set(name, now);
    return now;
  }
}
