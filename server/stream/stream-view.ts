import { randomUUID } from "node:crypto";
import type { Activity, ActivityEvent, ActivityKind } from "../protocol/activity.ts";
import { changedPaths, isFailure, wordsOf } from "../protocol/entry-words.ts";
import { type Entry, entryKind } from "../protocol/journal.ts";
import { MAX_FRAME_ENTRIES } from "../protocol/stream.ts";
import type { Inspector, StreamRoom } from "../runtime/api.ts";
import type { StoredLetter } from "../runtime/ports/activity-feed.ts";
import type { Address } from "../runtime/ports/ids.ts";
import type { ActorChange, CommittedEvent, FailedAttempt, LifeEvent } from "../runtime/shared/events.ts";
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

/** Maximum length of an event's text, in characters. */
const MAX_TEXT = 200;

/** Makes the event of a journal's entry. */
function ofEntry({ type, keyText }: Address, entry: Entry): ActivityEvent {
  const { seq, at, body } = entry;
  const { name, what, outcome } = wordsOf(entry);
  return {
    ...blank(type, keyText, at),
    ...{ id: `${type} ${keyText} ${seq}`, kind: body.kind, head: seq, name, isError: isFailure(entry) },
    messageId: "messageId" in body ? body.messageId : null,
    text: cut(outcome === null || outcome === "null" ? what : `${what} → ${outcome}`),
  };
}

/** Makes the event of a durable state's change. Of several changes in one batch, `change` has the last. */
function ofState({ type, keyText, at, head, lastChange }: ActorChange): ActivityEvent {
  const paths = lastChange?.paths.map((path) => ({ path })) ?? [];
  return {
    ...blank(type, keyText, at),
    id: `${type} ${keyText} ${head}`,
    kind: "state",
    head,
    name: lastChange?.command ?? null,
    messageId: lastChange?.messageId ?? null,
    text: cut(changedPaths(paths)),
  };
}

/** Makes the event of a mailbox message that failed, or became a dead letter. */
function ofFailure({ command, attempts, text, ...failure }: FailedAttempt): ActivityEvent {
  const { type, keyText, at, kind, head, messageId } = failure;
  return {
    ...blank(type, keyText, at),
    id: `${kind} ${messageId} ${attempts}`,
    ...{ kind, head, messageId, name: command, isError: true },
    text: cut(`attempt ${attempts}: ${text}`),
  };
}

/** Makes the event of a stored dead letter. */
function ofLetter({ title, ...letter }: StoredLetter): ActivityEvent {
  return ofFailure({ ...letter, kind: "dead_letter", text: title });
}

/** Makes the event of a lifecycle change. `n` makes its id unique. */
function ofLife({ type, keyText, lifecycle, reason, at }: LifeEvent, n: string): ActivityEvent {
  const isError = lifecycle === "failed" || lifecycle === "fenced";
  return { ...blank(type, keyText, at), id: `life ${n}`, kind: "life", lifecycle, text: cut(reason ?? ""), isError };
}

function blank(type: string, keyText: string, at: number): Omit<ActivityEvent, "id" | "kind"> {
  return { type, keyText, at, head: null, name: null, messageId: null, text: "", isError: false, lifecycle: null };
}

function cut(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT - 1).toWellFormed()}…`;
}
