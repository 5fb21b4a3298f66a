import type { ActorDetail, ActorSummary } from "../../server/protocol/actors.ts";
import type { Overview } from "../../server/protocol/overview.ts";
import type { Frame, Position, Room } from "../../server/protocol/stream.ts";

/** How many samples an overview keeps: five minutes, as the server has them. */
const MAX_SAMPLES = 300;

/** One actor as far as the stream has told. */
export interface ActorLive {
  /** Null while nothing has ever been sent to it. */
  actor: ActorDetail | null;
  /** The revision of `actor.state`: behind `actor.revision` when the state is too large to be streamed. */
  stateRevision: number;
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

function foldActor(view: ActorLive | null, { actor }: Frame): ActorLive {
  if (actor === undefined) return view ?? { actor: null, stateRevision: 0 };
  const { state, stateOmitted: _, ...rest } = actor;
  if (state !== undefined) return { actor: { ...rest, state }, stateRevision: rest.revision };
  return { actor: { ...rest, state: view?.actor?.state ?? null }, stateRevision: view?.stateRevision ?? 0 };
}

/** What changed in a room between two views of it: for who was away for `away`, a length of time in words. */
export function caughtUp<K extends Room["kind"]>(kind: K, before: Views[K], after: Views[K], away: string): CaughtUp;
export function caughtUp(kind: Room["kind"], before: View, after: View, away: string): CaughtUp {
  const { changes, what } = difference(kind, before, after);
  return { changes, text: `Back after ${away}: ${changes === 0 ? "nothing changed" : what}.` };
}

function difference(kind: Room["kind"], before: View, after: View): { changes: number; what: string } {
  switch (kind) {
    case "overview": {
      const newest = (before as Overview).samples.at(-1)?.at ?? 0;
      const missed = (after as Overview).samples.filter((sample) => sample.at > newest);
      const turns = missed.reduce((sum, sample) => sum + sample.turns, 0);
      return { changes: turns, what: counted(turns, "turn") };
    }
    case "actors": {
      const known = (before as ActorsLive).actors;
      const changed = [...(after as ActorsLive).actors].filter(
        ([name, row]) => known.get(name)?.revision !== row.revision,
      );
      return { changes: changed.length, what: `${counted(changed.length, "actor")} of this list changed` };
    }
    case "actor": {
      const from = (before as ActorLive).actor?.revision ?? 0;
      const to = (after as ActorLive).actor?.revision ?? 0;
      return { changes: to - from, what: `${counted(to - from, "change")}, revision ${from} → ${to}` };
    }
  }
}

function counted(n: number, noun: string): string {
  return `${n.toLocaleString("en-US")} ${noun}${n === 1 ? "" : "s"}`;
}

/** An actor's name as the key of a map. */
export function nameOf(actor: { type: string; keyText: string }): string {
  return `${actor.type} ${actor.keyText}`;
}
