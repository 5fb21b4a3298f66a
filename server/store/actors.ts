import type { Pool } from "pg";
import type { Json } from "../protocol/journal.ts";
import type { ActorId, Address } from "../runtime/ports/ids.ts";
import type { Claim } from "../runtime/ports/leases.ts";
import type { CountFilter } from "../runtime/ports/listing.ts";
import type { StateRequest, StoredActor } from "../runtime/ports/store.ts";
import { NODE, transaction } from "./connection.ts";
import { keySearch } from "./lists/sql.ts";
import { addressColumns, parsed, positioned } from "./rows.ts";

/** See `Store.load`. Index: `actor_type_key`, `durable_state`'s primary key, with `history` the end of `entry`'s. */
export async function load(pool: Pool, wanted: readonly StateRequest[]): Promise<(StoredActor | null)[]> {
  const { rows } = await pool.query<{
    n: number;
    id: ActorId;
    revision: number | null;
    state: string | null;
    version: number | null;
    updated_at: number | null;
    newest_seq: number | null;
    newest_revision: number | null;
    has_mail: boolean;
  }>({
    name: "load",
    text: `
      SELECT w.n::int AS n, a.id, s.revision, s.state, s.version, s.updated_at,
        e.seq AS newest_seq, e.revision AS newest_revision,
        EXISTS (SELECT FROM mailbox WHERE actor_id = a.id) AS has_mail
      FROM unnest($1::text[], $2::text[], $3::boolean[]) WITH ORDINALITY AS w(type, key, history, n)
      JOIN actor a ON a.type = w.type AND a.key = w.key
      LEFT JOIN durable_state s ON s.actor_id = a.id
      LEFT JOIN LATERAL (
        SELECT seq, (body->>'revision')::bigint AS revision FROM entry
        WHERE w.history AND actor_id = a.id ORDER BY seq DESC LIMIT 1
      ) e ON true`,
    values: [...addressColumns(wanted), wanted.map(({ history = false }) => history)],
  });
  return positioned(wanted.length, rows, (row) => ({
    id: row.id,
    revision: row.revision ?? 0,
    state: parsed<Json>(row.state),
    version: row.version ?? 0,
    updatedAt: row.updated_at ?? 0,
    newest: row.newest_seq === null ? null : { seq: row.newest_seq, revision: row.newest_revision ?? 0 },
    hasMail: row.has_mail,
  }));
}

/**
 * See `Store.allocate`. Rows are always inserted in the same order, so concurrent calls cannot deadlock. The second
 * statement sees the rows that another call inserted in between. Index: `actor_type_key`.
 */
export async function allocate(
  pool: Pool,
  addresses: readonly Address[],
  now: number,
): Promise<{ id: ActorId; isNew: boolean }[]> {
  const columns = addressColumns(addresses);
  const inserted = await pool.query<{ id: ActorId }>({
    name: "allocate",
    text: `
      INSERT INTO actor (type, key, created_at, last_active_at)
      SELECT type, key, to_timestamp($3::float8 / 1000), to_timestamp($3::float8 / 1000)
      FROM unnest($1::text[], $2::text[]) AS w(type, key)
      ORDER BY type COLLATE "C", key COLLATE "C"
      ON CONFLICT (type, key) DO NOTHING
      RETURNING id`,
    values: [...columns, now],
  });
  const created = new Set(inserted.rows.map(({ id }) => id));
  const { rows } = await pool.query<{ n: number; id: ActorId }>({
    name: "actor-ids",
    text: `
      SELECT w.n::int AS n, a.id FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS w(type, key, n)
      JOIN actor a ON a.type = w.type AND a.key = w.key ORDER BY w.n`,
    values: columns,
  });
  return rows.map(({ id }) => ({ id, isNew: created.has(id) }));
}

/** See `Store.touch`. Index: `actor`'s primary key. */
export async function touch(pool: Pool, activity: readonly { id: ActorId; lastActiveAt: number }[]): Promise<void> {
  await pool.query({
    name: "touch",
    text: `
      UPDATE actor a SET last_active_at = to_timestamp(w.at / 1000)
      FROM unnest($1::bigint[], $2::float8[]) AS w(id, at) WHERE a.id = w.id`,
    values: [activity.map((row) => row.id), activity.map((row) => row.lastActiveAt)],
  });
}

/** See `Store.countByType`. Scans a whole index, so it runs only once, at the start. */
export async function countByType(pool: Pool): Promise<Map<string, number>> {
  const { rows } = await pool.query<{ type: string; count: number }>("SELECT type, count(*) FROM actor GROUP BY type");
  return new Map(rows.map((row) => [row.type, row.count]));
}

