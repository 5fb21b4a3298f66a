import type { Pool } from "pg";
import type { ListPage, ListRequest } from "../../runtime/ports/listing.ts";
import { bigints } from "../arrays.ts";
import { type SummaryRow, summaryColumns, toSummary } from "./inspect.ts";
import { ordered, type Parameters, placed } from "./list-order.ts";
import { search } from "./search.ts";

/**
 * See `Store.list`. Each order has an index, with a type and without: `actor_activity`, `actor_type_activity`; `actor`'s
 * primary key, `actor_type_id`; `actor_key`, `actor_type_key`. It is read only as far as the page needs, and of whom is
 * left out only the index is. Only the page's rows are looked up in other tables. Not prepared by name, so that the plan
 * fits what was asked; `docs/console-queries.md` shows the plans.
 */
export async function list(pool: Pool, request: ListRequest): Promise<ListPage> {
  const { keyPart, order, except, limit } = request;
  if (keyPart !== undefined) return search(pool, { ...request, keyPart });
  const values: unknown[] = [];
  const add: Parameters = (value) => `$${values.push(value)}`;
  const page = `SELECT id FROM actor a WHERE ${placed(request, add)} AND a.id <> ALL (${add(bigints(except))}::bigint[])
    ORDER BY ${ordered(order, "a")} LIMIT ${add(limit)}`;
  const { rows } = await pool.query<SummaryRow>(
    `SELECT ${summaryColumns} FROM actor a LEFT JOIN durable_state s ON s.actor_id = a.id
     WHERE a.id = ANY (ARRAY(${page})) ORDER BY ${ordered(order, "a")}`,
    values,
  );
  return { rows: rows.map(toSummary), reached: null };
}
