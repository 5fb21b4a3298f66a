import type { ClientBase, QueryResult } from "pg";
import type { BatchRows } from "../../runtime/ports/commit.ts";
import type { ActorId } from "../../runtime/ports/ids.ts";
import type { MailRef } from "../../runtime/ports/mail-rows.ts";
import { bigints, texts } from "../arrays.ts";
import { conflicts, type Finding, ifAny } from "./batch.ts";

/**
 * Writes a batch's changes to mailboxes, dead letters and reminders, inside its transaction: new messages first, then
 * nacks, dead letters and acks.
 */
export function writeMail(client: ClientBase, rows: BatchRows): Promise<Finding>[] {
  const { mails, nacks, dead, acks, reminders, cancelled, firings, redrives, at } = rows;
  return [
    ...ifAny(mails, () => writeMails(client, mails)),
    ...ifAny(nacks, () => conflicts(writeNacks(client, nacks))),
    ...ifAny(dead, () => conflicts(writeDeadLetters(client, dead, at))),
    ...ifAny(acks, () => conflicts(deleteAcked(client, acks))),
    ...ifAny(reminders, () => writeReminders(client, reminders)),
    ...ifAny(cancelled, () => cancelReminders(client, cancelled)),
    ...ifAny(firings, () => fireReminders(client, firings, at)),
    ...ifAny(redrives, () => moveLetters(client, redrives)),
  ];
}

/**
 * Adds messages to mailboxes, and rows to `sent` for those that turns send; finds `absent` the receivers that no longer
 * exist. Index: `actor`'s primary key to check, `mailbox`'s to write, the end of each actor's part.
 */
async function writeMails(client: ClientBase, mails: BatchRows["mails"]): Promise<Finding> {
  const { rowCount } = await client.query({
    name: "write-mails",
    text: `
      WITH input AS MATERIALIZED (
        SELECT i.*, message_text::uuid AS message_id, to_timestamp(sent_ms::float8 / 1000) AS sent_at
        FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
          $8::bigint[], $9::bigint[], $10::text[])
          AS i(actor_id, mail_seq, message_text, command, payload, idempotency_key, sender, sent_ms, from_id,
            from_command)
        WHERE EXISTS (SELECT FROM actor a WHERE a.id = i.actor_id)
      ), traced AS (
        INSERT INTO sent (message_id, cause, cause_command, sender, receiver, command, at)
        SELECT message_id, (sender::json ->> 'messageId')::uuid, from_command, from_id, actor_id, command, sent_at
        FROM input WHERE from_id IS NOT NULL
        ON CONFLICT (message_id) DO NOTHING
      )
      INSERT INTO mailbox (actor_id, mail_seq, message_id, command, payload, bytes, idempotency_key, sender, sent_at,
        attempts, attempts_before, started)
      SELECT actor_id, mail_seq, message_id, command, payload::json, octet_length(payload), idempotency_key,
        sender::json, sent_at, 0, 0, false FROM input`,
    values: [
      bigints(mails.map((mail) => mail.to)),
      bigints(mails.map((mail) => mail.mailSeq)),
      texts(mails.map((mail) => mail.messageId)),
      texts(mails.map((mail) => mail.command)),
      texts(mails.map((mail) => mail.payload)),
      texts(mails.map((mail) => mail.idempotencyKey)),
      texts(mails.map((mail) => (mail.sender === null ? null : JSON.stringify(mail.sender)))),
      bigints(mails.map((mail) => mail.sentAt)),
      bigints(mails.map((mail) => mail.from?.actor ?? null)),
      texts(mails.map((mail) => mail.from?.command ?? null)),
    ],
  });
  if (rowCount === mails.length) return null;
  const wanted = [...new Set(mails.map((mail) => mail.to))];
  const { rows } = await client.query<{ id: ActorId }>(
    "SELECT id FROM unnest($1::bigint[]) AS w(id) WHERE NOT EXISTS (SELECT FROM actor a WHERE a.id = w.id)",
    [wanted],
  );
  return { kind: "absent", ids: rows.map(({ id }) => id) };
}

