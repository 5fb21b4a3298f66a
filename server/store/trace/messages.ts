import type { Pool } from "pg";
import type { LastChange } from "../../protocol/actors.ts";
import type { Json, RecordedError, Sender } from "../../protocol/journal.ts";
import type { ActorId, Address } from "../../runtime/ports/ids.ts";
import type { SentMessage, StoredMessage, StoredStep, WantedMessage } from "../../runtime/ports/messages.ts";
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

/** How many entries are searched for a message's next entry. */
const REACH = 1_000;
/** The maximum number of entries of one message. */
const MAX_STEPS = 64;
/** How far the clock that stamped a message may be ahead of its journal's, in milliseconds. */
const MARGIN_MS = 1_000;

/** The next entry of a message from a seq on. Every body starts with its kind and message id, so it is not parsed. */
const next = (row: string, from: string) => `
  SELECT seq, kind FROM (
    SELECT seq, kind, body FROM entry WHERE actor_id = ${row}.actor_id AND seq >= ${from} ORDER BY seq LIMIT ${REACH}) e
  WHERE strpos(left(body::text, 80), ${row}.message_id::text) > 0 ORDER BY seq LIMIT 1`;

/**
 * See `MessageStore.steps`. An actor's entries are in order of time, so a binary search finds the first one since the
 * message; from there it steps from one of its entries to the next, up to its turn. Index: `entry`'s primary key, about
 * twenty probes and at most `REACH` entries per step.
 */
export async function steps(pool: Pool, wanted: readonly WantedMessage[], whole: boolean): Promise<StoredStep[]> {
  const { rows } = await pool.query<StepColumns>(
    `WITH RECURSIVE halves AS (
       SELECT w.*, b.low, b.high
       FROM unnest($1::bigint[], $2::uuid[], $3::float8[]) AS w(actor_id, message_id, since)
       CROSS JOIN LATERAL (
         SELECT min(seq) AS low, max(seq) + 1 AS high FROM entry e WHERE e.actor_id = w.actor_id) b
       WHERE b.low IS NOT NULL
       UNION ALL
       SELECT actor_id, message_id, since, CASE WHEN is_before THEN middle + 1 ELSE low END,
         CASE WHEN is_before THEN high ELSE middle END
       FROM halves h CROSS JOIN LATERAL (
         SELECT seq AS middle, at < to_timestamp(since / 1000) AS is_before FROM entry e
         WHERE e.actor_id = h.actor_id AND e.seq = (h.low + h.high) / 2
       ) m WHERE low < high
     ), steps AS (
       SELECT h.actor_id, h.message_id, n.seq, n.kind, 1 AS step
       FROM halves h CROSS JOIN LATERAL (${next("h", "h.low")}) n WHERE h.low = h.high
       UNION ALL
       SELECT s.actor_id, s.message_id, n.seq, n.kind, s.step + 1
       FROM steps s CROSS JOIN LATERAL (${next("s", "s.seq + 1")}) n WHERE s.kind <> 'turn' AND s.step < ${MAX_STEPS}
     )
     SELECT s.message_id AS "messageId", s.actor_id AS actor, s.seq, s.kind, e.at,
       body #>> '{message,command}' AS command, body #> '{message,from}' AS sender,
       (body #>> '{message,now}')::float8 AS "acceptedAt", body #>> '{message,idempotencyKey}' AS "idempotencyKey",
       CASE WHEN $4 THEN body #> '{message,payload}' END AS payload, CASE WHEN $4 THEN body -> 'reply' END AS reply,
       body #>> '{effect,name}' AS effect, (body #>> '{effect,attempts}')::int AS attempts,
       body #>> '{effect,error,message}' AS "effectError", body -> 'error' AS error
     FROM steps s CROSS JOIN LATERAL (SELECT at, body FROM entry e WHERE e.actor_id = s.actor_id AND e.seq = s.seq) e
     ORDER BY s.message_id, s.seq`,
    [
      wanted.map(({ actor }) => actor),
      wanted.map(({ messageId }) => messageId),
      wanted.map(({ since }) => since - MARGIN_MS),
      whole,
    ],
  );
  return rows.map(toStep);
}

type TextColumns = "sender" | "payload" | "reply" | "effect" | "error";
type StepColumns = Omit<StoredStep, TextColumns> &
  Record<TextColumns | "effectError", string | null> & { attempts: number | null };

function toStep({ effect, attempts, effectError, ...row }: StepColumns): StoredStep {
  return {
    ...row,
    sender: parsed<Sender>(row.sender),
    payload: row.payload === null ? undefined : (JSON.parse(row.payload) as Json),
    reply: row.reply === null ? undefined : (JSON.parse(row.reply) as Json),
    effect: effect === null ? null : { name: effect, attempts: attempts ?? 1, error: effectError },
    error: parsed<RecordedError>(row.error),
  };
}
