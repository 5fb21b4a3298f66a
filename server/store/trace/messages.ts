import type { Pool } from "pg";
import type { LastChange } from "../../protocol/actors.ts";
import type { Json, RecordedError, Sender } from "../../protocol/journal.ts";
import type { ActorId, Address } from "../../runtime/ports/ids.ts";
import type { SentMessage, StoredMessage, WantedMessage } from "../../runtime/ports/messages.ts";
import { parsed } from "../rows.ts";

/** How many messages of one mailbox are searched. */
const HEAD = 10_000;

const sentColumns = `message_id AS "messageId", cause, cause_command AS "causeCommand", sender, receiver, command, at`;

/** See `MessageStore.sentMessages`. Index: `sent`'s primary key, a probe for each id. */
export async function sentMessages(pool: Pool, messageIds: readonly string[]): Promise<SentMessage[]> {
  const { rows } = await pool.query<SentMessage>(
    `SELECT ${sentColumns} FROM sent WHERE message_id = ANY ($1::uuid[]) ORDER BY at, message_id`,
    [messageIds],
  );
  return rows;
}

/** See `MessageStore.causesOf`. Index: `sent`'s primary key, a probe for each cause. */
export async function causesOf(pool: Pool, messageId: string, limit: number): Promise<SentMessage[]> {
  const { rows } = await pool.query<SentMessage>(
    `WITH RECURSIVE up AS (
       SELECT s.*, 1 AS level FROM sent s WHERE message_id = $1
       UNION ALL
       SELECT s.*, level + 1 FROM up CROSS JOIN LATERAL (SELECT * FROM sent WHERE message_id = up.cause) s
       WHERE level < $2
     )
     SELECT ${sentColumns} FROM up ORDER BY level`,
    [messageId, limit],
  );
  return rows;
}

/** See `MessageStore.actorsMarked`. Index: `actor_mark`. */
export async function actorsMarked(pool: Pool, mark: string, limit: number): Promise<(Address & { id: ActorId })[]> {
  const { rows } = await pool.query<Address & { id: ActorId }>(
    `SELECT id, type, key AS "keyText" FROM actor WHERE left(md5(type || '/' || key), 8) = $1 ORDER BY id LIMIT $2`,
    [mark, limit],
  );
  return rows;
}

/** See `MessageStore.actorsById`. Index: `actor`'s primary key. */
export async function actorsById(pool: Pool, ids: readonly ActorId[]): Promise<(Address & { id: ActorId })[]> {
  const { rows } = await pool.query<Address & { id: ActorId }>(
    `SELECT id, type, key AS "keyText" FROM actor WHERE id = ANY ($1::bigint[])`,
    [ids],
  );
  return rows;
}

/** See `MessageStore.receiverOfLetter`. Index: `dead_letter`'s primary key. */
export async function receiverOfLetter(pool: Pool, messageId: string): Promise<ActorId | null> {
  const { rows } = await pool.query<{ id: ActorId }>("SELECT actor_id AS id FROM dead_letter WHERE message_id = $1", [
    messageId,
  ]);
  return rows[0]?.id ?? null;
}

/**
 * See `MessageStore.storedMessages`. Index: `mailbox`'s primary key, the start of each actor's part, once for all its
 * messages; `dead_letter`'s.
 */
export async function storedMessages(
  pool: Pool,
  wanted: readonly WantedMessage[],
  whole: boolean,
): Promise<StoredMessage[]> {
  const columns = `message_id AS "messageId", actor_id AS actor, command, CASE WHEN $3 THEN payload END AS payload,
    idempotency_key AS "idempotencyKey", sender, sent_at AS "sentAt", attempts, error`;
  const { rows } = await pool.query<
    Omit<StoredMessage, "payload" | "sender" | "error"> & Record<"payload" | "sender" | "error", string | null>
  >(
    `WITH wanted AS MATERIALIZED (SELECT * FROM unnest($1::bigint[], $2::uuid[]) AS w(actor_id, message_id)),
       heads AS MATERIALIZED (
         SELECT h.* FROM (SELECT DISTINCT actor_id FROM wanted) a
         CROSS JOIN LATERAL (
           SELECT actor_id, mail_seq, message_id FROM mailbox WHERE actor_id = a.actor_id
           ORDER BY mail_seq LIMIT ${HEAD}) h
       ), found AS MATERIALIZED (SELECT h.actor_id, h.mail_seq FROM heads h JOIN wanted w USING (actor_id, message_id))
     SELECT ${columns}, next_at AS "nextAt", NULL AS fingerprint, false AS "isDead"
     FROM (SELECT actor_id, mail_seq FROM found) f JOIN mailbox USING (actor_id, mail_seq)
     UNION ALL
     SELECT ${columns}, NULL, fingerprint, true FROM dead_letter WHERE message_id = ANY ($2::uuid[])`,
    [wanted.map(({ actor }) => actor), wanted.map(({ messageId }) => messageId), whole],
  );
  return rows.map((row) => ({
    ...row,
    payload: parsed<Json>(row.payload),
    sender: parsed<Sender>(row.sender),
    error: parsed<RecordedError>(row.error),
  }));
}

/** See `MessageStore.lastChanges`. Index: `durable_state`'s primary key. */
export async function lastChanges(
  pool: Pool,
  actors: readonly ActorId[],
): Promise<{ actor: ActorId; revision: number; change: LastChange }[]> {
  const { rows } = await pool.query<{ actor: ActorId; revision: number; change: string }>(
    "SELECT actor_id AS actor, revision, last_change AS change FROM durable_state WHERE actor_id = ANY ($1::bigint[])",
    [actors],
  );
  return rows.map(({ change, ...row }) => ({ ...row, change: JSON.parse(change) as LastChange }));
}
