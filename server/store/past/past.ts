import type { Pool } from "pg";
import type { Entry, EntryKind } from "../../protocol/journal.ts";
import type { Stretch, Timeline } from "../../protocol/past.ts";
import type { ActorId } from "../../runtime/ports/ids.ts";
import type { Checkpoint, EntriesPage, EntriesRequest, Past, PastRequest } from "../../runtime/ports/past.ts";
import { checkpointColumns, type EntryColumns, toEntry, valid } from "./columns.ts";

/** A pool, or a connection. */
export type Reader = Pick<Pool, "query">;

type PageRow = Omit<EntryColumns, "body"> & { body: string | null; durationMs?: number | null };

/**
 * The terms `page` and `sent` of a recursive statement, which steps from entry to entry of actor `$1` and stops at the
 * first one beyond the limits, so that it reads no more than it returns. That entry comes without its body, to show
 * that there are more. `$2` is the maximum number of entries, `$3` of bytes. Index: `entry`'s primary key, a probe per
 * entry.
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
      SELECT n, seq, at, lane, batch,
        CASE WHEN n = 1 OR n <= $2 AND bytes + octet_length(body::text) <= $3 THEN body END AS body
      FROM page
    )`;
}

/**
 * The end of the statement when commit durations are requested: they are in the row of the lane's next batch or, before
 * that exists, in `$7`, `$8` and `$9`. Index: `commit`'s primary key, a probe per entry.
 */
const timed = `
  SELECT s.seq, s.at, s.body, coalesce(c.previous_duration_ms, newest.ms) AS "durationMs" FROM sent s
  LEFT JOIN commit c ON c.lane = s.lane AND c.batch = s.batch + 1
  LEFT JOIN unnest($7::int[], $8::bigint[], $9::int[]) AS newest(lane, batch, ms)
    ON newest.lane = s.lane AND newest.batch = s.batch
  ORDER BY s.n`;

/** See `Store.entries`. Index: that of `page`, forwards or backwards. */
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

/** See `Store.past`. Index: `checkpoint`'s primary key backwards, then that of `page`. */
export async function past(pool: Reader, { id, at, before, limit, bytes }: PastRequest): Promise<Past> {
  const next = (after: string) => `
    SELECT seq, at, lane, batch, body FROM entry
    WHERE actor_id = $1 AND seq > ${after} AND seq < $5 ORDER BY seq LIMIT 1`;
  const { rows } = await pool.query<Base & { entrySeq: number | null; entryAt: number; body: string | null }>({
    name: "past",
    text: `
      WITH RECURSIVE base AS MATERIALIZED (
        SELECT 1 AS n, ${checkpointColumns} FROM checkpoint
        WHERE actor_id = $1 AND seq <= $4 AND ${valid} ORDER BY seq DESC LIMIT 1
      ), ${page(next("coalesce((SELECT seq FROM base), 0)"), next("page.seq"))}
      SELECT b.seq, b.state, b.checksum, b.version, b."turnTime", b.at, s.seq AS "entrySeq", s.at AS "entryAt", s.body
      FROM sent s FULL JOIN base b ON b.n = s.n ORDER BY s.n`,
    values: [id, limit, bytes, at, before],
  });
  const found = rows.flatMap(({ entrySeq: seq, entryAt: at, body }) => (seq === null ? [] : [{ seq, at, body }]));
  return { checkpoint: rows[0] === undefined ? null : toCheckpoint(rows[0]), ...toPage(found) };
}

/** See `Store.seqAt`. A binary search. Index: `entry`'s primary key, a probe per step. */
export async function seqAt(pool: Reader, id: ActorId, time: number): Promise<{ seq: number; begins: number } | null> {
  const { rows } = await pool.query<{ seq: number; begins: number }>({
    name: "seq-at",
    text: `
      WITH RECURSIVE ends AS (
        SELECT min(seq) AS low, max(seq) AS high FROM entry WHERE actor_id = $1
      ), search AS (
        SELECT low - 1 AS low, high, low AS begins FROM ends WHERE low IS NOT NULL
        UNION ALL
        SELECT CASE WHEN e.at <= t.at THEN e.seq ELSE low END,
          CASE WHEN e.at <= t.at THEN high ELSE e.seq - 1 END, begins
        FROM search CROSS JOIN (SELECT to_timestamp($2::float8 / 1000) AS at) t
        JOIN entry e ON e.actor_id = $1 AND e.seq = (low + high + 1) / 2
        WHERE low < high
      )
      SELECT low AS seq, begins FROM search WHERE low = high`,
    values: [id, time],
  });
  return rows[0] ?? null;
}

