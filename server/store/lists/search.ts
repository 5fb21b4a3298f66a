import type { Pool } from "pg";
import type { ActorId } from "../../runtime/ports/ids.ts";
import type { ListPage, ListRequest } from "../../runtime/ports/listing.ts";
import { bigints } from "../arrays.ts";
import { transaction } from "../connection.ts";
import { type SummaryRow, summaryColumns, toSummary } from "./inspect.ts";
import { keySearch } from "./key-search.ts";
import { ordered, type Parameters, placed } from "./list-order.ts";

/** What is searched for. `left` is `except` as a parameter. */
type Search = ListRequest & { keyPart: string; left: Buffer };

/** How many actors are looked at in their order before it is asked how many keys are found at all. */
const FIRST_LOOK = 2_000;
/** How many actors are looked at for one page at most. */
const MOST_LOOKED_AT = 20_000;
/** So many found keys are few enough to be sorted. */
const FEW = 5_000;

/**
 * A page of a search, by an amount of work that has a bound, whatever is looked for and where it is. What is in many keys
 * fills a page with the first actors that are looked at in their order. What is in few is found by trigrams, and sorted.
 * What is in many, but in none of these, is looked for so far and no further: the page says how far that was.
 */
export async function search(pool: Pool, asked: ListRequest & { keyPart: string }): Promise<ListPage> {
  const request = { ...asked, left: bigints(asked.except) };
  const first = await look(pool, request, FIRST_LOOK);
  if (first.reached === null) return first;
  const few = await fewFound(pool, request.keyPart);
  return few === null ? look(pool, request, MOST_LOOKED_AT) : sortedOf(pool, request, few);
}

/** Looks at so many actors in their order. Index: that of the order, as `list` says. */
async function look(pool: Pool, request: Search, most: number): Promise<ListPage> {
  const { order, limit } = request;
  const values: unknown[] = [];
  const add: Parameters = (value) => `$${values.push(value)}`;
  const inOrder = `SELECT * FROM actor a WHERE ${placed(request, add)} ORDER BY ${ordered(order, "a")} LIMIT ${add(most)}`;
  const found = keySearch(request.keyPart, values.length + 1);
  values.push(...found.values);
  const { rows } = await pool.query<SummaryRow & { is_end: boolean }>(
    `WITH looked AS MATERIALIZED (${inOrder}), page AS MATERIALIZED (
       SELECT * FROM looked a WHERE ${found.sql} AND a.id <> ALL (${add(request.left)}::bigint[])
       ORDER BY ${ordered(order, "a")} LIMIT ${add(limit)}
     ), last AS (
       SELECT * FROM looked OFFSET ${add(most)} - 1 LIMIT 1
     ), told AS (
       SELECT *, false AS is_end FROM page
       UNION ALL SELECT *, true FROM last WHERE (SELECT count(*) FROM page) < ${add(limit)}
     )
     SELECT a.is_end, ${summaryColumns} FROM told a LEFT JOIN durable_state s ON s.actor_id = a.id
     ORDER BY a.is_end, ${ordered(order, "a")}`,
    values,
  );
  const last = rows.find((row) => row.is_end);
  return {
    rows: rows.filter((row) => row !== last).map(toSummary),
    reached: last === undefined ? null : toSummary(last),
  };
}

/**
 * Whose keys a search finds, if they are few; whatever the planner thinks of it by `actor_key_trigrams`, since reading the
 * rows themselves has no bound where those that are found lie together.
 */
async function fewFound(pool: Pool, keyPart: string): Promise<ActorId[] | null> {
  const { sql, values } = keySearch(keyPart, 2);
  return transaction(pool, async (client) => {
    await client.query("SET LOCAL enable_seqscan = off");
    const { rows } = await client.query<{ id: ActorId }>(`SELECT id FROM actor a WHERE ${sql} LIMIT $1`, [
      FEW + 1,
      ...values,
    ]);
    return rows.length > FEW ? null : rows.map(({ id }) => id);
  });
}

/** The page that some actors make. Index: `actor`'s primary key. */
async function sortedOf(pool: Pool, request: Search, ids: readonly ActorId[]): Promise<ListPage> {
  const { order, limit } = request;
  const except = new Set(request.except);
  const values: unknown[] = [];
  const add: Parameters = (value) => `$${values.push(value)}`;
  const { rows } = await pool.query<SummaryRow>(
    `SELECT ${summaryColumns} FROM (
       SELECT * FROM actor a WHERE a.id = ANY (${add(bigints(ids.filter((id) => !except.has(id))))}::bigint[])
         AND ${placed(request, add)} ORDER BY ${ordered(order, "a")} LIMIT ${add(limit)}
     ) a LEFT JOIN durable_state s ON s.actor_id = a.id ORDER BY ${ordered(order, "a")}`,
    values,
  );
  return { rows: rows.map(toSummary), reached: null };
}
