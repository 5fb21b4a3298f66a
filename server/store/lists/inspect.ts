import type { Pool } from "pg";
import type { LastChange } from "../../protocol/actors.ts";
import type { Json } from "../../protocol/json.ts";
import type { ActorId, Address } from "../../runtime/ports/ids.ts";
import type { StoredDetail, StoredSummary } from "../../runtime/ports/listing.ts";

/** A row that `summaryColumns` make. */
export interface SummaryRow {
  id: ActorId;
  type: string;
  key: string;
  head: number;
  created_at: number;
  last_active_at: number;
}

/** Of `actor a` and `durable_state s`. The head of a journal is one look at the end of its index, or a checkpoint's seq when what led to it was pruned. */
export const summaryColumns = `a.id, a.type, a.key, a.created_at, a.last_active_at,
  coalesce(s.revision, greatest(
    (SELECT max(seq) FROM entry e WHERE e.actor_id = a.id), (SELECT max(seq) FROM checkpoint c WHERE c.actor_id = a.id)
  ), 0) AS head`;

/** See `Store.detail`. Index: `actor_type_key`, then `durable_state`'s primary key, and both ends of `entry`'s. */
export async function detail(pool: Pool, { type, keyText }: Address): Promise<StoredDetail | null> {
  const { rows } = await pool.query<
    SummaryRow & {
      state: string | null;
      last_change: string | null;
      lane: number | null;
      batch: number | null;
      seq: number;
      begins: number;
    }
  >(
    `SELECT ${summaryColumns}, s.state, s.last_change, s.lane, s.batch,
       coalesce((SELECT max(seq) FROM entry e WHERE e.actor_id = a.id), 0) AS seq,
       coalesce((SELECT min(seq) FROM entry e WHERE e.actor_id = a.id), 1) AS begins
     FROM actor a LEFT JOIN durable_state s ON s.actor_id = a.id WHERE a.type = $1 AND a.key = $2`,
    [type, keyText],
  );
  const row = rows[0];
  if (row === undefined) return null;
  return {
    ...toSummary(row),
    state: row.state === null ? null : (JSON.parse(row.state) as Json),
    stateBytes: row.state === null ? 0 : Buffer.byteLength(row.state),
    lastChange: row.last_change === null ? null : (JSON.parse(row.last_change) as LastChange),
    seq: row.seq,
    begins: row.begins,
    batch: row.lane === null || row.batch === null ? null : { lane: row.lane, number: row.batch },
  };
}

/** See `Store.summaries`. Index: `actor_type_key`. */
export async function summaries(pool: Pool, addresses: readonly Address[]): Promise<(StoredSummary | null)[]> {
  const { rows } = await pool.query<SummaryRow & { n: number }>(
    `SELECT w.n::int AS n, ${summaryColumns}
     FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS w(type, key, n)
     JOIN actor a ON a.type = w.type AND a.key = w.key LEFT JOIN durable_state s ON s.actor_id = a.id`,
    [addresses.map((address) => address.type), addresses.map((address) => address.keyText)],
  );
  const found = new Array<StoredSummary | null>(addresses.length).fill(null);
  for (const row of rows) found[row.n - 1] = toSummary(row);
  return found;
}

/** What a list says of an actor. */
export function toSummary(row: SummaryRow): StoredSummary {
  return {
    id: row.id,
    type: row.type,
    keyText: row.key,
    head: row.head,
    createdAt: row.created_at,
    lastActiveAt: row.last_active_at,
  };
}
