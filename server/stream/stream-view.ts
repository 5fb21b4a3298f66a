import { randomUUID } from "node:crypto";
import type { Activity, ActivityEvent, ActivityKind } from "../protocol/activity.ts";
import { entryKind } from "../protocol/journal.ts";
import { MAX_FRAME_ENTRIES } from "../protocol/stream.ts";
import type { Inspector, StreamRoom } from "../runtime/api.ts";
import type { Address } from "../runtime/ports/ids.ts";
import type { ActorChange, CommittedEvent, LifeEvent } from "../runtime/shared/events.ts";
import { ofEntry, ofFailure, ofLetter, ofLife, ofState } from "./activity.ts";
import { type Backfill, type FrameBody, type GlobalListener, View } from "./view.ts";

/** Maximum number of events read from the store for a returning reader, the newest; a row is small. */
const MAX_CAUGHT_UP = 1_000;

/**
 * All activity that matches the room's filters. Between two frames it keeps the newest events, at most
 * `MAX_FRAME_ENTRIES`, and counts the rest. Events during an absence of the reader are read from the store.
 */
export class StreamView extends View {
  override readonly listener: GlobalListener = {
    committed: (event) => this.#committed(event),
    lifecycleChanged: (event) => this.#lifecycleChanged(event),
    erased: () => undefined,
  };
  readonly #room: StreamRoom;
  readonly #kinds: ReadonlySet<ActivityKind> | null;
  /** Makes the ids of lifecycle events unique across readers. */
  readonly #name = randomUUID();
  #steps = 0;
  #read: Activity = { items: [], omitted: 0, gap: null };
  #received: ActivityEvent[] = [];
  #omitted = 0;
  #hasSent = false;

  constructor(inspector: Inspector, room: StreamRoom) {
    super(inspector);
    this.#room = room;
    this.#kinds = room.kinds === undefined ? null : new Set(room.kinds);
  }

  override async load(backfill?: Backfill): Promise<void> {
    if (backfill === undefined) return;
    const { since, until } = backfill;
    const { type, keyText } = this.#room;
    const { entries, letters, total, isMore, states } = await this.inspector.activity({
      ...{ since, until, type, keyText, limit: MAX_CAUGHT_UP },
      kinds: entryKind.options.filter((kind) => this.#wants(kind)),
      letters: this.#wants("dead_letter"),
    });
    const all = [...entries.map((entry) => ofEntry(entry, entry)), ...letters.map(ofLetter)];
    const items = all.sort((a, b) => a.at - b.at).slice(-MAX_CAUGHT_UP);
    const isAll = type === undefined && this.#wants("state");
    this.#read =
      since === null
        ? { items, omitted: 0, gap: null }
        : { items, omitted: total - items.length, gap: { states: isAll ? states : null, isMore } };
  }

  override hasNews(): boolean {
    return !this.#hasSent || this.#received.length > 0;
  }

  override takeFrame(): FrameBody {
    const { items: read, omitted, gap } = this.#read;
    const activity =
      this.#omitted === 0
        ? { items: [...read, ...this.#received], omitted, gap }
        : { items: this.#received, omitted: omitted + read.length + this.#omitted, gap };
    this.#read = { items: [], omitted: 0, gap: null };
    this.#received = [];
    this.#omitted = 0;
    this.#hasSent = true;
    return { activity };
  }

  #committed({ changes, failures }: CommittedEvent): void {
    const events = changes.filter((change) => this.#concerns(change)).flatMap((change) => this.#eventsOf(change));
    for (const failure of failures) {
      if (this.#wants(failure.kind) && this.#concerns(failure)) events.push(() => ofFailure(failure));
    }
    this.#add(events);
  }

  /** Functions that make the events of a change: only those that are sent are called. */
  #eventsOf(change: ActorChange): (() => ActivityEvent)[] {
    const { entries, lastChange } = change;
    if (entries.length > 0) {
      return entries.filter(({ kind }) => this.#wants(kind)).map((entry) => () => ofEntry(change, entry));
    }
    return lastChange !== null && this.#wants("state") ? [() => ofState(change)] : [];
  }

  #lifecycleChanged(event: LifeEvent): void {
    if (!this.#wants("life") || !this.#concerns(event)) return;
    this.#steps += 1;
    const n = `${this.#name} ${this.#steps}`;
    this.#add([() => ofLife(event, n)]);
  }

  #add(events: readonly (() => ActivityEvent)[]): void {
    const newest = events.slice(-MAX_FRAME_ENTRIES).map((make) => make());
    const all = [...this.#received, ...newest];
    this.#received = all.slice(-MAX_FRAME_ENTRIES);
    this.#omitted += events.length - newest.length + all.length - this.#received.length;
  }

  #wants(kind: ActivityKind): boolean {
    return this.#kinds === null || this.#kinds.has(kind);
  }

  #concerns({ type, keyText }: Address): boolean {
    const wanted = this.#room;
    if (wanted.type !== undefined && wanted.type !== type) return false;
    return wanted.keyText === undefined || wanted.keyText === keyText;
  }
}
