import type { ActorDetail, ActorSummary, Persistence } from "../../server/protocol/actors.ts";
import type { CheckpointInfo, Entry } from "../../server/protocol/journal.ts";
import type { MailCounts } from "../../server/protocol/mail.ts";
import type { Overview, TypeStats } from "../../server/protocol/overview.ts";
import type { Frame, Position, Room } from "../../server/protocol/stream.ts";
import { formatCount, formatNumber } from "../words/format.ts";
import { emptyStream, type StreamLive, withActivity } from "./activity.ts";
import { type MapLive, withMap } from "./map.ts";

/** The number of samples of an overview: five minutes, as on the server. */
const MAX_SAMPLES = 300;
/** The max number of the newest journal entries and checkpoints from the stream. */
const MAX_TAIL = 1000;
const MAX_CHECKPOINTS = 100;

/** One actor, as the stream reported it. */
export interface ActorLive {
  /** Null for an actor that was never used. */
  actor: ActorDetail | null;
  /** The revision or seq of `actor.state`: behind `actor.head` when the state is too large to be streamed. */
  stateHead: number;
  /** The newest entries of its journal, oldest first, without gaps. */
  tail: readonly Entry[];
  /** Checkpoints written while it is watched, oldest first. */
  checkpoints: readonly CheckpointInfo[];
  /** The number of changes of its mailbox. */
  mailbox: number;
  /** Since when the server's database has not answered, ISO 8601; null while it does. */
  databaseDownSince: string | null;
  /** The number of erasures. Everything known from before the last one is obsolete. */
  erasures: number;
}

/** The actors of a list, by `nameOf`, and the number of actors created since it is watched. */
export interface ActorsLive {
  actors: ReadonlyMap<string, ActorSummary>;
  created: number;
}

/** The sum of a room's frames. */
export interface Views {
  overview: Overview;
  actors: ActorsLive;
  actor: ActorLive;
  mail: MailCounts;
  stream: StreamLive;
  map: MapLive;
  type: TypeStats;
}
export type View = Views[Room["kind"]];

/** The changes since the connection was lost. */
export interface CaughtUp {
  changes: number;
  text: string;
}

/** Whether two positions are the same in every lane. */
export function samePosition(a: Position | null, b: Position | null): boolean {
  if (a === null || b === null) return a === b;
  const lanes = Object.keys(a);
  return lanes.length === Object.keys(b).length && lanes.every((lane) => a[lane] === b[lane]);
}

/** Whether a frame continues at the reader's position; if not, a frame was missed and the reader must watch again. */
export function follows(position: Position | null, frame: Frame): boolean {
  return frame.from === null || samePosition(frame.from, position);
}

/** The view after a frame that continues `view`. Parts that the frame does not contain stay the same objects. */
export function fold<K extends Room["kind"]>(kind: K, view: Views[K] | null, frame: Frame): Views[K];
export function fold(kind: Room["kind"], view: View | null, frame: Frame): View {
  switch (kind) {
    case "overview":
      return foldOverview(view as Overview | null, frame);
    case "actors":
      return foldActors(view as ActorsLive | null, frame);
    case "actor":
      return foldActor(view as ActorLive | null, frame);
    case "mail":
      return foldMail(frame);
    case "map":
      return withMap(view as MapLive | null, frame.map ?? { added: {}, changes: {}, worked: {} });
    case "type":
      return frame.stats ?? (view as TypeStats);
    case "stream":
      return foldStream(view as StreamLive | null, frame);
  }
}

function foldOverview(view: Overview | null, { overview }: Frame): Overview {
  if (overview === undefined) throw new TypeError("A frame of the overview has no overview in it.");
  if (view === null) return overview;
  const newest = view.samples.at(-1)?.at ?? 0;
  const added = overview.samples.filter((sample) => sample.at > newest);
  const samples = added.length === 0 ? view.samples : [...view.samples, ...added].slice(-MAX_SAMPLES);
  return { ...overview, samples };
}

function foldActors(view: ActorsLive | null, { actors = [], created = 0 }: Frame): ActorsLive {
  const merged = new Map(view?.actors);
  for (const actor of actors) merged.set(nameOf(actor), actor);
  return { actors: merged, created: (view?.created ?? 0) + created };
}

function foldStream(view: StreamLive | null, { activity }: Frame): StreamLive {
  const before = view ?? emptyStream;
  return activity === undefined ? before : withActivity(before, activity);
}

