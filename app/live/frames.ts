import type { ActorDetail, ActorSummary, Persistence } from "../../server/protocol/actors.ts";
import type { CheckpointInfo, Entry } from "../../server/protocol/journal.ts";
import type { MailCounts } from "../../server/protocol/mail.ts";
import type { Overview, TypeStats } from "../../server/protocol/overview.ts";
import type { Frame, Position, Room } from "../../server/protocol/stream.ts";
import { formatCount, formatNumber } from "../words/format.ts";
import { noEvents, type StreamLive, withEvents } from "./activity.ts";
import { type MapLive, withMap } from "./map.ts";

/** How many samples an overview keeps: five minutes, as the server has them. */
const MAX_SAMPLES = 300;
/** How many entries of a journal, and how many checkpoints, are kept of what the stream told: the newest. */
const MAX_TAIL = 1000;
const MAX_CHECKPOINTS = 100;

/** One actor as far as the stream has told. */
export interface ActorLive {
  /** Null while nothing has ever been sent to it. */
  actor: ActorDetail | null;
  /** The revision or seq of `actor.state`: behind `actor.head` when the state is too large to be streamed. */
  stateHead: number;
  /** The newest entries of its journal, oldest first and without a hole. */
  tail: readonly Entry[];
  /** Checkpoints that were written while it is watched, oldest first. */
  checkpoints: readonly CheckpointInfo[];
  /** How often its mailbox was told to have changed. */
  mailbox: number;
  /** Since when the server's database does not answer, ISO, UTC; null while it does. */
  databaseDownSince: string | null;
  /** How often it was erased: what was known of it before the last time holds no more. */
  erasures: number;
}

/** The actors of a list, by type and text form of the key, and how many were created since it is watched. */
export interface ActorsLive {
  actors: ReadonlyMap<string, ActorSummary>;
  created: number;
}

/** What a room's frames add up to. */
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

/** What a reader that was away finds changed. */
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

/** Whether a frame follows from where the reader stands; if not, it has missed something and must watch again. */
export function follows(position: Position | null, frame: Frame): boolean {
  return frame.from === null || samePosition(frame.from, position);
}

/** The view after a frame that follows from `view`. What a frame does not tell is kept, as the very same object. */
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
  const before = view ?? noEvents;
  return activity === undefined ? before : withEvents(before, activity);
}

function foldMail({ mail }: Frame): MailCounts {
  if (mail === undefined) throw new TypeError("A frame of the mail has no counts in it.");
  return mail;
}

/** An actor of which the stream has told nothing yet. */
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

/** A run of entries and those that were told after it; when some between are missing, it begins anew. */
function extended(tail: readonly Entry[], reported: readonly Entry[]): readonly Entry[] {
  const newest = tail.at(-1)?.seq ?? 0;
  const added = reported.filter(({ seq }) => seq > newest);
  if (added.length === 0) return tail;
  return (added[0]?.seq === newest + 1 ? [...tail, ...added] : added).slice(-MAX_TAIL);
}

/**
 * What changed in a room between two views of it, for who was away for `away`, a length of time in words. Where there
 * is none from before, since it could not be read, it is only told that it is there again.
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

/** What the number is called that an actor's newest commit has: versions of a state are revisions, entries have a seq. */
export function headWord(persistence: Persistence): "revision" | "seq" {
  return persistence === "journal" ? "seq" : "revision";
}
