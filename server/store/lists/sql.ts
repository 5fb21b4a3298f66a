import { patternsOf } from "../../protocol/key-text.ts";
import type { ListCursor, ListOrder, ListRequest } from "../../runtime/ports/listing.ts";

/**
 * The columns of a `StoredSummary`, of `actor a` and `durable_state s`. Without a durable state the head is the end of
 * `entry`'s index, or a checkpoint's seq when all entries were pruned.
 */
export const summaryColumns = `a.id, a.type, a.key AS "keyText", a.created_at AS "createdAt",
  a.last_active_at AS "lastActiveAt", coalesce(s.revision, greatest(
    (SELECT max(seq) FROM entry e WHERE e.actor_id = a.id), (SELECT max(seq) FROM checkpoint c WHERE c.actor_id = a.id)
  ), 0) AS head`;

/** The columns of each order. The last one makes it total. */
const sortedBy: Record<ListOrder["by"], readonly string[]> = {
  active: ["last_active_at", "id"],
  created: ["id"],
  key: ["key", "type"],
};

/** Adds a parameter's value and returns its name. */
export type Parameters = (value: unknown) => string;

/** The `ORDER BY` terms for rows of `table`. */
export function ordered({ by, descending }: ListOrder, table: string): string {
  return sortedBy[by].map((column) => `${table}.${column} ${descending ? "DESC" : "ASC"}`).join(", ");
}

/** The condition that `actor a` has the requested type and comes after the previous page. */
export function inRange(
  { type, order, after }: Pick<ListRequest, "type" | "order" | "after">,
  add: Parameters,
): string {
  const conditions = [
    ...(type === undefined ? [] : [`a.type = ${add(type)}`]),
    ...(after === undefined ? [] : [comesAfter(order, after, add)]),
  ];
  return conditions.length === 0 ? "true" : conditions.join(" AND ");
}

function comesAfter({ by, descending }: ListOrder, after: ListCursor, add: Parameters): string {
  const columns = sortedBy[by].map((column) => `a.${column}`).join(", ");
  return `(${columns}) ${descending ? "<" : ">"} (${cursorValues(after, add)})`;
}

function cursorValues(after: ListCursor, add: Parameters): string {
  switch (after.by) {
    case "active":
      return `to_timestamp(${add(after.lastActiveAt)}::float8 / 1000), ${add(after.id)}::bigint`;
    case "created":
      return `${add(after.id)}::bigint`;
    case "key":
      return `${add(after.keyText)}::text, ${add(after.type)}::text`;
  }
}

/**
 * The condition that a search finds the key of `actor a`, and the values of its parameters, which are numbered from
 * `first`. `actor_key_trigrams` serves its patterns.
 */
export function keySearch(keyPart: string | undefined, first: number): { sql: string; values: string[] } {
  if (keyPart === undefined) return { sql: "true", values: [] };
  const values = patternsOf(keyPart);
  const sql = values.map((_, i) => `lower(a.key) LIKE $${first + i}::text`).join(" OR ");
  return { sql: `(${sql})`, values };
}
