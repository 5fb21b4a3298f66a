import type { Pool } from "pg";
import type { Entry, EntryBody } from "../../protocol/journal.ts";
import type { ActorId, Address } from "../../runtime/ports/ids.ts";
import type { Checkpoint, CheckpointRow } from "../../runtime/ports/past.ts";
import type { StoredJournal } from "../../runtime/ports/store.ts";
import { crashPoint } from "../../runtime/shared/crash-points.ts";

/** The columns of an entry. `body` is JSON text. */
export interface EntryColumns {
  actor_id: ActorId;
  seq: number;
  at: number;
  body: string;
}

/** The columns of a checkpoint. `state` is JSON text. */
export interface CheckpointColumns {
  seq: number;
  state: string;
  checksum: string;
  version: number;
  turn_time: number;
  at: number;
}

/**
 * Whether a checkpoint's checksum holds: `checksum` of `runtime/shared/digest.ts` in SQL, so that no state has to travel for it.
 */
export const valid =
  "checksum = translate(left(encode(sha256(convert_to(state::text, 'UTF8')), 'base64'), 22), '+/', '-_')";

/** See `Store.loadJournals`. Index: `actor_type_key`, then the end of `checkpoint`'s primary key. */
export async function loadJournals(pool: Pool, addresses: readonly Address[]): Promise<(StoredJournal | null)[]> {
  const { rows } = await pool.query<
    { n: number; id: ActorId; has_mail: boolean } & (CheckpointColumns | { seq: null })
  >({
    name: "load-journals",
    text: `
      SELECT w.n::int AS n, a.id, EXISTS (SELECT FROM mailbox WHERE actor_id = a.id) AS has_mail, c.*
      FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS w(type, key, n)
      JOIN actor a ON a.type = w.type AND a.key = w.key
      LEFT JOIN LATERAL (
        SELECT seq, state, checksum, version, turn_time, at FROM checkpoint
        WHERE actor_id = a.id ORDER BY seq DESC LIMIT 1
      ) c ON true`,
    values: [addresses.map((address) => address.type), addresses.map((address) => address.keyText)],
  });
  const found = new Array<StoredJournal | null>(addresses.length).fill(null);
  for (const row of rows) {
    const checkpoint = row.seq === null ? null : toCheckpoint(row);
    found[row.n - 1] = { id: row.id, checkpoint, hasMail: row.has_mail };
  }
  return found;
}

/** See `Store.tails`. Index: `entry`'s primary key, one range for each actor. */
export async function tails(
  pool: Pool,
  wanted: readonly { id: ActorId; after: number }[],
  limit: number,
): Promise<(Entry & { id: ActorId })[]> {
  const sorted = [...wanted].sort((a, b) => a.id - b.id);
  const { rows } = await pool.query<EntryColumns>({
    name: "tails",
    text: `
      SELECT e.actor_id, e.seq, e.at, e.body
      FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS w(id, after, n)
      CROSS JOIN LATERAL (
        SELECT * FROM entry WHERE actor_id = w.id AND seq > w.after ORDER BY seq LIMIT $3
      ) e ORDER BY w.n, e.seq LIMIT $3`,
    values: [sorted.map((one) => one.id), sorted.map((one) => one.after), limit],
  });
  return rows.map((row) => ({ id: row.actor_id, ...toEntry(row) }));
}

/** See `Store.checkpointAt`. Index: `checkpoint`'s primary key. */
export async function checkpointAt(pool: Pool, id: ActorId, seq: number): Promise<Checkpoint | null> {
  const { rows } = await pool.query<CheckpointColumns>({
    name: "checkpoint-at",
    text: `
      SELECT seq, state, checksum, version, turn_time, at FROM checkpoint
      WHERE actor_id = $1 AND seq <= $2 ORDER BY seq DESC LIMIT 1`,
    values: [id, seq],
  });
  return rows[0] === undefined ? null : toCheckpoint(rows[0]);
}

/**
 * See `Store.writeCheckpoints`. The second statement looks once for each actor, newest first, at as many checkpoints as it
 * takes to find two that are valid. Index: `checkpoint`'s primary key.
 */
export async function writeCheckpoints(pool: Pool, rows: readonly CheckpointRow[]): Promise<void> {
  await pool.query({
    name: "write-checkpoints",
    text: `
      INSERT INTO checkpoint (actor_id, seq, state, checksum, version, turn_time, at, permanent)
      SELECT actor_id, seq, state::json, checksum, version, to_timestamp(turn_time / 1000), to_timestamp($8::float8 / 1000),
             permanent
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
      WITH kept AS MATERIALIZED (
        SELECT w.id, (
          SELECT seq FROM checkpoint WHERE actor_id = w.id AND ${valid} ORDER BY seq DESC OFFSET 1 LIMIT 1
        ) AS seq
        FROM unnest($1::bigint[]) AS w(id)
      )
      DELETE FROM checkpoint c USING kept WHERE c.actor_id = kept.id AND c.seq < kept.seq AND NOT c.permanent`,
    values: [rows.map((row) => row.id)],
  });
}

/** See `Store.checkpoints`. Index: `checkpoint`'s primary key, backwards. */
export async function checkpoints(
  pool: Pool,
  id: ActorId,
  before: number,
  limit: number,
): Promise<(Omit<Checkpoint, "state"> & { bytes: number; permanent: boolean; valid: boolean })[]> {
  const { rows } = await pool.query<
    Omit<CheckpointColumns, "state"> & { bytes: number; permanent: boolean; valid: boolean }
  >(
    `SELECT seq, checksum, version, turn_time, at, octet_length(state::text) AS bytes, permanent, ${valid} AS valid
     FROM checkpoint WHERE actor_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3`,
    [id, before, limit],
  );
  return rows.map(({ turn_time, ...row }) => ({ ...row, turnTime: turn_time }));
}

/** An entry as the store's columns have it. */
export function toEntry({ seq, at, body }: Omit<EntryColumns, "actor_id">): Entry {
  return { seq, at, body: JSON.parse(body) as EntryBody };
}

/** A checkpoint as the store's columns have it. */
export function toCheckpoint({ seq, state, checksum, version, turn_time, at }: CheckpointColumns): Checkpoint {
  return { seq, state, checksum, version, turnTime: turn_time, at };
}
