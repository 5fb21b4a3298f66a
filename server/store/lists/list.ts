import type { Pool } from "pg";
import type { LastChange } from "../../protocol/actors.ts";
import type { Json } from "../../protocol/journal.ts";
import type { ActorId, Address } from "../../runtime/ports/ids.ts";
import type { ListPage, ListRequest, StoredDetail, StoredSummary } from "../../runtime/ports/listing.ts";
import { bigints } from "../arrays.ts";
import { transaction } from "../connection.ts";
import { addressColumns, parsed, positioned } from "../rows.ts";
import { inRange, keySearch, ordered, type Parameters, summaryColumns } from "./sql.ts";

/**
 * See `Store.list`. Each order has an index, without and with a type: `actor_activity`, `actor_type_activity`;
 * `actor`'s primary key, `actor_type_id`; `actor_key`, `actor_type_key`. Postgres reads only as much of it as the page
 * needs, and looks up only the page's rows in other tables. Not a named statement, so that the plan fits the request;
 * `docs/console-queries.md` shows the plans.
 */
export async function list(pool: Pool, request: ListRequest): Promise<ListPage> {
  const { keyPart, order, except, limit } = request;
  if (keyPart !== undefined) return search(pool, { ...request, keyPart });
  const values: unknown[] = [];
  const add: Parameters = (value) => `$${values.push(value)}`;
  const page = `SELECT id FROM actor a
    WHERE ${inRange(request, add)} AND a.id <> ALL (${add(bigints(except))}::bigint[])
    ORDER BY ${ordered(order, "a")} LIMIT ${add(limit)}`;
  const { rows } = await pool.query<StoredSummary>(
    `SELECT ${summaryColumns} FROM actor a LEFT JOIN durable_state s ON s.actor_id = a.id
     WHERE a.id = ANY (ARRAY(${page})) ORDER BY ${ordered(order, "a")}`,
    values,
  );
  return { rows, reached: null };
}

/** `left` is `except` as a parameter. */
type Search = ListRequest & { keyPart: string; left: Buffer };

/** How many actors are scanned in order before all matches are counted. */
const FIRST_SCAN = 2_000;
/** The maximum number of actors scanned for one page. */
const MAX_SCAN = 20_000;
/** The maximum number of matches that are fetched and sorted. */
const MAX_SORTED = 5_000;

/**
 * A page of a search, with bounded work for every search. If many keys match, the first actors in order fill the page.
 * If few match, the trigram index finds them and they are sorted. If many match but none of the first actors, the scan
 * stops at `MAX_SCAN` and the page says where.
 */
async function search(pool: Pool, asked: ListRequest & { keyPart: string }): Promise<ListPage> {
  const request = { ...asked, left: bigints(asked.except) };
  const first = await scan(pool, request, FIRST_SCAN);
  if (first.reached === null) return first;
  const matches = await fewMatches(pool, request.keyPart);
  return matches === null ? scan(pool, request, MAX_SCAN) : sorted(pool, request, matches);
}

/** Searches at most `max` actors in order. Index: that of the order, as for `list`. */
async function scan(pool: Pool, request: Search, max: number): Promise<ListPage> {
  const { order, limit } = request;
  const values: unknown[] = [];
  const add: Parameters = (value) => `$${values.push(value)}`;
  const inOrder = `SELECT * FROM actor a WHERE ${inRange(request, add)}
    ORDER BY ${ordered(order, "a")} LIMIT ${add(max)}`;
  const found = keySearch(request.keyPart, values.length + 1);
  values.push(...found.values);
  const { rows } = await pool.query<StoredSummary & { isLast: boolean }>(
    `WITH scanned AS MATERIALIZED (${inOrder}), page AS MATERIALIZED (
       SELECT * FROM scanned a WHERE ${found.sql} AND a.id <> ALL (${add(request.left)}::bigint[])
       ORDER BY ${ordered(order, "a")} LIMIT ${add(limit)}
     ), last AS (
       SELECT * FROM scanned OFFSET ${add(max)} - 1 LIMIT 1
     ), result AS (
       SELECT *, false AS is_last FROM page
       UNION ALL SELECT *, true FROM last WHERE (SELECT count(*) FROM page) < ${add(limit)}
     )
     SELECT a.is_last AS "isLast", ${summaryColumns} FROM result a LEFT JOIN durable_state s ON s.actor_id = a.id
     ORDER BY a.is_last, ${ordered(order, "a")}`,
    values,
  );
  const page = rows.map(({ isLast: _, ...summary }) => summary);
  const reached = rows.at(-1)?.isLast ? (page.pop() ?? null) : null;
  return { rows: page, reached };
}

