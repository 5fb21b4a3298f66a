import type { Pool } from "pg";
import { decodeKey } from "../core/keys.ts";
import { isoTime } from "../core/time.ts";
import type { RecordedError, Sender } from "../protocol/journal.ts";
import type { Json } from "../protocol/json.ts";
import type { DeadLetterGroup, DeadLetterInfo, RedriveInfo } from "../protocol/mail.ts";
import type { DeadLetterRequest, RedriveSelection } from "../runtime/mail-store.ts";
import type { ActorId, Address } from "../runtime/ports.ts";
import { transaction } from "./connection.ts";

interface RedriveColumns {
  id: string;
  state: RedriveInfo["state"];
  total: number;
  moved: number;
  started_at: number;
  ended_at: number | null;
}

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

/** See `MailStore.deadLetterGroups`. Reads the whole of `dead_letter_group`, and one title a group. */
export async function deadLetterGroups(pool: Pool, limit: number): Promise<DeadLetterGroup[]> {
  const { rows } = await pool.query<{
    fingerprint: string;
    title: string;
    count: number;
    first_at: number;
    last_at: number;
  }>(
    `SELECT g.*, (SELECT title FROM dead_letter d WHERE d.fingerprint = g.fingerprint LIMIT 1) AS title
     FROM (SELECT fingerprint, count(*) AS count, min(at) AS first_at, max(at) AS last_at
           FROM dead_letter GROUP BY fingerprint ORDER BY count(*) DESC, fingerprint LIMIT $1) g
     ORDER BY count DESC, fingerprint`,
    [limit],
  );
  return rows.map(({ fingerprint, title, count, first_at, last_at }) => ({
    fingerprint,
    title,
    count,
    firstAt: isoTime(first_at),
    lastAt: isoTime(last_at),
  }));
}

/** See `MailStore.startRedrive`. Letters that are another job's stay that one's. */
export async function startRedrive(
  pool: Pool,
  id: string,
  selection: RedriveSelection,
  now: number,
): Promise<RedriveInfo | null> {
  const [where, value] =
    "fingerprint" in selection
      ? ["fingerprint = $2", selection.fingerprint]
      : ["message_id = ANY ($2::uuid[])", selection.messageIds];
  return transaction(pool, async (client) => {
    const { rowCount } = await client.query(`UPDATE dead_letter SET redrive = $1 WHERE ${where} AND redrive IS NULL`, [
      id,
      value,
    ]);
    if (!rowCount) return null;
    const { rows } = await client.query<RedriveColumns>(
      `INSERT INTO redrive (id, state, total, moved, started_at)
       VALUES ($1, 'running', $2, 0, to_timestamp($3::float8 / 1000)) RETURNING *`,
      [id, rowCount, now],
    );
    return toRedrive(rows[0] as RedriveColumns);
  });
}

/** See `MailStore.redriveLetters`. Index: `dead_letter_redrive`. */
export async function redriveLetters(
  pool: Pool,
  job: string,
  limit: number,
): Promise<(Address & { id: ActorId; messageId: string })[]> {
  const { rows } = await pool.query<{ id: ActorId; type: string; key: string; message_id: string }>(
    `SELECT a.id, a.type, a.key, d.message_id FROM dead_letter d JOIN actor a ON a.id = d.actor_id
     WHERE d.redrive = $1 ORDER BY d.message_id LIMIT $2`,
    [job, limit],
  );
  return rows.map(({ id, type, key, message_id }) => ({ id, type, keyText: key, messageId: message_id }));
}

/** See `MailStore.redriveMoved`. A job that ended stays so; its letters that have not gone back are nobody's again. */
export async function redriveMoved(
  pool: Pool,
  job: string,
  ended: "done" | "stopped" | null,
  now: number,
): Promise<void> {
  await transaction(pool, async (client) => {
    await client.query(
      `UPDATE redrive SET moved = total - (SELECT count(*) FROM dead_letter WHERE redrive = $1),
         state = coalesce($2, state),
         ended_at = CASE WHEN $2::text IS NULL THEN NULL ELSE to_timestamp($3::float8 / 1000) END
       WHERE id = $1 AND state = 'running'`,
      [job, ended, now],
    );
    if (ended !== null) await client.query("UPDATE dead_letter SET redrive = NULL WHERE redrive = $1", [job]);
  });
}

/** See `MailStore.openRedrives`. */
export async function openRedrives(pool: Pool): Promise<RedriveInfo[]> {
  const { rows } = await pool.query<RedriveColumns>(
    "SELECT * FROM redrive WHERE state = 'running' ORDER BY started_at, id LIMIT 100",
  );
  return rows.map(toRedrive);
}

/** See `MailStore.redrive`. */
export async function redrive(pool: Pool, id: string): Promise<RedriveInfo | null> {
  const { rows } = await pool.query<RedriveColumns>("SELECT * FROM redrive WHERE id = $1", [id]);
  return rows[0] === undefined ? null : toRedrive(rows[0]);
}

/** See `MailStore.countMail`. Reads two whole indexes: asked once, at the start. */
export async function countMail(pool: Pool): Promise<{ waiting: number; dead: number }> {
  const { rows } = await pool.query<{ waiting: number; dead: number }>(
    "SELECT (SELECT count(*) FROM mailbox) AS waiting, (SELECT count(*) FROM dead_letter) AS dead",
  );
  return rows[0] as { waiting: number; dead: number };
}

function toRedrive({ id, state, total, moved, started_at, ended_at }: RedriveColumns): RedriveInfo {
  const endedAt = ended_at === null ? null : isoTime(ended_at);
  return { id, state, total, moved, startedAt: isoTime(started_at), endedAt };
}
