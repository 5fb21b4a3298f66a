import { MAX_CELLS } from "../protocol/bounds.ts";
import { lifecycleLetters, type MapFrame, type MapGroup } from "../protocol/map.ts";
import { MAX_FRAME_BYTES } from "../protocol/stream.ts";
import type { Inspector } from "../runtime/api.ts";
import type { Address } from "../runtime/ports/ids.ts";
import type { CommittedEvent, CreatedActor, LifeEvent } from "../runtime/shared/events.ts";
import { addressText, type FrameBody, type GlobalListener, QuietView, type Round } from "./view.ts";

/** The least time between two frames, in milliseconds: nobody sees more. */
const MAP_INTERVAL_MS = 250;

interface Place {
  type: string;
  index: number;
  /** As it was told last. */
  letter: string;
}

/** Where every actor is in its life, as long as there are few enough of them; and which ones committed something. */
export class MapView extends QuietView {
  readonly listener: GlobalListener = {
    committed: (event) => this.#committed(event),
    lived: (event) => this.#lived(event),
    erased: () => {
      this.stale = true;
    },
  };
  readonly #inspector: Inspector;
  /** Where the actors' cells are; null when there are too many. */
  #places: Map<string, Place> | null = null;
  /** How many cells each type has. */
  readonly #counts = new Map<string, number>();
  /** Who came to be while all were read. */
  #created: CreatedActor[] = [];
  #isReading = true;
  /** What is to be told: all of it anew, or what became another. No more than there are cells. */
  #groups: MapGroup[] | null | undefined;
  #added = new ByType<[string, string]>();
  #changed = new ByType<string>();
  #worked = new ByType<true>();
  /** The newest frame told who worked: the next one tells that it is over. */
  #isFlashing = false;
  #toldAt = 0;

  constructor(inspector: Inspector) {
    super();
    this.#inspector = inspector;
  }

  override async load(): Promise<void> {
    this.stale = false;
    this.#isReading = true;
    this.#created = [];
    const all = await this.#inspector.everyActor(MAX_CELLS + 1);
    this.#isReading = false;
    this.#forget();
    this.#places = all.length > MAX_CELLS ? null : new Map();
    this.#groups = this.#places === null ? null : this.#grouped(all);
    for (const actor of this.#created) this.#add(actor);
  }

  override created(actors: readonly CreatedActor[]): void {
    if (this.#isReading) this.#created.push(...actors.slice(0, MAX_CELLS));
    else for (const actor of actors) this.#add(actor);
  }

  override news(round: Round): boolean {
    const hasNews = this.#isFlashing || [this.#added, this.#changed, this.#worked].some((told) => told.size > 0);
    return (hasNews || this.#groups !== undefined) && round.now - this.#toldAt >= MAP_INTERVAL_MS;
  }

  override take(round: Round): FrameBody {
    const map: MapFrame = {
      ...(this.#groups === undefined ? {} : { groups: this.#groups }),
      added: this.#added.map((_, actor) => actor),
      changes: this.#changed.map((index, letter) => [index, letter]),
      worked: this.#worked.map((index) => index),
    };
    this.#isFlashing = this.#worked.size > 0;
    this.#groups = undefined;
    this.#added = new ByType();
    this.#changed = new ByType();
    this.#worked = new ByType();
    this.#toldAt = round.now;
    return { map };
  }

  #forget(): void {
    this.#counts.clear();
    this.#added = new ByType();
    this.#changed = new ByType();
    this.#worked = new ByType();
  }

  #grouped(all: readonly Address[]): MapGroup[] {
    const groups = new Map<string, { keys: (string | null)[]; letters: string[] }>();
    let bytes = 0;
    for (const actor of all) {
      const { type, keyText } = actor;
      const group = groups.get(type) ?? { keys: [], letters: [] };
      groups.set(type, group);
      bytes += keyText.length;
      group.keys.push(bytes > MAX_FRAME_BYTES ? null : keyText);
      group.letters.push(this.#place(actor).letter);
    }
    return [...groups].map(([type, { keys, letters }]) => ({ type, keys, cells: letters.join("") }));
  }

  #place(address: Address): Place {
    const { type } = address;
    const index = this.#counts.get(type) ?? 0;
    const place = { type, index, letter: this.#letter(address) };
    this.#counts.set(type, index + 1);
    this.#places?.set(addressText(address), place);
    return place;
  }

  #add(actor: Address): void {
    if (this.#places === null || this.#places.has(addressText(actor))) return;
    if (this.#places.size >= MAX_CELLS) {
      this.#forget();
      this.#places = null;
      this.#groups = null;
    } else {
      const { index, letter } = this.#place(actor);
      this.#added.set(actor.type, index, [actor.keyText, letter]);
    }
  }

  #lived(event: LifeEvent): void {
    const place = this.#places?.get(addressText(event));
    if (place !== undefined) this.#tell(place, lifecycleLetters[event.lifecycle]);
  }

  /** That an actor works again, or no longer waits, is no step in its life of its own. */
  #committed({ changes, mailboxes }: CommittedEvent): void {
    if (this.#places === null) return;
    for (const address of mailboxes) this.#look(address);
    for (const change of changes) {
      const place = this.#look(change);
      if (place !== undefined) this.#worked.set(place.type, place.index, true);
    }
  }

  #look(address: Address): Place | undefined {
    const place = this.#places?.get(addressText(address));
    if (place !== undefined) this.#tell(place, this.#letter(address));
    return place;
  }

  #tell(place: Place, letter: string): void {
    if (place.letter === letter) return;
    place.letter = letter;
    this.#changed.set(place.type, place.index, letter);
  }

  /** Where an actor is; whether it has a message just now is told by who worked. */
  #letter({ type, keyText }: Address): string {
    const lifecycle = this.#inspector.liveStatus({ type, keyText })?.lifecycle ?? "passivated";
    return lifecycleLetters[lifecycle === "processing" ? "active" : lifecycle];
  }
}

/** What is known of some cells of each type: of each cell the newest. */
class ByType<T> {
  readonly #of = new Map<string, Map<number, T>>();

  get size(): number {
    return this.#of.size;
  }

  set(type: string, index: number, value: T): void {
    const known = this.#of.get(type);
    if (known === undefined) this.#of.set(type, new Map([[index, value]]));
    else known.set(index, value);
  }

  map<R>(change: (index: number, value: T) => R): Record<string, R[]> {
    return Object.fromEntries(
      [...this.#of].map(([type, cells]) => [type, [...cells].map(([i, value]) => change(i, value))]),
    );
  }
}
