import { MAX_CELLS } from "../protocol/bounds.ts";
import { lifecycleLetters, type MapFrame, type MapGroup } from "../protocol/overview.ts";
import { MAX_FRAME_BYTES } from "../protocol/stream.ts";
import type { Address } from "../runtime/ports/ids.ts";
import type { CommittedEvent, CreatedActor, LifeEvent } from "../runtime/shared/events.ts";
import { addressText, type FrameBody, type GlobalListener, type Round, View } from "./view.ts";

/** Minimum time between two frames, in milliseconds. */
const MAP_INTERVAL_MS = 250;

interface Cell {
  type: string;
  index: number;
  /** As last sent. */
  letter: string;
}

/** The lifecycle of every actor, unless there are too many, and which actors committed. */
export class MapView extends View {
  override readonly listener: GlobalListener = {
    committed: (event) => this.#committed(event),
    lifecycleChanged: (event) => this.#lifecycleChanged(event),
    erased: () => {
      this.stale = true;
    },
  };
  /** The cells by actor; null if there are too many. */
  #cells: Map<string, Cell> | null = null;
  /** The number of cells of each type. */
  readonly #counts = new Map<string, number>();
  /** Actors created during the read. */
  #created: CreatedActor[] = [];
  #isReading = true;
  /** The next frame: the full map, or the changes. Bounded by the number of cells. */
  #groups: MapGroup[] | null | undefined;
  #added = new ByType<[string, string]>();
  #changed = new ByType<string>();
  #worked = new ByType<true>();
  /** The last frame had working actors; the next one clears them. */
  #isFlashing = false;
  #sentAt = 0;

  override async load(): Promise<void> {
    this.stale = false;
    this.#isReading = true;
    this.#created = [];
    const all = await this.inspector.everyActor(MAX_CELLS + 1);
    this.#isReading = false;
    this.#forget();
    this.#cells = all.length > MAX_CELLS ? null : new Map();
    this.#groups = this.#cells === null ? null : this.#grouped(all);
    for (const actor of this.#created) this.#add(actor);
  }

  override created(actors: readonly CreatedActor[]): void {
    if (this.#isReading) this.#created.push(...actors.slice(0, MAX_CELLS));
    else for (const actor of actors) this.#add(actor);
  }

  override hasNews(round: Round): boolean {
    const hasNews = this.#isFlashing || [this.#added, this.#changed, this.#worked].some((pending) => pending.size > 0);
    return (hasNews || this.#groups !== undefined) && round.now - this.#sentAt >= MAP_INTERVAL_MS;
  }

  override takeFrame(round: Round): FrameBody {
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
    this.#sentAt = round.now;
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
      group.letters.push(this.#addCell(actor).letter);
    }
    return [...groups].map(([type, { keys, letters }]) => ({ type, keys, cells: letters.join("") }));
  }

  #addCell(address: Address): Cell {
    const { type } = address;
    const index = this.#counts.get(type) ?? 0;
    const cell = { type, index, letter: this.#letter(address) };
    this.#counts.set(type, index + 1);
    this.#cells?.set(addressText(address), cell);
    return cell;
  }

  #add(actor: Address): void {
    if (this.#cells === null || this.#cells.has(addressText(actor))) return;
    if (this.#cells.size >= MAX_CELLS) {
      this.#forget();
      this.#cells = null;
      this.#groups = null;
    } else {
      const { index, letter } = this.#addCell(actor);
      this.#added.set(actor.type, index, [actor.keyText, letter]);
    }
  }

  #lifecycleChanged(event: LifeEvent): void {
    const cell = this.#cells?.get(addressText(event));
    if (cell !== undefined) this.#update(cell, lifecycleLetters[event.lifecycle]);
  }

  /** Returning to work, and no longer waiting, are not lifecycle events. */
  #committed({ changes, mailboxes }: CommittedEvent): void {
    if (this.#cells === null) return;
    for (const address of mailboxes) this.#refresh(address);
    for (const change of changes) {
      const cell = this.#refresh(change);
      if (cell !== undefined) this.#worked.set(cell.type, cell.index, true);
    }
  }

  #refresh(address: Address): Cell | undefined {
    const cell = this.#cells?.get(addressText(address));
    if (cell !== undefined) this.#update(cell, this.#letter(address));
    return cell;
  }

  #update(cell: Cell, letter: string): void {
    if (cell.letter === letter) return;
    cell.letter = letter;
    this.#changed.set(cell.type, cell.index, letter);
  }

  /** The letter of an actor. "processing" counts as "active": `worked` reports who has a message. */
  #letter({ type, keyText }: Address): string {
    const lifecycle = this.inspector.liveStatus({ type, keyText })?.lifecycle ?? "passivated";
    return lifecycleLetters[lifecycle === "processing" ? "active" : lifecycle];
  }
}

/** The newest value of some cells, by type. */
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
