import { patternsOf } from "../../protocol/key-text.ts";

/**
 * The condition that the key of `actor a` is found by a search, and the values of its parameters, the first of which is
 * `$first`. The patterns are matched by `actor_key_trigrams`.
 */
export function keySearch(keyPart: string | undefined, first: number): { sql: string; values: string[] } {
  if (keyPart === undefined) return { sql: "true", values: [] };
  const values = patternsOf(keyPart);
  const sql = values.map((_, i) => `lower(a.key) LIKE $${first + i}::text`).join(" OR ");
  return { sql: `(${sql})`, values };
}
