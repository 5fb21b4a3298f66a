import type { Activity, ActivityEvent, Gap } from "../../server/protocol/activity.ts";

/** The most rows that are kept: the newest. What is older is on the server. */
export const MAX_ROWS = 2000;

/** What is not here, above what came before it: how many happened, and what was not kept of an absence. */
export interface Hole {
  id: string;
  kind: "hole";
  omitted: number;
  absence: Gap | null;
}

/** What happened, as far as the stream has told. */
export interface StreamLive {
  /** Oldest first. */
  rows: readonly (ActivityEvent | Hole)[];
  /** How much has happened since it is watched, here or not; and how much of it was not told one by one. */
  total: number;
  omitted: number;
  /** Whether rows have left at the end. */
  isCut: boolean;
}

/** What is known before the first frame. */
export const noEvents: StreamLive = { rows: [], total: 0, omitted: 0, isCut: false };

/** What happened, and what a frame adds to it. */
export function withEvents(before: StreamLive, { items, omitted, gap }: Activity): StreamLive {
  const total = before.total + items.length + omitted;
  const hole: Hole = { id: `hole ${total}`, kind: "hole", omitted, absence: gap };
  const all = [...before.rows, ...(omitted > 0 || gap !== null ? [hole] : []), ...items];
  const rows = all.slice(-MAX_ROWS);
  return { rows, total, omitted: before.omitted + omitted, isCut: before.isCut || rows.length < all.length };
}

/** How many have happened since a view was frozen. */
export function unseen(live: StreamLive, frozen: StreamLive | null): number {
  return frozen === null ? 0 : live.total - frozen.total;
}

/** What a hole says. */
export function wordsOf({ omitted, absence }: Hole): string {
  const others =
    omitted === 0 ? "" : `${absence?.isMore ? "More than " : ""}${omitted} more happened here: they are on the server.`;
  if (absence === null) return others;
  const { states } = absence;
  const changes = states === null ? "changes of durable states" : `${states} changes of durable states`;
  const lost = states === 0 ? "Steps of lives" : `Of ${changes} the newest state is kept, and steps of lives`;
  return `This page was away. ${lost} are not kept one by one. ${others}`.trim();
}
