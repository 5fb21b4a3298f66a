import { z } from "zod";
import { type Activity, activityKind } from "./activity.ts";
import { type ActorDetail, type ActorSummary, actorName } from "./actors.ts";
import type { ErrorBody } from "./errors.ts";
import type { CheckpointInfo, Entry } from "./journal.ts";
import type { MailCounts } from "./mail.ts";
import type { MapFrame, Overview, TypeStats } from "./overview.ts";

/** The member of a position for actors: the highest id of any actor. */
export const NEWEST_ACTOR = "actors";
/** How far a reader has read: the number of the last batch by lane, and the newest actor. */
export const position = z.record(z.string().regex(/^(\d{1,3}|actors)$/), z.number().int().min(0));
export type Position = z.infer<typeof position>;

/** Maximum number of actors in a list room; a page of a list. */
export const MAX_WATCHED = 200;
/** Maximum number of rooms per socket. */
export const MAX_ROOMS = 16;
/** Minimum time between two frames of a room, in milliseconds. */
export const FRAME_INTERVAL_MS = 100;
/**
 * Maximum entries of a journal in a frame, and their maximum size in bytes of JSON. If there are more, the frame has
 * some of the newest.
 */
export const MAX_FRAME_ENTRIES = 200;
export const MAX_FRAME_BYTES = 1024 * 1024;

/**
 * What a reader can watch: the whole server, the actors of a list, one actor, the mail counts, the lifecycles of all
 * actors, the statistics of one type, or the activity.
 */
export const room = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("overview") }),
  z.object({
    kind: z.literal("actors"),
    actors: z.array(actorName).max(MAX_WATCHED),
    /** The filters of the list, so that only matching actors count as created. */
    type: z.string().max(64).optional(),
    q: z.string().max(1024).optional(),
  }),
  z.object({ kind: z.literal("actor"), actor: actorName }),
  z.object({ kind: z.literal("mail") }),
  z.object({ kind: z.literal("map") }),
  z.object({ kind: z.literal("type"), type: z.string().max(64) }),
  z.object({
    kind: z.literal("stream"),
    /** Filters: one type, one actor of it, some kinds. */
    type: z.string().max(64).optional(),
    keyText: z.string().max(4096).optional(),
    kinds: z.array(activityKind).max(activityKind.options.length).optional(),
  }),
]);
export type Room = z.infer<typeof room>;

/** Subscribes to a room. `id` is the reader's own name for it; `since` is the last position it has seen, or null. */
export const watch = z.object({ id: z.string().min(1).max(64), room, since: position.nullable() });
export type Watch = z.infer<typeof watch>;

/** One actor in a frame. `state` is absent if it did not change since `from`, or is too large to stream. */
export type ActorFrame = Omit<ActorDetail, "state"> & { state?: ActorDetail["state"]; stateOmitted: boolean };

/**
 * The changes of a room between two positions. A reader applies a frame if `from` is null (start over) or equals its
 * own position. Otherwise it missed a frame, and watches again from its own position.
 */
export interface Frame {
  id: string;
  from: Position | null;
  position: Position;
  overview?: Overview;
  actors?: ActorSummary[];
  /** Actors created since `from` that are not in the list; at most `MAX_COUNTED` in the first frame. */
  created?: number;
  actor?: ActorFrame;
  /** Since when the database does not respond (ISO, UTC), or null. In the frames of an actor. */
  databaseDownSince?: string | null;
  /** The actor was erased since the last frame: earlier frames no longer apply. */
  erased?: true;
  /**
   * Entries appended to the actor's journal since the last frame, oldest first. If they do not follow the reader's
   * newest entry, or do not reach the actor's `seq`, the reader fetches the missing ones.
   */
  entries?: Entry[];
  /** New checkpoints of the actor. */
  checkpoints?: CheckpointInfo[];
  /** The actor's mailbox changed since the last frame. */
  mailboxChanged?: true;
  /** In the mail room: the mail counts. */
  mail?: MailCounts;
  /** In the stream room: the activity. */
  activity?: Activity;
  /** In the map room: the lifecycles of all actors. */
  map?: MapFrame;
  /** In the type room: the statistics of the type. */
  stats?: TypeStats;
}

/** The answer to `watch`. */
export type WatchAnswer = { ok: true } | { ok: false; error: ErrorBody };

export interface ServerToClient {
  frame: (frame: Frame) => void;
}

export interface ClientToServer {
  watch: (watch: Watch, answer: (result: WatchAnswer) => void) => void;
  unwatch: (id: string) => void;
}
