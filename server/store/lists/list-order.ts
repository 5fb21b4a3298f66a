import type { ListCursor, ListOrder, ListRequest } from "../../runtime/ports/listing.ts";

/** What a list is sorted by: the last of the columns tells apart those that are the same in the others. */
const sortedBy: Record<ListOrder["by"], readonly string[]> = {
  active: ["last_active_at", "id"],
  created: ["id"],
  key: ["key", "type"],
};

/** Takes a value, and gives the name of the parameter that stands for it. */
export type Parameters = (value: unknown) => string;

/** By what rows of a table are sorted. */
export function ordered({ by, descending }: ListOrder, table: string): string {
  return sortedBy[by].map((column) => `${table}.${column} ${descending ? "DESC" : "ASC"}`).join(", ");
}

/** The condition that `actor a` is of the type that is asked for, and comes after the page before. */
export function placed({ type, order, after }: Pick<ListRequest, "type" | "order" | "after">, add: Parameters): string {
  const conditions = [
    ...(type === undefined ? [] : [`a.type = ${add(type)}`]),
    ...(after === undefined ? [] : [comesAfter(order, after, add)]),
  ];
  return conditions.length === 0 ? "true" : conditions.join(" AND ");
}

function comesAfter({ by, descending }: ListOrder, after: ListCursor, add: Parameters): string {
  const columns = sortedBy[by].map((column) => `a.${column}`).join(", ");
  return `(${columns}) ${descending ? "<" : ">"} (${placeOf(after, add)})`;
}

function placeOf(after: ListCursor, add: Parameters): string {
  switch (after.by) {
    case "active":
      return `to_timestamp(${add(after.lastActiveAt)}::float8 / 1000), ${add(after.id)}::bigint`;
    case "created":
      return `${add(after.id)}::bigint`;
    case "key":
      return `${add(after.keyText)}::text, ${add(after.type)}::text`;
  }
}