function foldMail({ mail }: Frame): MailCounts {
  if (mail === undefined) throw new TypeError("A frame of the mail has no counts in it.");
  return mail;
}

/** An actor before the first frame. */
export const emptyActor: ActorLive = {
  actor: null,
  stateHead: 0,
  tail: [],
  checkpoints: [],
  mailbox: 0,
  databaseDownSince: null,
  erasures: 0,
};

function foldActor(before: ActorLive | null, frame: Frame): ActorLive {
  const { actor, entries = [], checkpoints = [], mailboxChanged = false, erased = false } = frame;
  const known = before ?? emptyActor;
  const { databaseDownSince = known.databaseDownSince } = frame;
  const view = { ...(erased ? { ...emptyActor, erasures: known.erasures + 1 } : known), databaseDownSince };
  if (actor === undefined) return view;
  const { state, stateOmitted: _, ...rest } = actor;
  const isNew = state !== undefined;
  return {
    ...view,
    actor: { ...rest, state: isNew ? state : (view.actor?.state ?? null) },
    stateHead: isNew ? rest.head : view.stateHead,
    tail: extended(view.tail, entries),
    checkpoints:
      checkpoints.length === 0 ? view.checkpoints : [...view.checkpoints, ...checkpoints].slice(-MAX_CHECKPOINTS),
    mailbox: view.mailbox + (mailboxChanged ? 1 : 0),
  };
}

/** Adds newly reported entries to a run; starts a new run if some between are missing. */
function extended(tail: readonly Entry[], reported: readonly Entry[]): readonly Entry[] {
  const newest = tail.at(-1)?.seq ?? 0;
  const added = reported.filter(({ seq }) => seq > newest);
  if (added.length === 0) return tail;
  return (added[0]?.seq === newest + 1 ? [...tail, ...added] : added).slice(-MAX_TAIL);
}

/**
 * The changes of a room between two views, after a lost connection; `away` is its duration in words. Without a view
 * from before, it only says that the connection is back.
 */
export function caughtUp<K extends Room["kind"]>(
  kind: K,
  before: Views[K] | null,
  after: Views[K],
  away: string,
): CaughtUp;
export function caughtUp(kind: Room["kind"], before: View | null, after: View, away: string): CaughtUp {
  if (before === null) return { changes: 0, text: `Back after ${away}.` };
  const { changes, what } = difference(kind, before, after);
  return { changes, text: `Back after ${away}: ${changes === 0 ? "nothing changed" : what}.` };
}

function difference(kind: Room["kind"], before: View, after: View): { changes: number; what: string } {
  switch (kind) {
    case "overview": {
      const newest = (before as Overview).samples.at(-1)?.at ?? 0;
      const missed = (after as Overview).samples.filter((sample) => sample.at > newest);
      const turns = missed.reduce((sum, sample) => sum + sample.turns, 0);
      return { changes: turns, what: formatCount(turns, "turn") };
    }
    case "actors": {
      const [known, now] = [before as ActorsLive, after as ActorsLive];
      const changed = [...now.actors].filter(([name, row]) => known.actors.get(name)?.head !== row.head).length;
      const created = now.created - known.created;
      const others = created === 0 ? "" : `, ${formatNumber(created)} new`;
      return { changes: changed + created, what: `${formatCount(changed, "actor")} of this list changed${others}` };
    }
    case "actor": {
      const from = (before as ActorLive).actor?.head ?? 0;
      const { head: to, persistence } = (after as ActorLive).actor ?? { head: 0, persistence: "state" };
      const what =
        persistence === "journal" ? formatCount(to - from, "entry", "entries") : formatCount(to - from, "change");
      return { changes: to - from, what: `${what}, ${headWord(persistence)} ${from} → ${to}` };
    }
    case "map":
    case "type":
      return { changes: 0, what: "" };
    case "stream": {
      const count = (after as StreamLive).total - (before as StreamLive).total;
      return { changes: count, what: formatCount(count, "event") };
    }
    case "mail": {
      const more = (after as MailCounts).dead - (before as MailCounts).dead;
      const changes = Math.abs(more);
      return { changes, what: `${formatCount(changes, "dead letter")} ${more > 0 ? "more" : "fewer"}` };
    }
  }
}

/** An actor's name as the key of a map. */
export function nameOf(actor: { type: string; keyText: string }): string {
  return `${actor.type} ${actor.keyText}`;
}

/** The name of an actor's head: states have revisions, journals have seqs. */
export function headWord(persistence: Persistence): "revision" | "seq" {
  return persistence === "journal" ? "seq" : "revision";
}
