import { randomUUID } from "node:crypto";
import type { Activity, ActivityEvent, ActivityKind } from "../protocol/activity.ts";
import { entryKind } from "../protocol/journal.ts";
import { MAX_FRAME_ENTRIES } from "../protocol/stream.ts";
import type { Inspector, StreamRoom } from "../runtime/api.ts";
import type { Address } from "../runtime/ports/ids.ts";
import type { ActorChange, CommittedEvent, LifeEvent } from "../runtime/shared/events.ts";
import { ofEntry, ofFailure, ofLetter, ofLife, ofState } from "./activity.ts";
import { type FrameBody, type Gap, type GlobalListener, QuietView } from "./view.ts";

/** How much of an gap is told, the newest; a row is small. */
const MAX_CAUGHT_UP = 1_000;

/**
 * Everything that happens, or what fits the room's filters. Of what happens between two frames the newest is kept, at
 * most `MAX_FRAME_ENTRIES`, and how much else there was. What came while the reader was away is read from the store.
 */
export class StreamView extends QuietView {
  readonly listener: GlobalListener = {
    committed: (event) => this.#committed(event),
    lived: (event) => this.#lived(event),
    erased: () => undefined,
  };
  readonly #inspector: Inspector;
  readonly #room: StreamRoom;
  readonly #kinds: ReadonlySet<ActivityKind> | null;
  /** Tells steps of lives apart from those that another reading told. */
  readonly #name = randomUUID();
  #steps = 0;
  #read: Activity = { items: [], omitted: 0, gap: null };
  #heard: ActivityEvent[] = [];
  #omitted = 0;
  #begun = false;

  constructor(inspector: Inspector, room: StreamRoom) {
    super();
    this.#inspector = inspector;
    this.#room = room;
    this.#kinds = room.kinds === undefined ? null : new Set(room.kinds);
  }

  override async load(gap?: Gap): Promise<void> {
    if (gap === undefined) return;
    const { since, until } = gap;
    const { type, keyText } = this.#room;
    const { entries, letters, total, isMore, states } = await this.#inspector.activity({
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

  override news(): boolean {
    return !this.#begun || this.#heard.length > 0;
  }

  override take(): FrameBody {
    const { items: read, omitted, gap } = this.#read;
    const activity =
      this.#omitted === 0
        ? { items: [...read, ...this.#heard], omitted, gap: gap }
        : { items: this.#heard, omitted: omitted + read.length + this.#omitted, gap: gap };
    this.#read = { items: [], omitted: 0, gap: null };
    this.#heard = [];
    this.#omitted = 0;
    this.#begun = true;
    return { activity };
  }

  #committed({ changes, failures }: CommittedEvent): void {
    const told = changes.filter((change) => this.#concerns(change)).flatMap((change) => this.#tellersOf(change));
    for (const failure of failures) {
      if (this.#wants(failure.kind) && this.#concerns(failure)) told.push(() => ofFailure(failure));
    }
    this.#add(told);
  }

  /** How to put a change into words, which only those need that are kept. */
  #tellersOf(change: ActorChange): (() => ActivityEvent)[] {
    const { entries, lastChange } = change;
    if (entries.length > 0) {
      return entries.filter(({ kind }) => this.#wants(kind)).map((entry) => () => ofEntry(change, entry));
    }
    return lastChange !== null && this.#wants("state") ? [() => ofState(change)] : [];
  }

  #lived(event: LifeEvent): void {
    if (!this.#wants("life") || !this.#concerns(event)) return;
    this.#steps += 1;
    const n = `${this.#name} ${this.#steps}`;
    this.#add([() => ofLife(event, n)]);
  }

  #add(told: readonly (() => ActivityEvent)[]): void {
    const kept = told.slice(-MAX_FRAME_ENTRIES).map((tell) => tell());
    const all = [...this.#heard, ...kept];
    this.#heard = all.slice(-MAX_FRAME_ENTRIES);
    this.#omitted += told.length - kept.length + all.length - this.#heard.length;
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
