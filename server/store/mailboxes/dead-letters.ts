import type { Pool } from "pg";
import { decodeKey } from "../../core/define/keys.ts";
import { isoTime } from "../../core/time.ts";
import type { Json, RecordedError, Sender } from "../../protocol/journal.ts";
import type { DeadLetterGroup, DeadLetterInfo } from "../../protocol/mail.ts";
import type { DeadLetterRequest } from "../../runtime/ports/mailboxes.ts";
import { parsed } from "../rows.ts";

type LetterColumns = Omit<DeadLetterInfo, "key" | "payload" | "sender" | "sentAt" | "error" | "at"> & {
  payload: string;
  sender: string | null;
  sentAt: number;
  error: string;
  at: number;
};

/** See `MailStore.deadLetters`. Index: `dead_letter_group`, `dead_letter_actor` or `dead_letter_at`, backwards. */
export async function deadLetters(
  pool: Pool,
  { fingerprint, actor, after }: DeadLetterRequest,
  limit: number,
): Promise<DeadLetterInfo[]> {
  const { rows } = await pool.query<LetterColumns>(
    `SELECT d.message_id AS "messageId", a.type, a.key AS "keyText", d.command, d.payload,
       d.idempotency_key AS "idempotencyKey", d.sender, d.sent_at AS "sentAt", d.attempts, d.error, d.fingerprint,
       d.title, d.head, d.code, d.at, d.redrive
     FROM dead_letter d JOIN actor a ON a.id = d.actor_id
     WHERE ($1::text IS NULL OR d.fingerprint = $1)
       AND ($2::text IS NULL OR (a.type = $2 AND ($3::text IS NULL OR a.key = $3)))
       AND ($4::float8 IS NULL OR (d.at, d.message_id) < (to_timestamp($4 / 1000), $5::uuid))
     ORDER BY d.at DESC, d.message_id DESC LIMIT $6`,
    [fingerprint, actor?.type, actor?.keyText, after?.at, after?.messageId, limit],
  );
  return rows.map((row) => ({
    ...row,
    key: [...decodeKey(row.keyText)],
    payload: JSON.parse(row.payload) as Json,
    sender: parsed<Sender>(row.sender),
    sentAt: isoTime(row.sentAt),
    error: JSON.parse(row.error) as RecordedError,
    at: isoTime(row.at),
  }));
}

/**
 * See `MailStore.deadLetterGroups`. Skips from one group to the next, past any number of letters, and counts each group
 * up to `max`. Index: `dead_letter_group`.
 */
export async function deadLetterGroups(pool: Pool, limit: number, max: number): Promise<DeadLetterGroup[]> {
  const { rows } = await pool.query<
    Pick<DeadLetterGroup, "fingerprint" | "title" | "count"> & {
      firstAt: number;
      lastAt: number;
      error: string;
      command: string;
      type: string;
    }
  >(
    `WITH RECURSIVE groups(fingerprint, n) AS (
       (SELECT fingerprint, 1 FROM dead_letter ORDER BY fingerprint LIMIT 1)
       UNION ALL
       SELECT next.fingerprint, n + 1 FROM groups g CROSS JOIN LATERAL (
         SELECT fingerprint FROM dead_letter d WHERE d.fingerprint > g.fingerprint ORDER BY fingerprint LIMIT 1) next
       WHERE n < $1
     )
     SELECT g.fingerprint, c.count, oldest.at AS "firstAt", newest.at AS "lastAt", newest.title, newest.error,
       newest.command, a.type
     FROM groups g
     CROSS JOIN LATERAL (
       SELECT count(*) FROM (SELECT FROM dead_letter d WHERE d.fingerprint = g.fingerprint LIMIT $2) counted) c
     CROSS JOIN LATERAL (
       SELECT at FROM dead_letter d WHERE d.fingerprint = g.fingerprint ORDER BY at, message_id LIMIT 1) oldest
     CROSS JOIN LATERAL (
       SELECT * FROM dead_letter d WHERE d.fingerprint = g.fingerprint ORDER BY at DESC, message_id DESC LIMIT 1) newest
     JOIN actor a ON a.id = newest.actor_id
     ORDER BY c.count DESC, newest.at DESC, g.fingerprint`,
    [limit, max],
  );
  return rows.map(({ firstAt, lastAt, error, command, type, ...group }) => ({
    ...group,
    firstAt: isoTime(firstAt),
    lastAt: isoTime(lastAt),
    newest: { type, command, error: JSON.parse(error) as RecordedError },
  }));
}

/** See `MailStore.countMail`. Scans two whole indexes, so it runs only once, at the start. */
export async function countMail(pool: Pool): Promise<{ waiting: number; dead: number }> {
  const { rows } = await pool.query<{ waiting: number; dead: number }>(
    "SELECT (SELECT count(*) FROM mailbox) AS waiting, (SELECT count(*) FROM dead_letter) AS dead",
  );
  return rows[0] as { waiting: number; dead: number };
}