/** See `Store.everyActor`. Index: `actor_type_id`, in order. */
export async function everyActor(pool: Pool, limit: number): Promise<Address[]> {
  const { rows } = await pool.query<Address>('SELECT type, key AS "keyText" FROM actor ORDER BY type, id LIMIT $1', [
    limit,
  ]);
  return rows;
}

/**
 * See `Store.countFound`. Index: `actor_key_trigrams`; for a part of many keys Postgres scans the table instead, and
 * stops after `limit` matches. Not a named statement, so that the plan fits the search.
 */
export async function countFound(pool: Pool, keyPart: string, limit: number): Promise<Map<string, number>> {
  const search = keySearch(keyPart, 2);
  const { rows } = await pool.query<{ type: string; count: number }>(
    `SELECT type, count(*) FROM (SELECT type FROM actor a WHERE ${search.sql} LIMIT $1) found GROUP BY type`,
    [limit, ...search.values],
  );
  return new Map(rows.map((row) => [row.type, row.count]));
}

/**
 * See `Store.countCreated`. Index: `actor`'s primary key, from `after` to `until`, so the cost is proportional to the
 * number of actors created. Only one call allocates ids at a time, so their order is the order of creation.
 */
export async function countCreated(
  pool: Pool,
  { type, keyPart, limit }: CountFilter,
  { after, until }: { after: number; until: number },
  except: readonly Address[],
): Promise<number> {
  const search = keySearch(keyPart, 7);
  const { rows } = await pool.query<{ count: number }>(
    `SELECT count(*) FROM (
       SELECT FROM actor a WHERE a.id > $1 AND a.id <= $2 AND ($3::text IS NULL OR a.type = $3) AND ${search.sql}
         AND NOT EXISTS (
           SELECT FROM unnest($4::text[], $5::text[]) AS w(type, key) WHERE w.type = a.type AND w.key = a.key)
       LIMIT $6) found`,
    [after, until, type ?? null, ...addressColumns(except), limit, ...search.values],
  );
  return rows[0]?.count ?? 0;
}

/**
 * See `Store.erase`. It locks the lanes' rows first, as commits do: a node that was taken over erases nothing, and a
 * message to the actor either commits before the erasure or finds no actor. The actor's rows in `sent`, which have no
 * payloads, stay until they are pruned.
 * Index: `actor_type_key`, then the start of the other tables' primary keys.
 */
export async function erase(
  pool: Pool,
  { epoch }: Claim,
  { type, keyText }: Address,
  now: number,
): Promise<"erased" | "absent" | "fenced"> {
  return transaction(pool, async (client) => {
    const lanes = await client.query("SELECT FROM lane WHERE node = $1 AND epoch = $2 ORDER BY lane FOR UPDATE", [
      NODE,
      epoch,
    ]);
    if (lanes.rowCount === 0) return "fenced";
    // A concurrent `writePermanentCheckpoint` either commits before this lock, or finds no actor.
    await client.query("SELECT FROM actor WHERE type = $1 AND key = $2 FOR UPDATE", [type, keyText]);
    const { rowCount } = await client.query(
      `WITH gone AS (DELETE FROM actor WHERE type = $1 AND key = $2 RETURNING id, type),
         states AS (DELETE FROM durable_state s USING gone WHERE s.actor_id = gone.id RETURNING revision),
         entries AS (DELETE FROM entry e USING gone WHERE e.actor_id = gone.id RETURNING seq),
         checkpoints AS (DELETE FROM checkpoint c USING gone WHERE c.actor_id = gone.id RETURNING seq),
         replies AS (DELETE FROM reply r USING gone WHERE r.actor_id = gone.id),
         mails AS (DELETE FROM mailbox m USING gone WHERE m.actor_id = gone.id),
         letters AS (DELETE FROM dead_letter d USING gone WHERE d.actor_id = gone.id),
         reminders AS (DELETE FROM reminder r USING gone WHERE r.actor_id = gone.id),
         forks AS (DELETE FROM fork f USING gone WHERE f.actor_id = gone.id)
       INSERT INTO tombstone (actor_id, type, head, at)
       SELECT id, type, coalesce((SELECT max(revision) FROM states), greatest(
         (SELECT max(seq) FROM entries), (SELECT max(seq) FROM checkpoints)), 0), to_timestamp($3::float8 / 1000)
       FROM gone`,
      [type, keyText, now],
    );
    return rowCount === 1 ? "erased" : "absent";
  });
}
