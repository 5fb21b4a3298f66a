import type { Pool } from "pg";
import type { Lineage } from "../../protocol/past.ts";
import type { ActorId } from "../../runtime/ports/ids.ts";
import type { Claim } from "../../runtime/ports/leases.ts";
import type { ForkRow } from "../../runtime/ports/past.ts";
import { NODE, transaction } from "../connection.ts";

/**
 * See `Store.fork`. It locks the lane's row first, as commits do: a node that was taken over writes nothing. Index: the
 * primary keys of the actor's tables.
 */
export async function fork(
  pool: Pool,
  { epoch }: Claim,
  lane: number,
  { id, parent, entries, state, at }: ForkRow,
): Promise<"forked" | "taken" | "fenced"> {
  return transaction(pool, async (client) => {
    const { rows } = await client.query<{ batch: number }>(
      "SELECT batch FROM lane WHERE node = $1 AND lane = $2 AND epoch = $3 FOR UPDATE",
      [NODE, lane, epoch],
    );
    const [fence] = rows;
    if (fence === undefined) return "fenced";
    const { rowCount } = await client.query(
      `WITH started AS (
         INSERT INTO entry (actor_id, seq, kind, at, lane, batch, body)
         SELECT $1, w.seq, w.kind, to_timestamp($2::float8 / 1000), $3, $4, w.body::json
         FROM unnest($5::text[], $6::text[]) WITH ORDINALITY AS w(kind, body, seq)
         WHERE NOT EXISTS (SELECT FROM entry WHERE actor_id = $1)
           AND NOT EXISTS (SELECT FROM checkpoint WHERE actor_id = $1)
           AND NOT EXISTS (SELECT FROM durable_state WHERE actor_id = $1)
         RETURNING seq
       ), stated AS (
         INSERT INTO durable_state (actor_id, revision, state, version, last_change, updated_at, lane, batch)
         SELECT $1, $10, $11::json, $12, 'null', to_timestamp($13::float8 / 1000), $3, $4 FROM started
         WHERE seq = 1 AND $11::text IS NOT NULL
       )
       INSERT INTO fork (actor_id, parent_id, parent_key, parent_seq, at)
       SELECT $1, $7, $8, $9, to_timestamp($2::float8 / 1000) FROM started WHERE seq = 1`,
      [
        ...[id, at, lane, fence.batch, entries.map(({ kind }) => kind), entries.map(({ body }) => body)],
        ...[parent.id, parent.keyText, parent.seq],
        ...[state?.revision, state?.state, state?.version, state?.updatedAt],
      ],
    );
    return rowCount === 1 ? "forked" : "taken";
  });
}

/** See `Store.lineage`. Index: `fork`'s primary key, and `fork_parent`. */
export async function lineage(pool: Pool, id: ActorId, limit: number): Promise<Lineage> {
  const [parents, forks] = await Promise.all([
    pool.query<{ keyText: string; seq: number }>(
      `SELECT parent_key AS "keyText", parent_seq AS seq FROM fork WHERE actor_id = $1`,
      [id],
    ),
    pool.query<{ keyText: string; seq: number; at: number }>(
      `SELECT a.key AS "keyText", f.parent_seq AS seq, f.at FROM fork f JOIN actor a ON a.id = f.actor_id
       WHERE f.parent_id = $1 ORDER BY f.actor_id DESC LIMIT $2`,
      [id, limit],
    ),
  ]);
  return { parent: parents.rows[0] ?? null, forks: forks.rows };
}
