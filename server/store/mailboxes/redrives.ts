import type { Pool } from "pg";
import { isoTime } from "../../core/time.ts";
import type { RecordedError } from "../../protocol/journal.ts";
import type { RedriveInfo } from "../../protocol/mail.ts";
import type { ActorId, Address } from "../../runtime/ports/ids.ts";
import type { MailRef } from "../../runtime/ports/mail-rows.ts";
import type { RedriveSelection, Trial } from "../../runtime/ports/mailboxes.ts";
import { transaction } from "../connection.ts";
import { parsed } from "../rows.ts";

interface RedriveColumns extends Pick<RedriveInfo, "id" | "state" | "total" | "moved"> {
  startedAt: number;
  endedAt: number | null;
  trial: string | null;
  attempts: number | null;
  error: string | null;
}

/** Jobs that have not ended. */
const open = "state IN ('trying', 'running')";

/** A job with the status of its trial letter. Index: `mailbox`'s and `dead_letter`'s primary keys. */
const jobs = `
  SELECT r.id, r.state, r.total, r.moved, r.started_at AS "startedAt", r.ended_at AS "endedAt", r.trial,
    coalesce(m.attempts, d.attempts) AS attempts, coalesce(r.error, m.error, d.error) AS error
  FROM redrive r
  LEFT JOIN mailbox m ON m.actor_id = r.trial_actor AND m.mail_seq = r.trial_mail_seq
  LEFT JOIN dead_letter d ON d.message_id = r.trial`;

/** See `MailStore.startRedrive`. It skips letters that belong to another job. */
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
    const state = rowCount === 1 ? "running" : "trying";
    await client.query(
      `INSERT INTO redrive (id, state, total, moved, started_at)
       VALUES ($1, $2, $3, 0, to_timestamp($4::float8 / 1000))`,
      [id, state, rowCount, now],
    );
    return { id, state, total: rowCount, moved: 0, startedAt: isoTime(now), endedAt: null, trial: null };
  });
}

/** See `MailStore.redriveLetters`. Index: `dead_letter_redrive`. */
export async function redriveLetters(
  pool: Pool,
  job: string,
  limit: number,
): Promise<(Address & { id: ActorId; messageId: string })[]> {
  const { rows } = await pool.query<Address & { id: ActorId; messageId: string }>(
    `SELECT a.id, a.type, a.key AS "keyText", d.message_id AS "messageId"
     FROM dead_letter d JOIN actor a ON a.id = d.actor_id WHERE d.redrive = $1 ORDER BY d.message_id LIMIT $2`,
    [job, limit],
  );
  return rows;
}

export async function beginTrial(
  pool: Pool,
  job: string,
  messageId: string,
  { actor, mailSeq }: MailRef,
): Promise<void> {
  await pool.query(
    "UPDATE redrive SET trial = $2, trial_actor = $3, trial_mail_seq = $4 WHERE id = $1 AND state = 'trying'",
    [job, messageId, actor, mailSeq],
  );
}

/** See `MailStore.trial`. One statement, so that a letter that moves between the tables is seen exactly once. */
export async function trial(pool: Pool, job: string): Promise<Trial> {
  const { rows } = await pool.query<{ state: Trial }>(
    `SELECT CASE WHEN m.mail_seq IS NOT NULL THEN 'waits' WHEN r.trial IS NULL OR d.redrive = r.id THEN 'none'
       WHEN d.message_id IS NOT NULL THEN 'failed' ELSE 'passed' END AS state
     FROM redrive r LEFT JOIN mailbox m ON m.actor_id = r.trial_actor AND m.mail_seq = r.trial_mail_seq
     LEFT JOIN dead_letter d ON d.message_id = r.trial WHERE r.id = $1`,
    [job],
  );
  return rows[0]?.state ?? "none";
}

export async function passTrial(pool: Pool, job: string): Promise<void> {
  await pool.query("UPDATE redrive SET state = 'running' WHERE id = $1 AND state = 'trying'", [job]);
}

/** See `MailStore.redriveMoved`. An ended job does not change; its remaining letters no longer belong to a job. */
export async function redriveMoved(
  pool: Pool,
  job: string,
  ended: "done" | "stopped" | "failed" | null,
  now: number,
): Promise<void> {
  await transaction(pool, async (client) => {
    await client.query(
      `UPDATE redrive r SET moved = total - (SELECT count(*) FROM dead_letter WHERE redrive = $1),
         state = coalesce($2, state),
         error = (SELECT error FROM dead_letter d WHERE d.message_id = r.trial AND d.redrive IS NULL),
         ended_at = CASE WHEN $2::text IS NULL THEN NULL ELSE to_timestamp($3::float8 / 1000) END
       WHERE id = $1 AND ${open}`,
      [job, ended, now],
    );
    if (ended !== null) await client.query("UPDATE dead_letter SET redrive = NULL WHERE redrive = $1", [job]);
  });
}

export async function openRedrives(pool: Pool): Promise<RedriveInfo[]> {
  const { rows } = await pool.query<RedriveColumns>(`${jobs} WHERE ${open} ORDER BY started_at, r.id LIMIT 100`);
  return rows.map(toRedrive);
}

/** See `MailStore.redrives`. Index: `redrive_started`, backwards. */
export async function redrives(pool: Pool, limit: number): Promise<RedriveInfo[]> {
  const { rows } = await pool.query<RedriveColumns>(`${jobs} ORDER BY started_at DESC LIMIT $1`, [limit]);
  return rows.map(toRedrive);
}

export async function redrive(pool: Pool, id: string): Promise<RedriveInfo | null> {
  const { rows } = await pool.query<RedriveColumns>(`${jobs} WHERE r.id = $1`, [id]);
  return rows[0] === undefined ? null : toRedrive(rows[0]);
}

function toRedrive({ startedAt, endedAt, trial, attempts, error, ...job }: RedriveColumns): RedriveInfo {
  return {
    ...job,
    startedAt: isoTime(startedAt),
    endedAt: endedAt === null ? null : isoTime(endedAt),
    trial: trial === null ? null : { messageId: trial, attempts, error: parsed<RecordedError>(error) },
  };
}
