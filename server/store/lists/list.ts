import type { Pool } from "pg";
import type { ListPage, ListRequest, StoredSummary } from "../../runtime/ports/listing.ts";
import { bigints } from "../arrays.ts";
import { search } from "./search.ts";
import { inRange, ordered, type Parameters, summaryColumns } from "./sql.ts";

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