/** Deletes finished messages from their mailboxes; returns the actors with a message that was not there. */
function deleteAcked(client: ClientBase, acks: readonly MailRef[]): Promise<QueryResult<{ actor_id: ActorId }>> {
  return client.query<{ actor_id: ActorId }>({
    name: "ack",
    text: `
      WITH input AS MATERIALIZED (SELECT * FROM unnest($1::bigint[], $2::bigint[]) AS i(actor_id, mail_seq)),
        gone AS (
          DELETE FROM mailbox m USING input i WHERE m.actor_id = i.actor_id AND m.mail_seq = i.mail_seq
          RETURNING m.actor_id, m.mail_seq)
      SELECT DISTINCT actor_id FROM (SELECT * FROM input EXCEPT SELECT * FROM gone) missing`,
    values: mailColumns(acks),
  });
}

/** Stores the progress of messages that keep waiting; returns the actors with a message that was not there. */
function writeNacks(client: ClientBase, nacks: BatchRows["nacks"]): Promise<QueryResult<{ actor_id: ActorId }>> {
  return client.query<{ actor_id: ActorId }>({
    name: "nack",
    text: `
      WITH input AS MATERIALIZED (
        SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::int[], $4::boolean[], $5::float8[], $6::text[], $7::text[])
          AS i(actor_id, mail_seq, attempts, started, next_at, error, effects)
      ), updated AS (
        UPDATE mailbox m SET attempts = i.attempts, started = i.started, next_at = to_timestamp(i.next_at / 1000),
          error = coalesce(i.error::json, m.error), effects = i.effects::json
        FROM input i WHERE m.actor_id = i.actor_id AND m.mail_seq = i.mail_seq
        RETURNING m.actor_id, m.mail_seq
      )
      SELECT DISTINCT actor_id FROM (SELECT actor_id, mail_seq FROM input EXCEPT SELECT * FROM updated) missing`,
    values: [
      ...mailColumns(nacks),
      nacks.map((row) => row.attempts),
      nacks.map((row) => row.started),
      nacks.map((row) => row.nextAt),
      nacks.map((row) => (row.error === null ? null : JSON.stringify(row.error))),
      nacks.map((row) => (row.effects.length === 0 ? null : JSON.stringify(row.effects))),
    ],
  });
}

/** Moves messages from their mailboxes to the dead letters; returns the actors with a message that was not there. */
function writeDeadLetters(
  client: ClientBase,
  dead: BatchRows["dead"],
  at: number,
): Promise<QueryResult<{ actor_id: ActorId }>> {
  return client.query<{ actor_id: ActorId }>({
    name: "dead-letters",
    text: `
      WITH input AS MATERIALIZED (
        SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::int[], $4::text[], $5::text[], $6::text[], $7::text[],
          $8::bigint[], $9::text[]) AS i(actor_id, mail_seq, attempts, error, effects, fingerprint, title, head, code)
      ), gone AS (
        DELETE FROM mailbox m USING input i WHERE m.actor_id = i.actor_id AND m.mail_seq = i.mail_seq RETURNING m.*
      ), moved AS (
        INSERT INTO dead_letter (message_id, actor_id, command, payload, bytes, idempotency_key, sender, sent_at,
          attempts, error, effects, fingerprint, title, head, code, at)
        SELECT g.message_id, g.actor_id, g.command, g.payload, g.bytes, g.idempotency_key, g.sender, g.sent_at,
          i.attempts, i.error::json, i.effects::json, i.fingerprint, i.title, i.head, i.code,
          to_timestamp($10::float8 / 1000)
        FROM gone g JOIN input i USING (actor_id, mail_seq)
      )
      SELECT DISTINCT actor_id
      FROM (SELECT actor_id, mail_seq FROM input EXCEPT SELECT actor_id, mail_seq FROM gone) missing`,
    values: [
      ...mailColumns(dead),
      dead.map((row) => row.attempts),
      dead.map((row) => JSON.stringify(row.error)),
      dead.map((row) => (row.effects.length === 0 ? null : JSON.stringify(row.effects))),
      dead.map((row) => row.fingerprint),
      dead.map((row) => row.title),
      dead.map((row) => row.head),
      dead.map((row) => row.code),
      at,
    ],
  });
}

