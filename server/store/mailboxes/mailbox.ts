import type { Pool } from "pg";
import { isoTime } from "../../core/time.ts";
import type { Json, RecordedEffect, RecordedError, Sender } from "../../protocol/journal.ts";
import type { MailInfo, ReminderInfo } from "../../protocol/mail.ts";
import type { ActorId, Address } from "../../runtime/ports/ids.ts";
import type { DueReminder, Mail } from "../../runtime/ports/mail-rows.ts";
import type { HeadRequest, MailboxHead } from "../../runtime/ports/mailboxes.ts";
import { parsed, positioned } from "../rows.ts";

type JsonColumns = "sender" | "error" | "effects";
type MailColumns = Omit<Mail, JsonColumns> & Record<JsonColumns, string | null>;

/** Of `mailbox m`. */
const mailColumns = `m.mail_seq AS "mailSeq", m.message_id AS "messageId", m.command, m.payload,
  m.idempotency_key AS "idempotencyKey", m.sender, m.sent_at AS "sentAt", m.attempts,
  m.attempts_before AS "attemptsBefore", m.started, m.next_at AS "nextAt", m.error, m.effects`;

/** The minimum number of messages read from one mailbox. */
const MIN_MAILS = 16;

/**
 * See `MailStore.heads`. Each mailbox gets an equal part of the limits, and at least one message. Index: `mailbox`'s
 * primary key, the start of each actor's part; `bytes` is summed without reading payloads.
 */
export async function heads(
  pool: Pool,
  wanted: readonly HeadRequest[],
  limit: number,
  bytes: number,
): Promise<MailboxHead[]> {
  const each = Math.max(MIN_MAILS, Math.floor(limit / wanted.length));
  const { rows } = await pool.query<MailColumns & { n: number; total: number }>({
    name: "heads",
    text: `
      SELECT w.n::int AS n, m.total, ${mailColumns}
      FROM unnest($1::bigint[], $2::text[]) WITH ORDINALITY AS w(id, known, n)
      CROSS JOIN LATERAL (
        SELECT * FROM (
          SELECT *, sum(bytes) OVER (ORDER BY mail_seq) - bytes AS before, count(*) OVER () AS total FROM (
            SELECT * FROM mailbox WHERE actor_id = w.id AND mail_seq <> ALL (w.known::bigint[])
            ORDER BY mail_seq LIMIT $3 + 1) head
        ) sized WHERE before < $4 ORDER BY mail_seq LIMIT $3
      ) m ORDER BY w.n, m.mail_seq`,
    values: [
      wanted.map(({ id }) => id),
      wanted.map(({ except }) => `{${except.join(",")}}`),
      each,
      Math.max(1, Math.floor(bytes / wanted.length)),
    ],
  });
  const found = wanted.map((): MailboxHead => ({ mails: [], more: false }));
  for (const row of rows) {
    const head = found[row.n - 1] as MailboxHead;
    head.mails.push(toMail(row));
    head.more = head.mails.length < row.total;
  }
  return found;
}

/** See `MailStore.mails`. Reads the actors' whole mailboxes; used only for turns that a crash interrupted. */
export async function mails(
  pool: Pool,
  wanted: readonly { id: ActorId; messageId: string }[],
): Promise<(Mail | null)[]> {
  const { rows } = await pool.query<MailColumns & { n: number }>({
    name: "mails",
    text: `
      SELECT w.n::int AS n, ${mailColumns}
      FROM unnest($1::bigint[], $2::uuid[]) WITH ORDINALITY AS w(actor_id, message_id, n)
      JOIN mailbox m ON m.actor_id = w.actor_id AND m.message_id = w.message_id`,
    values: [wanted.map(({ id }) => id), wanted.map(({ messageId }) => messageId)],
  });
  return positioned(wanted.length, rows, toMail);
}

