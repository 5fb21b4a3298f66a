import type { Overview } from "../protocol/overview.ts";
import { FRAME_INTERVAL_MS, type Frame, NEWEST_ACTOR, type Position } from "../protocol/stream.ts";
import type { Runtime } from "../runtime/api.ts";
import type { Clock } from "../runtime/ports/clock.ts";
import type { Address } from "../runtime/ports/ids.ts";
import type { RuntimeEvent } from "../runtime/shared/events.ts";
import type { GlobalListener, Round, View } from "./view.ts";

/** Time to wait after a failed read, in milliseconds. */
const RETRY_MS = 1000;

/** A socket's subscription to a room. */
export interface Reader {
  readonly id: string;
  readonly view: View;
  /** Sends a frame. */
  send(frame: Frame): void;
  /** False while the socket is behind: its frames are skipped, and the next one has all changes since. */
  canTake(): boolean;
}

const noViews: readonly View[] = [];

interface Progress {
  position: Position | null;
  loading: boolean;
  /** Events were lost: it must watch again. */
  behind: boolean;
  /** Do not read again before; milliseconds since 1970. */
  retryAt: number;
}

/**
 * Passes the runtime's events to the readers of rooms, and sends their frames. It subscribes, and its timer runs, only
 * while there are readers. An event that nobody watches costs one map lookup.
 */
export class Hub {
  readonly #runtime: Pick<Runtime, "events" | "inspector">;
  readonly #clock: Clock;
  readonly #readers = new Map<Reader, Progress>();
  /** The views of each actor, by type and then by key, so that a lookup builds no string. */
  readonly #wanted = new Map<string, Map<string, Set<View>>>();
  readonly #listeners = new Set<GlobalListener>();
  #position: Position = {};
  #committed = false;
  #stop: (() => void) | undefined;

  constructor(runtime: Pick<Runtime, "events" | "inspector">, clock: Clock) {
    this.#runtime = runtime;
    this.#clock = clock;
  }

  /**
   * Adds a reader: first to the events, then its backfill is read, so that nothing is lost between. Resolves when the
   * first frame was sent.
   * @param since the last position that the reader has seen
   * @throws GreenroomError when the room cannot be read; the reader is then removed
   */
  async join(reader: Reader, since: Position | null): Promise<void> {
    if (this.#readers.size === 0) this.#start();
    const from = since !== null && covers(this.#position, since) ? since : null;
    const progress: Progress = { position: null, loading: true, behind: false, retryAt: 0 };
    this.#readers.set(reader, progress);
    const { addresses, listener } = reader.view;
    for (const address of addresses) this.#want(address, reader.view);
    if (listener !== undefined) this.#listeners.add(listener);
    try {
      do {
        progress.behind = false;
        await reader.view.load({ since: from, until: { ...this.#position } });
      } while (progress.behind && this.#readers.has(reader));
    } catch (error) {
      this.leave(reader);
      throw error;
    }
    if (!this.#readers.has(reader)) return;
    progress.loading = false;
    progress.position = from;
    this.#send(reader, progress, this.#round(false));
  }

  /** Removes a reader. */
  leave(reader: Reader): void {
    if (!this.#readers.delete(reader)) return;
    const { addresses, listener } = reader.view;
    for (const address of addresses) this.#unwant(address, reader.view);
    if (listener !== undefined) this.#listeners.delete(listener);
    if (this.#readers.size === 0) this.#stop?.();
  }

  #start(): void {
    const unsubscribe = this.#runtime.events.listen((event) => this.#dispatch(event));
    const stopTimer = this.#clock.every(FRAME_INTERVAL_MS, () => this.#sendFrames());
    this.#position = { ...this.#runtime.inspector.position() };
    this.#stop = () => {
      unsubscribe();
      stopTimer();
    };
  }

  #want({ type, keyText }: Address, view: View): void {
    const ofType = this.#wanted.get(type) ?? new Map<string, Set<View>>();
    this.#wanted.set(type, ofType);
    const views = ofType.get(keyText);
    if (views === undefined) ofType.set(keyText, new Set([view]));
    else views.add(view);
  }

  #unwant({ type, keyText }: Address, view: View): void {
    const ofType = this.#wanted.get(type);
    const views = ofType?.get(keyText);
    if (views?.delete(view) && views.size === 0) ofType?.delete(keyText);
    if (ofType?.size === 0) this.#wanted.delete(type);
  }

  #viewsOf({ type, keyText }: Address): Iterable<View> {
    return this.#wanted.get(type)?.get(keyText) ?? noViews;
  }

  #dispatch(event: RuntimeEvent): void {
    switch (event.kind) {
      case "life":
        for (const view of this.#viewsOf(event)) view.lifecycleChanged(event);
        for (const listener of this.#listeners) listener.lifecycleChanged(event);
        return;
      case "checkpoint":
        for (const view of this.#viewsOf(event)) view.checkpointed(event);
        return;
      case "erased":
        for (const view of this.#viewsOf(event)) view.erased();
        for (const listener of this.#listeners) listener.erased(event);
        return;
      case "created":
        this.#position[NEWEST_ACTOR] = Math.max(this.#position[NEWEST_ACTOR] ?? 0, ...event.actors.map(({ id }) => id));
        for (const { view } of this.#readers.keys()) view.created(event.actors);
        return;
      case "behind":
        this.#position = { ...event.position };
        for (const progress of this.#readers.values()) progress.behind = true;
        return;
      case "committed":
        this.#committed = true;
        this.#position[event.lane] = event.number;
        for (const listener of this.#listeners) listener.committed(event);
        if (this.#wanted.size === 0) return;
        for (const change of event.changes) {
          for (const view of this.#viewsOf(change)) view.changed(change);
        }
        for (const address of event.mailboxes) {
          for (const view of this.#viewsOf(address)) view.mailboxChanged();
        }
    }
  }

  #sendFrames(): void {
    const round = this.#round(this.#committed);
    this.#committed = false;
    for (const [reader, progress] of this.#readers) {
      if (progress.loading) continue;
      if (progress.behind) this.#sendGap(reader, progress, round);
      else if (reader.view.stale) this.#reload(reader, progress, round.now);
      else if (reader.view.hasNews(round) && reader.canTake()) this.#send(reader, progress, round);
    }
  }

  /** Sends a frame that does not continue the reader's position, so that the reader watches again. */
  #sendGap(reader: Reader, progress: Progress, round: Round): void {
    if (!reader.canTake()) return;
    progress.behind = false;
    progress.position = { ...this.#position };
    this.#send(reader, progress, round);
  }

  #reload(reader: Reader, progress: Progress, now: number): void {
    if (now < progress.retryAt) return;
    progress.loading = true;
    reader.view
      .load()
      .catch(() => {
        reader.view.stale = true;
        progress.retryAt = now + RETRY_MS;
      })
      .finally(() => {
        progress.loading = false;
      });
  }

  #send(reader: Reader, progress: Progress, round: Round): void {
    const from = progress.position;
    progress.position = { ...this.#position };
    reader.send({ id: reader.id, from, position: progress.position, ...reader.view.takeFrame(round) });
  }

  #round(committed: boolean): Round {
    let overview: Overview | undefined;
    return {
      now: this.#clock.now(),
      committed,
      overview: () => {
        overview ??= this.#runtime.inspector.overview();
        return overview;
      },
    };
  }
}

/** Whether `position` includes `since`; false if the database was replaced. */
function covers(position: Position, since: Position): boolean {
  return Object.entries(since).every(([lane, number]) => number <= (position[lane] ?? -1));
}