type Base = Omit<Checkpoint, "seq"> & { seq: number | null };

function toCheckpoint({ seq, state, checksum, version, turnTime, at }: Base): Checkpoint | null {
  return seq === null ? null : { seq, state, checksum, version, turnTime, at };
}

function toPage(rows: readonly PageRow[]): EntriesPage {
  const found = rows.flatMap(({ body, durationMs, ...row }): Entry[] => {
    if (body === null) return [];
    return [{ ...toEntry({ ...row, body }), ...(typeof durationMs === "number" && { durationMs }) }];
  });
  return { entries: found, more: found.length < rows.length };
}

interface StretchRow {
  begins: number;
  head: number;
  width: number;
  seq: number;
  kind: EntryKind;
  count: number;
  at: number;
}

/**
 * See `Store.timeline`. Index: `entry`'s primary key, for each stretch its first `counted` entries; `entry_failed`; and
 * the end of `checkpoint`'s primary key.
 */
export async function timeline(
  pool: Pool,
  id: ActorId,
  { stretches, counted, marks }: { stretches: number; counted: number; marks: number },
): Promise<Timeline> {
  const [parts, checkpoints, failures] = await Promise.all([
    pool.query<StretchRow>({
      name: "timeline",
      text: `
        WITH journal AS (
          SELECT begins, head, ceil((head - begins + 1)::float8 / $2)::bigint AS width
          FROM (SELECT min(seq) AS begins, max(seq) AS head FROM entry WHERE actor_id = $1) e WHERE begins IS NOT NULL
        )
        SELECT j.begins, j.head, j.width, s.seq, e.kind, count(*)::int AS count, min(e.at) AS at
        FROM journal j CROSS JOIN LATERAL generate_series(j.begins, j.head, j.width) AS s(seq)
        CROSS JOIN LATERAL (
          SELECT kind, at FROM entry WHERE actor_id = $1 AND seq >= s.seq AND seq < s.seq + j.width
          ORDER BY seq LIMIT $3
        ) e
        GROUP BY j.begins, j.head, j.width, s.seq, e.kind ORDER BY s.seq`,
      values: [id, stretches, counted],
    }),
    seqs(pool, "SELECT seq FROM checkpoint WHERE actor_id = $1 ORDER BY seq DESC LIMIT $2", [id, marks]),
    seqs(pool, "SELECT seq FROM entry WHERE actor_id = $1 AND kind = 'attempt_failed' ORDER BY seq DESC LIMIT $2", [
      id,
      marks,
    ]),
  ]);
  const { begins, head, width } = parts.rows[0] ?? { begins: 0, head: 0, width: 1 };
  return { begins, head, width, stretches: stretchesOf(parts.rows, counted), checkpoints, failures };
}

async function seqs(pool: Pool, text: string, values: readonly number[]): Promise<number[]> {
  const { rows } = await pool.query<{ seq: number }>(text, [...values]);
  return rows.map(({ seq }) => seq);
}

/** Extrapolates the counts of stretches longer than `counted`. */
function stretchesOf(rows: readonly StretchRow[], counted: number): Stretch[] {
  const found = new Map<number, Stretch>();
  for (const { seq, kind, count, at, width, head } of rows) {
    const length = Math.min(width, head - seq + 1);
    const known = found.get(seq) ?? { seq, at, kinds: {} };
    known.kinds[kind] = Math.round(count * Math.max(1, length / counted));
    known.at = Math.min(known.at, at);
    found.set(seq, known);
  }
  return [...found.values()];
}
