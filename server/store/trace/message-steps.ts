import type { Pool } from "pg";
import type { Json, RecordedError, Sender } from "../../protocol/journal.ts";
import type { StoredStep, WantedMessage } from "../../runtime/ports/messages.ts";
import { parsed } from "../rows.ts";

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
