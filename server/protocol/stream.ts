import { z } from "zod";
import { type Activity, activityKind } from "./activity.ts";
import { type ActorDetail, type ActorSummary, actorName } from "./actors.ts";
import type { ErrorBody } from "./errors.ts";
import type { CheckpointInfo, Entry } from "./journal.ts";
import type { MailCounts } from "./mail.ts";
import type { MapFrame } from "./map.ts";
import type { Overview } from "./overview.ts";
import type { TypeStats } from "./type-stats.ts";

/** Where in a position the actors are that it knows of: the highest number that any of them was given. */
export const NEWEST_ACTOR = "actors";
/** How far a reader has come: by lane the number of the last batch it has seen, and the newest actor. */
export const position = z.record(z.string().regex(/^(\d{1,3}|actors)$/), z.number().int().min(0));
export type Position = z.infer<typeof position>;

/** The most actors that one list room may watch; a page of a list. */
export const MAX_WATCHED = 200;
/** The most rooms that one socket may be in. */
export const MAX_ROOMS = 16;
/** The least time between two frames of one room, in milliseconds. */
export const FRAME_INTERVAL_MS = 100;
/** The most entries of a journal that one frame carries, and their most bytes as JSON; of more it has some of the newest. */
export const MAX_FRAME_ENTRIES = 200;
export const MAX_FRAME_BYTES = 1024 * 1024;

/**
 * What can be watched: the whole server, the actors of one list, one actor, how much mail there is, the lives of all actors, what those of one type do, or all
 * that happens.
 */
export const room = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("overview") }),
  z.object({
    kind: z.literal("actors"),
    actors: z.array(actorName).max(MAX_WATCHED),
    /** What the list is filtered by, so that only actors that would be in it count as created. */
    type: z.string().max(64).optional(),
    q: z.string().max(1024).optional(),
  }),
  z.object({ kind: z.literal("actor"), actor: actorName }),
  z.object({ kind: z.literal("mail") }),
  z.object({ kind: z.literal("map") }),
  z.object({ kind: z.literal("type"), type: z.string().max(64) }),
  z.object({
    kind: z.literal("stream"),
    /** Of one type, of one actor of it, of some kinds only. */
    type: z.string().max(64).optional(),
    keyText: z.string().max(4096).optional(),
    kinds: z.array(activityKind).max(activityKind.options.length).optional(),
  }),
]);
export type Room = z.infer<typeof room>;

/** Asks for a room's frames. `id` is the reader's own name for it; `since` is where it left off, or null. */
export const watch = z.object({ id: z.string().min(1).max(64), room, since: position.nullable() });
export type Watch = z.infer<typeof watch>;

/** One actor in a frame. `state` is left out when it did not change since `from`, or is too large to stream. */
export type ActorFrame = Omit<ActorDetail, "state"> & { state?: ActorDetail["state"]; stateOmitted: boolean };

/**
 * What happened in a room between two positions. A reader applies it when `from` is null (begin anew) or equals the
 * position it stands at; otherwise it has missed something and watches again from its own position.
 */
export interface Frame {
  id: string;
  from: Position | null;
  position: Position;
  overview?: Overview;
  actors?: ActorSummary[];
  /** Actors created since `from` that are not among those of the list; in the first frame `MAX_COUNTED` at most. */
  created?: number;
  actor?: ActorFrame;
  /** Since when the database does not answer, ISO, UTC; null while it does. In the frames of an actor. */
  databaseDownSince?: string | null;
  /** That the actor was erased since the last frame: what was told of it before holds no more. */
  erased?: true;
  /**
   * What was appended to a watched actor's journal since the last frame, oldest first: all of it, unless the first is
   * not the one after the reader's newest, or the last not the actor's `seq`; then the reader asks for what is missing.
   */
  entries?: Entry[];
  /** Checkpoints that were written of it. */
  checkpoints?: CheckpointInfo[];
  /** That a watched actor's mailbox is another one than at the last frame. */
  mailboxChanged?: true;
  /** How much mail there is, in the room of it. */
  mail?: MailCounts;
  /** What happened, in the room of all that does. */
  activity?: Activity;
  /** Where all actors are in their lives, in the room of the map. */
  map?: MapFrame;
  /** What the actors of a type do, in the room of it. */
  stats?: TypeStats;
}

/** Answer to `watch` when it cannot be granted. */
export type WatchAnswer = { ok: true } | { ok: false; error: ErrorBody };

export interface ServerToClient {
  frame: (frame: Frame) => void;
}

export interface ClientToServer {
  watch: (watch: Watch, answer: (result: WatchAnswer) => void) => void;
  unwatch: (id: string) => void;
}
