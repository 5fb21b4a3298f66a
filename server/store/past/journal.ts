import type { Pool } from "pg";
import type { Entry } from "../../protocol/journal.ts";
import type { ActorId, Address } from "../../runtime/ports/ids.ts";
import type { Checkpoint, CheckpointRow, CheckpointSummary } from "../../runtime/ports/past.ts";
import type { StoredJournal } from "../../runtime/ports/store.ts";
import { crashPoint } from "../../runtime/shared/crash-points.ts";
import { addressColumns, positioned } from "../rows.ts";
import { checkpointColumns, type EntryColumns, toEntry, valid } from "./columns.ts";

/** See `Store.loadJournals`. Index: `actor_type_key`, then the end of `checkpoint`'s primary key. */
export async function loadJournals(pool: Pool, addresses: readonly Address[]): Promise<(StoredJournal | null)[]> {
  const { rows } = await pool.query<
    { n: number; id: ActorId; hasMail: boolean } & (Checkpoint | (Omit<Checkpoint, "seq"> & { seq: null }))
  >({
    name: "load-journals",
    text: `
      SELECT w.n::int AS n, a.id, EXISTS (SELECT FROM mailbox WHERE actor_id = a.id) AS "hasMail", c.*
      FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS w(type, key, n)
      JOIN actor a ON a.type = w.type AND a.key = w.key
      LEFT JOIN LATERAL (
        SELECT ${checkpointColumns} FROM checkpoint WHERE actor_id = a.id ORDER BY seq DESC LIMIT 1
      ) c ON true`,
    values: addressColumns(addresses),
  });
  return positioned(addresses.length, rows, ({ n: _, id, hasMail, seq, ...rest }) => {
    return { id, checkpoint: seq === null ? null : { seq, ...rest }, hasMail };
  });
}

/** See `Store.tails`. Index: `entry`'s primary key, one range for each actor. */
export async function tails(
  pool: Pool,
  wanted: readonly { id: ActorId; after: number }[],
  limit: number,
): Promise<(Entry & { id: ActorId })[]> {
  const sorted = [...wanted].sort((a, b) => a.id - b.id);
  const { rows } = await pool.query<EntryColumns & { id: ActorId }>({
    name: "tails",
    text: `
      SELECT e.actor_id AS id, e.seq, e.at, e.body
      FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS w(id, after, n)
      CROSS JOIN LATERAL (
        SELECT * FROM entry WHERE actor_id = w.id AND seq > w.after ORDER BY seq LIMIT $3
      ) e ORDER BY w.n, e.seq LIMIT $3`,
    values: [sorted.map((one) => one.id), sorted.map((one) => one.after), limit],
  });
  return rows.map((row) => ({ id: row.id, ...toEntry(row) }));
}

/** See `Store.checkpointAt`. Index: `checkpoint`'s primary key. */
export async function checkpointAt(pool: Pool, id: ActorId, seq: number): Promise<Checkpoint | null> {
  const { rows } = await pool.query<Checkpoint>({
    name: "checkpoint-at",
    text: `
      SELECT ${checkpointColumns} FROM checkpoint WHERE actor_id = $1 AND seq <= $2 ORDER BY seq DESC LIMIT 1`,
    values: [id, seq],
  });
  return rows[0] ?? null;
}

/**
 * See `Store.writeCheckpoints`. For each actor the second statement reads checkpoints, newest first, until it has found
 * two valid ones. Index: `checkpoint`'s primary key.
 */
export async function writeCheckpoints(pool: Pool, rows: readonly CheckpointRow[]): Promise<void> {
  await pool.query({
    name: "write-checkpoints",
    text: `
      INSERT INTO checkpoint (actor_id, seq, state, checksum, version, turn_time, at, permanent)
      SELECT actor_id, seq, state::json, checksum, version, to_timestamp(turn_time / 1000),
        to_timestamp($8::float8 / 1000), permanent
      FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::int[], $6::float8[], $7::boolean[])
        AS w(actor_id, seq, state, checksum, version, turn_time, permanent)
      ON CONFLICT (actor_id, seq) DO UPDATE
        SET state = excluded.state, checksum = excluded.checksum, version = excluded.version,
            turn_time = excluded.turn_time, at = excluded.at`,
    values: [
      rows.map((row) => row.id),
      rows.map((row) => row.seq),
      rows.map((row) => row.state),
      rows.map((row) => row.checksum),
      rows.map((row) => row.version),
      rows.map((row) => row.turnTime),
      rows.map((row) => row.permanent),
      rows[0]?.at,
    ],
  });
  crashPoint("checkpoint: written, older ones not deleted");
  await pool.query({
    name: "drop-checkpoints",
    text: `
      WITH oldest AS MATERIALIZED (
        SELECT w.id, (
          SELECT seq FROM checkpoint WHERE actor_id = w.id AND ${valid} ORDER BY seq DESC OFFSET 1 LIMIT 1
        ) AS seq
        FROM unnest($1::bigint[]) AS w(id)
      )
      DELETE FROM checkpoint c USING oldest o WHERE c.actor_id = o.id AND c.seq < o.seq AND NOT c.permanent`,
    values: [rows.map((row) => row.id)],
  });
}

/** See `Store.checkpoints`. Index: `checkpoint`'s primary key, backwards. */
export async function checkpoints(
  pool: Pool,
  id: ActorId,
  before: number,
  limit: number,
): Promise<CheckpointSummary[]> {
  const { rows } = await pool.query<CheckpointSummary>(
    `SELECT seq, checksum, version, turn_time AS "turnTime", at, octet_length(state::text) AS bytes, permanent,
       ${valid} AS valid
     FROM checkpoint WHERE actor_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3`,
    [id, before, limit],
  );
  return rows;
}
