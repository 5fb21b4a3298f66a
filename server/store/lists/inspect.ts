import type { Pool } from "pg";
import type { LastChange } from "../../protocol/actors.ts";
import type { Json } from "../../protocol/journal.ts";
import type { Address } from "../../runtime/ports/ids.ts";
import type { StoredDetail, StoredSummary } from "../../runtime/ports/listing.ts";
import { addressColumns, parsed, positioned } from "../rows.ts";
import { summaryColumns } from "./sql.ts";

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
