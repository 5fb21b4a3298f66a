import type { Activity, ActivityEvent, Gap } from "../../server/protocol/activity.ts";
import { formatCount } from "../words/format.ts";

/** The max number of rows. Older ones are on the server. */
export const MAX_ROWS = 2000;

/** Stands for missing events: `omitted` ones that are on the server, and the gap while the page was offline. */
export interface Hole {
  id: string;
  kind: "hole";
  omitted: number;
  absence: Gap | null;
}

/** The events that the stream reported. */
export interface StreamLive {
  /** Oldest first. */
  rows: readonly (ActivityEvent | Hole)[];
  /** The number of events since the start, and how many of them are not in `rows`. */
  total: number;
  omitted: number;
  /** Whether old rows were dropped. */
  isCut: boolean;
}

/** The stream before the first frame. */
export const emptyStream: StreamLive = { rows: [], total: 0, omitted: 0, isCut: false };

/** Adds a frame to the events. */
export function withActivity(before: StreamLive, { items, omitted, gap }: Activity): StreamLive {
  const total = before.total + items.length + omitted;
  const hole: Hole = { id: `hole ${total}`, kind: "hole", omitted, absence: gap };
  const all = [...before.rows, ...(omitted > 0 || gap !== null ? [hole] : []), ...items];
  const rows = all.slice(-MAX_ROWS);
  return { rows, total, omitted: before.omitted + omitted, isCut: before.isCut || rows.length < all.length };
}

/** The number of events since a view was frozen. */
export function unseen(live: StreamLive, frozen: StreamLive | null): number {
  return frozen === null ? 0 : live.total - frozen.total;
}

/** A hole in words. */
export function wordsOf({ omitted, absence }: Hole): string {
  const others =
    omitted === 0 ? "" : `${absence?.isMore ? "More than " : ""}${omitted} more events here are on the server.`;
  if (absence === null) return others;
  const { states } = absence;
  const changes = states === null ? "State changes" : formatCount(states, "state change");
  const lost = states === 0 ? "Lifecycle changes" : `${changes} and lifecycle changes`;
  return `This page was offline. ${lost} of that time are not listed. ${others}`.trim();
}
