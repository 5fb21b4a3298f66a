import type { Pool } from "pg";
import { decodeKey } from "../../core/define/keys.ts";
import { isoTime } from "../../core/time.ts";
import type { RecordedError, Sender } from "../../protocol/journal.ts";
import type { Json } from "../../protocol/json.ts";
import type { DeadLetterGroup, DeadLetterInfo } from "../../protocol/mail.ts";
import type { DeadLetterRequest } from "../../runtime/ports/mailboxes.ts";

/** See `MailStore.deadLetters`. Index: `dead_letter_group`, `dead_letter_actor` or `dead_letter_at`, backwards. */
export async function deadLetters(
  pool: Pool,
  { fingerprint, actor, after }: DeadLetterRequest,
  limit: number,
): Promise<DeadLetterInfo[]> {
  const { rows } = await pool.query(
    `SELECT d.*, a.type, a.key FROM dead_letter d JOIN actor a ON a.id = d.actor_id
     WHERE ($1::text IS NULL OR d.fingerprint = $1)
       AND ($2::text IS NULL OR (a.type = $2 AND ($3::text IS NULL OR a.key = $3)))
       AND ($4::float8 IS NULL OR (d.at, d.message_id) < (to_timestamp($4 / 1000), $5::uuid))
     ORDER BY d.at DESC, d.message_id DESC LIMIT $6`,
    [fingerprint, actor?.type, actor?.keyText, after?.at, after?.messageId, limit],
  );
  return rows.map((row) => ({
    messageId: row.message_id as string,
    type: row.type as string,
    key: [...decodeKey(row.key as string)],
    keyText: row.key as string,
    command: row.command as string,
    payload: JSON.parse(row.payload as string) as Json,
    idempotencyKey: row.idempotency_key as string | null,
    sender: row.sender === null ? null : (JSON.parse(row.sender as string) as Sender),
    sentAt: isoTime(row.sent_at as number),
    attempts: row.attempts as number,
    error: JSON.parse(row.error as string) as RecordedError,
    fingerprint: row.fingerprint as string,
    title: row.title as string,
    head: row.head as number,
    code: row.code as string,
    at: isoTime(row.at as number),
    redrive: row.redrive as string | null,
  }));
}

/**
 * See `MailStore.deadLetterGroups`. Goes from one group to the next in the index, however many letters lie between, and
 * counts each no further than it is told. Index: `dead_letter_group`.
 */
export async function deadLetterGroups(pool: Pool, limit: number, most: number): Promise<DeadLetterGroup[]> {
  const { rows } = await pool.query<GroupColumns>(
    `WITH RECURSIVE groups(fingerprint, n) AS (
       (SELECT fingerprint, 1 FROM dead_letter ORDER BY fingerprint LIMIT 1)
       UNION ALL
       SELECT next.fingerprint, n + 1 FROM groups g CROSS JOIN LATERAL (
         SELECT fingerprint FROM dead_letter d WHERE d.fingerprint > g.fingerprint ORDER BY fingerprint LIMIT 1) next
       WHERE n < $1
     )
     SELECT g.fingerprint, c.count, oldest.at AS first_at, newest.at AS last_at, newest.title, newest.error, newest.command,
       a.type
     FROM groups g
     CROSS JOIN LATERAL (
       SELECT count(*) FROM (SELECT FROM dead_letter d WHERE d.fingerprint = g.fingerprint LIMIT $2) counted) c
     CROSS JOIN LATERAL (
       SELECT at FROM dead_letter d WHERE d.fingerprint = g.fingerprint ORDER BY at, message_id LIMIT 1) oldest
     CROSS JOIN LATERAL (
       SELECT * FROM dead_letter d WHERE d.fingerprint = g.fingerprint ORDER BY at DESC, message_id DESC LIMIT 1) newest
     JOIN actor a ON a.id = newest.actor_id
     ORDER BY c.count DESC, newest.at DESC, g.fingerprint`,
    [limit, most],
  );
  return rows.map(({ fingerprint, title, count, first_at, last_at, error, command, type }) => ({
    fingerprint,
    title,
    count,
    firstAt: isoTime(first_at),
    lastAt: isoTime(last_at),
    newest: { type, command, error: JSON.parse(error) as RecordedError },
  }));
}

interface GroupColumns {
  fingerprint: string;
  title: string;
  count: number;
  first_at: number;
  last_at: number;
  error: string;
  command: string;
  type: string;
}

/** See `MailStore.countMail`. Reads two whole indexes: asked once, at the start. */
export async function countMail(pool: Pool): Promise<{ waiting: number; dead: number }> {
  const { rows } = await pool.query<{ waiting: number; dead: number }>(
    "SELECT (SELECT count(*) FROM mailbox) AS waiting, (SELECT count(*) FROM dead_letter) AS dead",
  );
  return rows[0] as { waiting: number; dead: number };
}
