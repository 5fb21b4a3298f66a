import type { Pool } from "pg";
import type { ListCursor, ListOrder, ListRequest, StoredSummary } from "../runtime/listing-port.ts";
import { type SummaryRow, summaryColumns, toSummary } from "./inspect.ts";
import { keySearch } from "./key-search.ts";

/** What a list is sorted by: the last of the columns tells apart those that are the same in the others. */
const sortedBy: Record<ListOrder["by"], readonly string[]> = {
  active: ["last_active_at", "id"],
  created: ["id"],
  key: ["key", "type"],
};

/**
 * See `Store.list`. Each order has an index, with a type and without: `actor_activity`, `actor_type_activity`; `actor`'s
 * primary key, `actor_type_id`; `actor_key`, `actor_type_key`. It is read only as far as the page needs, unless few are
 * found by the search: those come by `actor_key_trigrams`, and are sorted. Only the page's rows are looked up in other
 * tables. Not prepared by name, so that the plan fits what was asked; `docs/console-queries.md` shows the plans.
 */
export async function list(pool: Pool, request: ListRequest): Promise<StoredSummary[]> {
  const { order, after, type, keyPart, except, limit } = request;
  const values: unknown[] = [];
  const add = (value: unknown) => `$${values.push(value)}`;
  const direction = order.descending ? "DESC" : "ASC";
  const ordered = (table: string) => sortedBy[order.by].map((column) => `${table}.${column} ${direction}`).join(", ");
  const conditions = [`a.id <> ALL (${add(except)}::bigint[])`];
  if (type !== undefined) conditions.push(`a.type = ${add(type)}`);
  if (after !== undefined) conditions.push(comesAfter(order, after, add));
  const search = keySearch(keyPart, values.length + 1);
  values.push(...search.values);
  const { rows } = await pool.query<SummaryRow>(
    `SELECT ${summaryColumns}
     FROM (SELECT * FROM actor a WHERE ${conditions.join(" AND ")} AND ${search.sql} ORDER BY ${ordered("a")} LIMIT ${add(limit)}) a
     LEFT JOIN durable_state s ON s.actor_id = a.id ORDER BY ${ordered("a")}`,
    values,
  );
  return rows.map(toSummary);
}

function comesAfter({ by, descending }: ListOrder, after: ListCursor, add: (value: unknown) => string): string {
  const columns = sortedBy[by].map((column) => `a.${column}`).join(", ");
  return `(${columns}) ${descending ? "<" : ">"} (${placeOf(after, add)})`;
}

function placeOf(after: ListCursor, add: (value: unknown) => string): string {
  switch (after.by) {
    case "active":
      return `to_timestamp(${add(after.lastActiveAt)}::float8 / 1000), ${add(after.id)}::bigint`;
    case "created":
      return `${add(after.id)}::bigint`;
    case "key":
      return `${add(after.keyText)}::text, ${add(after.type)}::text`;
  }
}