/** See `MailStore.withMail`. Skips from actor to actor, past any number of messages. Index: `mailbox`'s primary key. */
export async function withMail(pool: Pool, after: ActorId, limit: number): Promise<(Address & { id: ActorId })[]> {
  const { rows } = await pool.query<Address & { id: ActorId }>({
    name: "with-mail",
    text: `
      WITH RECURSIVE found(actor_id, n) AS (
        (SELECT actor_id, 1 FROM mailbox WHERE actor_id > $1 ORDER BY actor_id LIMIT 1)
        UNION ALL
        SELECT next.actor_id, n + 1 FROM found CROSS JOIN LATERAL (
          SELECT actor_id FROM mailbox m WHERE m.actor_id > found.actor_id ORDER BY actor_id LIMIT 1) next
        WHERE n < $2
      )
      SELECT a.id, a.type, a.key AS "keyText" FROM found f JOIN actor a ON a.id = f.actor_id ORDER BY a.id`,
    values: [after, limit],
  });
  return rows;
}

/** See `MailStore.dueReminders`. Index: `reminder_at`. */
export async function dueReminders(pool: Pool, now: number, limit: number): Promise<DueReminder[]> {
  const { rows } = await pool.query<DueReminder>({
    name: "due-reminders",
    text: `
      SELECT r.actor_id AS actor, a.type, a.key AS "keyText", r.name, r.generation, r.at, r.every_ms AS every
      FROM reminder r JOIN actor a ON a.id = r.actor_id
      WHERE r.at <= to_timestamp($1::float8 / 1000) ORDER BY r.at LIMIT $2`,
    values: [now, limit],
  });
  return rows;
}

/** See `MailStore.nextReminder`. Index: `reminder_at`. */
export async function nextReminder(pool: Pool): Promise<number | null> {
  const { rows } = await pool.query<{ at: number | null }>("SELECT min(at) AS at FROM reminder");
  return rows[0]?.at ?? null;
}

/** See `MailStore.mailbox`. Index: `mailbox`'s primary key. */
export async function mailbox(pool: Pool, id: ActorId, after: number, limit: number): Promise<MailInfo[]> {
  const { rows } = await pool.query<MailColumns>(
    `SELECT ${mailColumns} FROM mailbox m WHERE actor_id = $1 AND mail_seq > $2 ORDER BY mail_seq LIMIT $3`,
    [id, after, limit],
  );
  return rows.map(({ attemptsBefore: _, started: __, effects: ___, ...row }) => ({
    ...row,
    payload: JSON.parse(row.payload) as Json,
    sender: parsed<Sender>(row.sender),
    sentAt: isoTime(row.sentAt),
    nextAt: row.nextAt === null ? null : isoTime(row.nextAt),
    error: parsed<RecordedError>(row.error),
  }));
}

/** See `MailStore.mailboxDepth`. Index: `mailbox`'s primary key. */
export async function mailboxDepth(pool: Pool, id: ActorId, max: number): Promise<number> {
  const { rows } = await pool.query<{ depth: number }>(
    "SELECT count(*) AS depth FROM (SELECT FROM mailbox WHERE actor_id = $1 LIMIT $2) m",
    [id, max],
  );
  return rows[0]?.depth ?? 0;
}

/** See `MailStore.reminders`. Index: `reminder`'s primary key. */
export async function reminders(pool: Pool, id: ActorId, limit: number): Promise<ReminderInfo[]> {
  const { rows } = await pool.query<{
    name: string;
    at: number;
    every: number | null;
    command: string;
    payload: string;
  }>(
    "SELECT name, at, every_ms AS every, command, payload FROM reminder WHERE actor_id = $1 ORDER BY at, name LIMIT $2",
    [id, limit],
  );
  return rows.map(({ at, payload, ...row }) => ({ ...row, at: isoTime(at), payload: JSON.parse(payload) as Json }));
}

function toMail(row: MailColumns): Mail {
  return {
    mailSeq: row.mailSeq,
    messageId: row.messageId,
    command: row.command,
    payload: row.payload,
    idempotencyKey: row.idempotencyKey,
    sender: parsed<Sender>(row.sender),
    sentAt: row.sentAt,
    attempts: row.attempts,
    attemptsBefore: row.attemptsBefore,
    started: row.started,
    nextAt: row.nextAt,
    error: parsed<RecordedError>(row.error),
    effects: parsed<RecordedEffect[]>(row.effects) ?? [],
  };
}
