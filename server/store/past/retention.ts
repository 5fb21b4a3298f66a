import type { Pool } from "pg";
import type { ActorId } from "../../runtime/ports/ids.ts";
import type { CheckpointRow, Span } from "../../runtime/ports/past.ts";
import { valid } from "./columns.ts";

/** See `RetentionPort.spans`. Index: `actor_type_id`, then both ends of each actor's part of `entry`'s primary key. */
export async function spans(
  pool: Pool,
  type: string,
  after: number,
  limit: number,
): Promise<{ spans: Span[]; next: ActorId | null }> {
  const { rows } = await pool.query<{ [K in keyof Span]: Span[K] | (K extends "id" ? never : null) }>({
    name: "spans",
    text: `
      SELECT a.id, first.seq AS begins, first.at AS "firstAt", last.seq AS head
      FROM (SELECT id FROM actor WHERE type = $1 AND id > $2 ORDER BY id LIMIT $3) a
      LEFT JOIN LATERAL (SELECT seq, at FROM entry WHERE actor_id = a.id ORDER BY seq LIMIT 1) first ON true
      LEFT JOIN LATERAL (SELECT seq FROM entry WHERE actor_id = a.id ORDER BY seq DESC LIMIT 1) last ON true
      ORDER BY a.id`,
    values: [type, after, limit],
  });
  const found = rows.filter((row): row is Span => row.begins !== null);
  return { spans: found, next: rows.length < limit ? null : (rows.at(-1)?.id ?? null) };
}

/** The last entry of actor `$1` that may be deleted, or null: see `RetentionPort.prunable`. */
const last = `CASE WHEN EXISTS (SELECT FROM durable_state WHERE actor_id = $1)
  THEN (SELECT max(seq) - 1 FROM entry WHERE actor_id = $1)
  ELSE (SELECT seq FROM checkpoint WHERE actor_id = $1 AND ${valid} ORDER BY seq DESC OFFSET 1 LIMIT 1) END`;

/** See `RetentionPort.prunable`. Index: `entry`'s primary key at both ends, and the end of `checkpoint`'s. */
export async function prunable(pool: Pool, id: ActorId): Promise<{ begins: number; last: number } | null> {
  const { rows } = await pool.query<{ begins: number | null; last: number | null }>({
    name: "prunable",
    text: `SELECT (SELECT min(seq) FROM entry WHERE actor_id = $1) AS begins, ${last} AS last`,
    values: [id],
  });
  const { begins = null, last: until = null } = rows[0] ?? {};
  return begins === null || until === null || until < begins ? null : { begins, last: until };
}

/**
 * See `RetentionPort.writePermanentCheckpoint`. `erase` locks the actor's row first: either it finds this checkpoint,
 * or this statement finds no actor. Index: `actor`'s and `checkpoint`'s primary keys.
 */
export async function writePermanentCheckpoint(
  pool: Pool,
  { id, seq, state, checksum, version, turnTime, at }: CheckpointRow,
): Promise<void> {
  await pool.query({
    name: "keep-checkpoint",
    text: `
      WITH present AS (SELECT id FROM actor WHERE id = $1 FOR KEY SHARE)
      INSERT INTO checkpoint (actor_id, seq, state, checksum, version, turn_time, at, permanent)
      SELECT id, $2, $3::json, $4, $5, to_timestamp($6::float8 / 1000), to_timestamp($7::float8 / 1000), true
      FROM present
      ON CONFLICT (actor_id, seq) DO UPDATE SET state = excluded.state, checksum = excluded.checksum, permanent = true`,
    values: [id, seq, state, checksum, version, turnTime, at],
  });
}

/** See `RetentionPort.pruneThrough`. Index: the primary keys of `entry` and `checkpoint`. */
export async function pruneThrough(pool: Pool, id: ActorId, seq: number): Promise<number> {
  const { rows } = await pool.query<{ gone: number }>({
    name: "prune-through",
    text: `
      WITH cut AS MATERIALIZED (
        SELECT seq FROM checkpoint WHERE actor_id = $1 AND seq = $2 AND ${valid} AND seq <= ${last}
      ), entries AS (
        DELETE FROM entry e USING cut WHERE e.actor_id = $1 AND e.seq <= cut.seq RETURNING e.seq
      ), checkpoints AS (
        DELETE FROM checkpoint c USING cut WHERE c.actor_id = $1 AND c.seq < cut.seq
      )
      SELECT count(*) AS gone FROM entries`,
    values: [id, seq],
  });
  return rows[0]?.gone ?? 0;
}