/**
 * The actors that a search finds, or null when there are more than `MAX_SORTED`. It forces `actor_key_trigrams`,
 * because a scan of the table has no bound when the matches lie together.
 */
async function fewMatches(pool: Pool, keyPart: string): Promise<ActorId[] | null> {
  const { sql, values } = keySearch(keyPart, 2);
  return transaction(pool, async (client) => {
    await client.query("SET LOCAL enable_seqscan = off");
    const { rows } = await client.query<{ id: ActorId }>(`SELECT id FROM actor a WHERE ${sql} LIMIT $1`, [
      MAX_SORTED + 1,
      ...values,
    ]);
    return rows.length > MAX_SORTED ? null : rows.map(({ id }) => id);
  });
}

/** The page of the given actors. Index: `actor`'s primary key. */
async function sorted(pool: Pool, request: Search, ids: readonly ActorId[]): Promise<ListPage> {
  const { order, limit } = request;
  const except = new Set(request.except);
  const values: unknown[] = [];
  const add: Parameters = (value) => `$${values.push(value)}`;
  const { rows } = await pool.query<StoredSummary>(
    `SELECT ${summaryColumns} FROM (
       SELECT * FROM actor a WHERE a.id = ANY (${add(bigints(ids.filter((id) => !except.has(id))))}::bigint[])
         AND ${inRange(request, add)} ORDER BY ${ordered(order, "a")} LIMIT ${add(limit)}
     ) a LEFT JOIN durable_state s ON s.actor_id = a.id ORDER BY ${ordered(order, "a")}`,
    values,
  );
  return { rows, reached: null };
}

/** See `Store.detail`. Index: `actor_type_key`, then `durable_state`'s primary key, and both ends of `entry`'s. */
export async function detail(pool: Pool, { type, keyText }: Address): Promise<StoredDetail | null> {
  const { rows } = await pool.query<
    StoredSummary &
      Pick<StoredDetail, "seq" | "begins"> & {
        state: string | null;
        last_change: string | null;
        lane: number | null;
        batch: number | null;
      }
  >(
    `SELECT ${summaryColumns}, s.state, s.last_change, s.lane, s.batch,
       coalesce((SELECT max(seq) FROM entry e WHERE e.actor_id = a.id), 0) AS seq,
       coalesce((SELECT min(seq) FROM entry e WHERE e.actor_id = a.id), 1) AS begins
     FROM actor a LEFT JOIN durable_state s ON s.actor_id = a.id WHERE a.type = $1 AND a.key = $2`,
    [type, keyText],
  );
  const [row] = rows;
  if (row === undefined) return null;
  const { state, last_change, lane, batch, ...rest } = row;
  return {
    ...rest,
    state: parsed<Json>(state),
    stateBytes: state === null ? 0 : Buffer.byteLength(state),
    lastChange: parsed<LastChange>(last_change),
    batch: lane === null || batch === null ? null : { lane, number: batch },
  };
}

/** See `Store.summaries`. Index: `actor_type_key`. */
export async function summaries(pool: Pool, addresses: readonly Address[]): Promise<(StoredSummary | null)[]> {
  const { rows } = await pool.query<StoredSummary & { n: number }>(
    `SELECT w.n::int AS n, ${summaryColumns}
     FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS w(type, key, n)
     JOIN actor a ON a.type = w.type AND a.key = w.key LEFT JOIN durable_state s ON s.actor_id = a.id`,
    addressColumns(addresses),
  );
  return positioned(addresses.length, rows, ({ n: _, ...summary }) => summary);
}
