import type { Pool } from "pg";
import type { Entry } from "../../protocol/journal.ts";
import type { ActorId } from "../../runtime/ports/ids.ts";
import type { EntriesPage, EntriesRequest, Past, PastRequest } from "../../runtime/ports/past.ts";
import { type CheckpointColumns, type EntryColumns, toCheckpoint, toEntry, valid } from "./journal.ts";

/** A pool, or a connection. */
export type Reader = Pick<Pool, "query">;

type PageRow = Omit<EntryColumns, "actor_id" | "body"> & { body: string | null; took?: number | null };

/**
 * The terms `page` and `sent` of a recursive statement: goes from entry to entry of actor `$1` and stops at the first that
 * is too much, so that no more is read than is sent; that one says, without its body, that there are more. `$2` is how many
 * there may be and `$3` how many bytes they may have. Index: `entry`'s primary key, a probe for each entry.
 * @param next the statement that finds the entry after or before a seq
 */
function page(first: string, next: string): string {
  return `page AS (
      SELECT e.*, 1 AS n, 0::bigint AS bytes FROM (${first}) e
      UNION ALL
      SELECT e.*, page.n + 1, page.bytes + octet_length(page.body::text)
      FROM page CROSS JOIN LATERAL (${next}) e
      WHERE page.n <= $2 AND (page.n = 1 OR page.bytes + octet_length(page.body::text) <= $3)
    ), sent AS (
      SELECT n, seq, at, lane, batch, CASE WHEN n = 1 OR n <= $2 AND bytes + octet_length(body::text) <= $3 THEN body END AS body
      FROM page
    )`;
}

/**
 * The statement's end that says how long the commits of entries took: that is in the row of the lane's next batch, or,
 * where there is none yet, in `$7`, `$8` and `$9`. Index: `commit`'s primary key, a probe for each entry.
 */
const timed = `
  SELECT s.seq, s.at, s.body, coalesce(c.previous_duration_ms, newest.took) AS took FROM sent s
  LEFT JOIN commit c ON c.lane = s.lane AND c.batch = s.batch + 1
  LEFT JOIN unnest($7::int[], $8::bigint[], $9::int[]) AS newest(lane, batch, took)
    ON newest.lane = s.lane AND newest.batch = s.batch
  ORDER BY s.n`;

/** See `Store.entries`. Index: as `page` says, forwards or backwards. */
export async function entries(pool: Reader, request: EntriesRequest): Promise<EntriesPage> {
  const { commits } = request;
  const isForwards = request.before === undefined;
  const next = (after: string, before: string) => `
    SELECT seq, at, lane, batch, body FROM entry
    WHERE actor_id = $1 AND seq > ${after} AND seq < ${before} AND ($6::text[] IS NULL OR kind = ANY ($6))
    ORDER BY seq ${isForwards ? "ASC" : "DESC"} LIMIT 1`;
  const { rows } = await pool.query<PageRow>(
    `WITH RECURSIVE ${page(next("$4", "$5"), isForwards ? next("page.seq", "$5") : next("$4", "page.seq"))}
     ${commits === undefined ? "SELECT seq, at, body FROM sent ORDER BY n" : timed}`,
    [
      request.id,
      request.limit,
      request.bytes,
      request.after ?? 0,
      request.before ?? Number.MAX_SAFE_INTEGER,
      request.kinds ?? null,
      ...(commits === undefined
        ? []
        : [commits.map(({ lane }) => lane), commits.map(({ batch }) => batch), commits.map((one) => one.durationMs)]),
    ],
  );
  return toPage(rows);
}

/** See `Store.past`. Index: `checkpoint`'s primary key backwards, then as `page` says. */
export async function past(pool: Reader, { id, at, before, limit, bytes }: PastRequest): Promise<Past> {
  const next = (after: string) =>
    `SELECT seq, at, lane, batch, body FROM entry WHERE actor_id = $1 AND seq > ${after} AND seq < $5 ORDER BY seq LIMIT 1`;
  const { rows } = await pool.query<Base & { [K in keyof PageRow]: PageRow[K] | null }>({
    name: "past",
    text: `
      WITH RECURSIVE base AS MATERIALIZED (
        SELECT 1 AS n, seq AS base_seq, state, checksum, version, turn_time, at AS base_at FROM checkpoint
        WHERE actor_id = $1 AND seq <= $4 AND ${valid} ORDER BY seq DESC LIMIT 1
      ), ${page(next("coalesce((SELECT base_seq FROM base), 0)"), next("page.seq"))}
      SELECT b.base_seq, b.state, b.checksum, b.version, b.turn_time, b.base_at, s.seq, s.at, s.body
      FROM sent s FULL JOIN base b ON b.n = s.n ORDER BY s.n`,
    values: [id, limit, bytes, at, before],
  });
  const [first] = rows;
  const found = rows.flatMap(({ seq, at, body }) => (seq === null || at === null ? [] : [{ seq, at, body }]));
  return { checkpoint: first === undefined ? null : baseOf(first), ...toPage(found) };
}

/**
 * See `Store.seqAt`. Halves what it searches until one seq is left. Index: `entry`'s primary key, a probe for each half.
 */
export async function seqAt(pool: Reader, id: ActorId, time: number): Promise<{ seq: number; begins: number } | null> {
  const { rows } = await pool.query<{ seq: number; begins: number }>({
    name: "seq-at",
    text: `
      WITH RECURSIVE ends AS (
        SELECT min(seq) AS low, max(seq) AS high FROM entry WHERE actor_id = $1
      ), search AS (
        SELECT low - 1 AS low, high, low AS begins FROM ends WHERE low IS NOT NULL
        UNION ALL
        SELECT CASE WHEN e.at <= t.at THEN e.seq ELSE low END, CASE WHEN e.at <= t.at THEN high ELSE e.seq - 1 END, begins
        FROM search CROSS JOIN (SELECT to_timestamp($2::float8 / 1000) AS at) t
        JOIN entry e ON e.actor_id = $1 AND e.seq = (low + high + 1) / 2
        WHERE low < high
      )
      SELECT low AS seq, begins FROM search WHERE low = high`,
    values: [id, time],
  });
  return rows[0] ?? null;
}

interface Base {
  base_seq: number | null;
  base_at: number;
  state: string;
  checksum: string;
  version: number;
  turn_time: number;
}

function baseOf({ base_seq: seq, base_at: at, ...row }: Base): Past["checkpoint"] {
  return seq === null ? null : toCheckpoint({ ...row, seq, at } satisfies CheckpointColumns);
}

function toPage(rows: readonly PageRow[]): EntriesPage {
  const found = rows.flatMap(({ body, took: durationMs, ...row }): Entry[] => {
    if (body === null) return [];
    return [{ ...toEntry({ ...row, body }), ...(typeof durationMs === "number" && { durationMs }) }];
  });
  return { entries: found, more: found.length < rows.length };
}
