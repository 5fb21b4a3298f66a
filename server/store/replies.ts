import type { Pool } from "pg";
import type { StoredReply } from "../runtime/ports/commit.ts";
import type { ActorId } from "../runtime/ports/ids.ts";
import { positioned } from "./rows.ts";

/** See `Store.storedReplies`. Index: `reply`'s primary key. */
export async function storedReplies(
  pool: Pool,
  wanted: readonly { id: ActorId; idempotencyKey: string }[],
): Promise<(StoredReply | null)[]> {
  const { rows } = await pool.query<StoredReply & { n: number }>({
    name: "stored-replies",
    text: `
      SELECT w.n::int AS n, r.digest, r.message_id AS "messageId", r.reply, r.head
      FROM unnest($1::bigint[], $2::text[]) WITH ORDINALITY AS w(actor_id, idempotency_key, n)
      JOIN reply r ON r.actor_id = w.actor_id AND r.idempotency_key = w.idempotency_key`,
    values: [wanted.map((one) => one.id), wanted.map((one) => one.idempotencyKey)],
  });
  return positioned(wanted.length, rows, ({ n: _, ...reply }) => reply);
}

/**
 * See `Store.prune`. Index: `reply_at` and `sent_at` (BRIN: rows of one time lie together); `commit`'s primary key from
 * each lane's oldest row, so that the work is bounded even when no row is old.
 */
export async function prune(pool: Pool, before: number, limit: number): Promise<number> {
  const cutoff = "to_timestamp($1::float8 / 1000)";
  const bounded = [
    `DELETE FROM reply WHERE ctid = ANY (ARRAY(SELECT ctid FROM reply WHERE at < ${cutoff} LIMIT $2))`,
    `DELETE FROM sent WHERE ctid = ANY (ARRAY(SELECT ctid FROM sent WHERE at < ${cutoff} LIMIT $2))`,
    `DELETE FROM commit c USING lane l CROSS JOIN LATERAL (
       SELECT batch, at FROM commit WHERE lane = l.lane ORDER BY batch LIMIT $2) oldest
     WHERE c.lane = l.lane AND c.batch = oldest.batch AND oldest.at < ${cutoff}`,
  ];
  const jobs = await pool.query(`DELETE FROM redrive WHERE ended_at < ${cutoff}`, [before]);
  let deleted = jobs.rowCount ?? 0;
  for (const statement of bounded) deleted += (await pool.query(statement, [before, limit])).rowCount ?? 0;
  return deleted;
}