/** Stores reminders; each replaces one of the same name. Index: `reminder`'s primary key. */
async function writeReminders(client: ClientBase, reminders: BatchRows["reminders"]): Promise<null> {
  await client.query({
    name: "write-reminders",
    text: `
      INSERT INTO reminder (actor_id, name, generation, at, every_ms, command, payload, bytes)
      SELECT actor_id, name, generation, to_timestamp(at / 1000), every_ms, command, payload::json,
        octet_length(payload)
      FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::float8[], $5::bigint[], $6::text[], $7::text[])
        AS i(actor_id, name, generation, at, every_ms, command, payload)
      ON CONFLICT (actor_id, name) DO UPDATE SET generation = excluded.generation, at = excluded.at,
        every_ms = excluded.every_ms, command = excluded.command, payload = excluded.payload, bytes = excluded.bytes`,
    values: [
      reminders.map((row) => row.actor),
      reminders.map((row) => row.name),
      reminders.map((row) => row.generation),
      reminders.map((row) => row.at),
      reminders.map((row) => row.every),
      reminders.map((row) => row.command),
      reminders.map((row) => row.payload),
    ],
  });
  return null;
}

async function cancelReminders(client: ClientBase, cancelled: BatchRows["cancelled"]): Promise<null> {
  await client.query({
    name: "cancel-reminders",
    text: `DELETE FROM reminder r USING unnest($1::bigint[], $2::text[]) AS i(actor_id, name)
           WHERE r.actor_id = i.actor_id AND r.name = i.name`,
    values: [cancelled.map((row) => row.actor), cancelled.map((row) => row.name)],
  });
  return null;
}

/**
 * Puts due reminders into the mailboxes, and deletes those that do not repeat. A reminder that was set again since then
 * has another generation and does not change. Index: `reminder`'s primary key.
 */
async function fireReminders(client: ClientBase, firings: BatchRows["firings"], at: number): Promise<null> {
  await client.query({
    name: "fire-reminders",
    text: `
      WITH due AS MATERIALIZED (
        SELECT r.actor_id, r.name, r.command, r.payload, r.bytes, i.mail_seq, i.message_id, i.next_at
        FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::uuid[], $6::float8[])
          AS i(actor_id, name, generation, mail_seq, message_id, next_at)
        JOIN reminder r USING (actor_id, name, generation)
      ), gone AS (
        DELETE FROM reminder r USING due d WHERE r.actor_id = d.actor_id AND r.name = d.name AND d.next_at IS NULL
      ), moved AS (
        UPDATE reminder r SET at = to_timestamp(d.next_at / 1000), generation = d.mail_seq
        FROM due d WHERE r.actor_id = d.actor_id AND r.name = d.name AND d.next_at IS NOT NULL
      )
      INSERT INTO mailbox (actor_id, mail_seq, message_id, command, payload, bytes, sender, sent_at, attempts,
        attempts_before, started)
      SELECT actor_id, mail_seq, message_id, command, payload, bytes, json_build_object('reminder', name),
        to_timestamp($7::float8 / 1000), 0, 0, false FROM due`,
    values: [
      firings.map((row) => row.actor),
      firings.map((row) => row.name),
      firings.map((row) => row.generation),
      firings.map((row) => row.mailSeq),
      firings.map((row) => row.messageId),
      firings.map((row) => row.next),
      at,
    ],
  });
  return null;
}

/**
 * Moves dead letters back to the end of their mailboxes, if they still belong to the job. Index: `dead_letter`'s
 * primary key.
 */
async function moveLetters(client: ClientBase, redrives: BatchRows["redrives"]): Promise<null> {
  await client.query({
    name: "redrive",
    text: `
      WITH gone AS (
        DELETE FROM dead_letter d USING unnest($1::uuid[], $2::uuid[], $3::bigint[]) AS i(message_id, job, mail_seq)
        WHERE d.message_id = i.message_id AND d.redrive = i.job RETURNING d.*, i.mail_seq
      )
      INSERT INTO mailbox (actor_id, mail_seq, message_id, command, payload, bytes, idempotency_key, sender, sent_at,
        attempts, attempts_before, started, error, effects)
      SELECT actor_id, mail_seq, message_id, command, payload, bytes, idempotency_key, sender, sent_at, attempts,
        attempts, false, error, effects FROM gone`,
    values: [redrives.map((row) => row.messageId), redrives.map((row) => row.job), redrives.map((row) => row.mailSeq)],
  });
  return null;
}

function mailColumns(rows: readonly MailRef[]): [actors: Buffer, mails: Buffer] {
  return [bigints(rows.map((row) => row.actor)), bigints(rows.map((row) => row.mailSeq))];
}
