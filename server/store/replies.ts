import type { Pool } from "pg";
import type { StoredReply } from "../runtime/ports/commit.ts";
import type { ActorId } from "../runtime/ports/ids.ts";

/** See `Store.storedReplies`. One statement for many. Index: `reply`'s primary key. */
export async function storedReplies(
  pool: Pool,
  wanted: readonly { id: ActorId; idempotencyKey: string }[],
): Promise<(StoredReply | null)[]> {
  const { rows } = await pool.query<{
    n: number;
    digest: string;
    message_id: string;
    reply: string | null;
    head: number;
  }>({
    name: "kept-replies",
    text: `
      SELECT w.n::int AS n, r.digest, r.message_id, r.reply, r.head
      FROM unnest($1::bigint[], $2::text[]) WITH ORDINALITY AS w(actor_id, idempotency_key, n)
      JOIN reply r ON r.actor_id = w.actor_id AND r.idempotency_key = w.idempotency_key`,
    values: [wanted.map((one) => one.id), wanted.map((one) => one.idempotencyKey)],
  });
  const found = new Array<StoredReply | null>(wanted.length).fill(null);
  for (const { n, digest, message_id, reply, head } of rows) {
    found[n - 1] = { digest, messageId: message_id, reply, head };
  }
  return found;
}

/**
 * See `Store.prune`. Index: `reply_at` and `sent_at` (BRIN: rows of one time lie together); `commit`'s primary key, from
 * each lane's oldest, so that the work is bounded even where nothing is old.
 */
export async function prune(pool: Pool, before: number, limit: number): Promise<number> {
  const replies = await pool.query(
    `DELETE FROM reply WHERE ctid = ANY (ARRAY(
       SELECT ctid FROM reply WHERE at < to_timestamp($1::float8 / 1000) LIMIT $2))`,
    [before, limit],
  );
  const sent = await pool.query(
    `DELETE FROM sent WHERE ctid = ANY (ARRAY(
       SELECT ctid FROM sent WHERE at < to_timestamp($1::float8 / 1000) LIMIT $2))`,
    [before, limit],
  );
  const commits = await pool.query(
    `DELETE FROM commit c USING lane l CROSS JOIN LATERAL (
       SELECT batch, at FROM commit WHERE lane = l.lane ORDER BY batch LIMIT $2
     ) old
     WHERE c.lane = l.lane AND c.batch = old.batch AND old.at < to_timestamp($1::float8 / 1000)`,
    [before, limit],
  );
  const jobs = await pool.query("DELETE FROM redrive WHERE ended_at < to_timestamp($1::float8 / 1000)", [before]);
  return (replies.rowCount ?? 0) + (sent.rowCount ?? 0) + (commits.rowCount ?? 0) + (jobs.rowCount ?? 0);
}
