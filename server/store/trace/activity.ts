import type { Pool } from "pg";
import type { Entry, EntryBody } from "../../protocol/journal.ts";
import type { ActivityRequest, StoredActivity, StoredLetter } from "../../runtime/ports/activity-feed.ts";
import type { Address } from "../../runtime/ports/ids.ts";

/** The maximum number of batches read of each lane, and of entries in all. */
const MAX_BATCHES = 10_000;
const MAX_ENTRIES = 10_000;

/** A stretch of time, and each lane's batches in it. */
interface Stretch {
  from: number;
  to: number;
  lanes: { lane: number; first: number; last: number }[];
  states: number;
  isMore: boolean;
}

/** See `Store.activity`. The commits give a stretch of time; then only rows written in it are read. */
export async function activity(pool: Pool, request: ActivityRequest): Promise<StoredActivity> {
  const stretch = await stretchOf(pool, request);
  if (stretch === null) return { entries: [], letters: [], total: 0, isMore: false, states: 0 };
  const [recorded, entries, letters] = await Promise.all([
    stretch.states === 0 ? 0 : recordedIn(pool, stretch),
    request.kinds.length === 0 ? { rows: [], total: 0 } : entriesIn(pool, stretch, request),
    request.letters ? lettersIn(pool, stretch, request) : { rows: [], total: 0 },
  ]);
  const { isMore } = stretch;
  const states = stretch.states - recorded;
  return { entries: entries.rows, letters: letters.rows, total: entries.total + letters.total, isMore, states };
}

/**
 * The newest batches between two positions, up to `MAX_ENTRIES` entries; null when there are none. Index: `commit`'s
 * primary key, backwards from each lane's position.
 */
async function stretchOf(pool: Pool, { since, until }: ActivityRequest): Promise<Stretch | null> {
  const lanes = Object.keys(until).filter((lane) => /^\d+$/.test(lane));
  const { rows } = await pool.query<Stretch["lanes"][number] & Pick<Stretch, "from" | "to" | "states" | "isMore">>(
    `WITH asked AS (
       SELECT c.* FROM unnest($1::smallint[], $2::bigint[], $3::bigint[]) AS w(lane, since, until)
       CROSS JOIN LATERAL (
         SELECT lane, batch, at, entries, states FROM commit
         WHERE lane = w.lane AND batch > w.since AND batch <= w.until ORDER BY batch DESC LIMIT $4) c
     ), summed AS (SELECT *, sum(entries) OVER (ORDER BY at DESC, lane, batch DESC) - entries < $5 AS is_in FROM asked)
     SELECT lane, min(batch) FILTER (WHERE is_in) AS first, max(batch) AS last, min(at) FILTER (WHERE is_in) AS from,
       max(at) AS to, sum(states) AS states, count(*) >= $4 OR NOT bool_and(is_in) AS "isMore"
     FROM summed GROUP BY lane HAVING bool_or(is_in)`,
    [lanes, lanes.map((lane) => since?.[lane] ?? 0), lanes.map((lane) => until[lane]), MAX_BATCHES, MAX_ENTRIES],
  );
  if (rows.length === 0) return null;
  return {
    from: Math.min(...rows.map((row) => row.from)),
    to: Math.max(...rows.map((row) => row.to)),
    lanes: rows,
    states: rows.reduce((sum, row) => sum + row.states, 0),
    isMore: rows.some((row) => row.isMore),
  };
}

/** Index: `entry_at`, or for one actor `entry`'s primary key. */
async function entriesIn(
  pool: Pool,
  { from, to, lanes }: Stretch,
  { type, keyText, kinds, limit }: ActivityRequest,
): Promise<{ rows: (Entry & Address)[]; total: number }> {
  const { rows } = await pool.query<Address & { seq: number; at: number; body: string; total: number }>(
    `SELECT a.type, a.key AS "keyText", e.seq, e.at, e.body, count(*) OVER () AS total
     FROM entry e JOIN actor a ON a.id = e.actor_id
     JOIN unnest($1::smallint[], $2::bigint[], $3::bigint[]) AS w(lane, first, last)
       ON e.lane = w.lane AND e.batch BETWEEN w.first AND w.last
     WHERE e.at BETWEEN to_timestamp($4::float8 / 1000) AND to_timestamp($5::float8 / 1000)
       AND e.kind = ANY ($6) AND ($7::text IS NULL OR a.type = $7) AND ($8::text IS NULL OR a.key = $8)
     ORDER BY e.at DESC, e.lane DESC, e.batch DESC, e.actor_id DESC, e.seq DESC LIMIT $9`,
    [...laneColumns(lanes), from, to, kinds, type, keyText, limit],
  );
  const entries = rows.map(({ total: _, body, ...row }) => ({ ...row, body: JSON.parse(body) as EntryBody }));
  return { rows: entries.reverse(), total: rows[0]?.total ?? 0 };
}

/** How many state rows were written whose changes are entries too. Index: `entry_at`, `durable_state`'s primary key. */
async function recordedIn(pool: Pool, { from, to, lanes }: Stretch): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `SELECT count(*) FROM (
       SELECT DISTINCT e.lane, e.batch, e.actor_id FROM entry e
       JOIN unnest($1::smallint[], $2::bigint[], $3::bigint[]) AS w(lane, first, last)
         ON e.lane = w.lane AND e.batch BETWEEN w.first AND w.last
       JOIN durable_state s ON s.actor_id = e.actor_id
       WHERE e.at BETWEEN to_timestamp($4::float8 / 1000) AND to_timestamp($5::float8 / 1000)
         AND e.kind = 'turn') found`,
    [...laneColumns(lanes), from, to],
  );
  return rows[0]?.count ?? 0;
}

function laneColumns(lanes: Stretch["lanes"]): [lanes: number[], firsts: number[], lasts: number[]] {
  return [lanes.map(({ lane }) => lane), lanes.map(({ first }) => first), lanes.map(({ last }) => last)];
}

/** Index: `dead_letter_at`. */
async function lettersIn(
  pool: Pool,
  { from, to }: Stretch,
  { type, keyText, limit }: ActivityRequest,
): Promise<{ rows: StoredLetter[]; total: number }> {
  const { rows } = await pool.query<StoredLetter & { total: number }>(
    `SELECT a.type, a.key AS "keyText", d.message_id AS "messageId", d.command, d.title, d.attempts, d.head, d.at,
       count(*) OVER () AS total
     FROM dead_letter d JOIN actor a ON a.id = d.actor_id
     WHERE d.at BETWEEN to_timestamp($1::float8 / 1000) AND to_timestamp($2::float8 / 1000)
       AND ($3::text IS NULL OR a.type = $3) AND ($4::text IS NULL OR a.key = $4)
     ORDER BY d.at DESC, d.message_id DESC LIMIT $5`,
    [from, to, type, keyText, limit],
  );
  const letters = rows.map(({ total: _, ...letter }) => letter);
  return { rows: letters.reverse(), total: rows[0]?.total ?? 0 };
}
