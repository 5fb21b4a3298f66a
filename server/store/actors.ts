import type { Pool } from "pg";
import type { Json } from "../protocol/json.ts";
import type { ActorId, Address } from "../runtime/ports/ids.ts";
import type { CountFilter } from "../runtime/ports/listing.ts";
import type { StateRequest, StoredActor } from "../runtime/ports/store.ts";
import { keySearch } from "./lists/key-search.ts";

/**
 * See `Store.load`. One statement for many actors. Index: `actor_type_key`, then `durable_state`'s primary key, and where
 * it is wanted the end of `entry`'s.
 */
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
    values: [...columns(wanted), wanted.map(({ history = false }) => history)],
  });
  const found = new Array<StoredActor | null>(wanted.length).fill(null);
  for (const row of rows) {
    found[row.n - 1] = {
      id: row.id,
      revision: row.revision ?? 0,
      state: row.state === null ? null : (JSON.parse(row.state) as Json),
      version: row.version ?? 0,
      updatedAt: row.updated_at ?? 0,
      newest: row.newest_seq === null ? null : { seq: row.newest_seq, revision: row.newest_revision ?? 0 },
      hasMail: row.has_mail,
    };
  }
  return found;
}

/**
 * See `Store.allocate`. The rows are inserted in one order everywhere, so two that insert the same cannot deadlock; the
 * second statement sees what another inserted meanwhile. Index: `actor_type_key`.
 */
export async function allocate(
  pool: Pool,
  addresses: readonly Address[],
  now: number,
): Promise<{ id: ActorId; isNew: boolean }[]> {
  const [types, keys] = columns(addresses);
  const inserted = await pool.query<{ id: ActorId }>({
    name: "allocate",
    text: `
      INSERT INTO actor (type, key, created_at, last_active_at)
      SELECT type, key, to_timestamp($3::float8 / 1000), to_timestamp($3::float8 / 1000)
      FROM unnest($1::text[], $2::text[]) AS w(type, key)
      ORDER BY type COLLATE "C", key COLLATE "C"
      ON CONFLICT (type, key) DO NOTHING
      RETURNING id`,
    values: [types, keys, now],
  });
  const made = new Set(inserted.rows.map(({ id }) => id));
  const { rows } = await pool.query<{ n: number; id: ActorId }>({
    name: "actor-ids",
    text: `
      SELECT w.n::int AS n, a.id FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS w(type, key, n)
      JOIN actor a ON a.type = w.type AND a.key = w.key ORDER BY w.n`,
    values: [types, keys],
  });
  return rows.map(({ id }) => ({ id, isNew: made.has(id) }));
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

/** See `Store.countByType`. Reads the whole of an index: asked once, at the start. */
export async function countByType(pool: Pool): Promise<Map<string, number>> {
  const { rows } = await pool.query<{ type: string; count: number }>("SELECT type, count(*) FROM actor GROUP BY type");
  return new Map(rows.map((row) => [row.type, row.count]));
}

/** See `Store.everyActor`. Index: `actor_type_id`, in its order. */
export async function everyActor(pool: Pool, limit: number): Promise<Address[]> {
  const { rows } = await pool.query<{ type: string; key: string }>(
    "SELECT type, key FROM actor ORDER BY type, id LIMIT $1",
    [limit],
  );
  return rows.map(({ type, key }) => ({ type, keyText: key }));
}

/**
 * See `Store.countFound`. Index: `actor_key_trigrams`; what is in many keys is found in the rows themselves, which are left
 * as soon as `limit` are found. Not prepared by name, so that the plan fits the search.
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
 * See `Store.countCreated`. Index: `actor`'s primary key, from `after` to `until`: what it costs is what was created.
 * Ids are given in one call at a time, so their order is the order in which the actors came to be.
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
    [after, until, type ?? null, ...columns(except), limit, ...search.values],
  );
  return rows[0]?.count ?? 0;
}

function columns(addresses: readonly Address[]): [types: string[], keys: string[]] {
  return [addresses.map((address) => address.type), addresses.map((address) => address.keyText)];
}
