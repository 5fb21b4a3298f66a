import { type ClientBase, DatabaseError, type QueryResult } from "pg";
import type { BatchRows, CommitOutcome, EntryRow } from "../../runtime/ports/commit.ts";
import type { ActorId } from "../../runtime/ports/ids.ts";
import { bigints, texts } from "../arrays.ts";
import { NODE } from "../connection.ts";

/** The lane that writes, and its node's epoch. */
export interface LaneOfEpoch {
  lane: number;
  epoch: number;
}

/** Why a statement of a batch failed; null when it succeeded. */
export type Finding = Exclude<CommitOutcome, { kind: "committed" | "lost" }> | null;

/** Sends a statement unless there are no rows for it. */
export function ifAny(rows: readonly unknown[], send: () => Promise<Finding>): Promise<Finding>[] {
  return rows.length === 0 ? [] : [send()];
}

export async function begin(client: ClientBase): Promise<Finding> {
  await client.query("BEGIN");
  return null;
}

/**
 * Finds `fenced` when another node has taken over. It locks the lane's row until the transaction ends, so a takeover
 * waits for it. Index: `lane`'s primary key.
 */
export async function fence(
  client: ClientBase,
  { lane, epoch }: LaneOfEpoch,
  { number, lastMailSeq }: Pick<BatchRows, "number" | "lastMailSeq">,
): Promise<Finding> {
  const { rowCount } = await client.query({
    name: "fence",
    text: "UPDATE lane SET batch = $4, last_mail_seq = $5 WHERE node = $1 AND lane = $2 AND epoch = $3",
    values: [NODE, lane, epoch, number, lastMailSeq],
  });
  return rowCount === 1 ? null : { kind: "fenced" };
}

/**
 * Writes each state over the revision that it expects; finds the actors with another revision. One statement for any
 * number of states. Index: `durable_state`'s primary key, once per row; the update is heap-only.
 */
export function writeStates(client: ClientBase, lane: number, { number, states }: BatchRows): Promise<Finding> {
  return conflicts(
    client.query<{ actor_id: ActorId }>({
      name: "write-states",
      text: `
      WITH input AS MATERIALIZED (
        SELECT actor_id, expected, revision, state::json, version, last_change::json,
               to_timestamp(updated_at::float8 / 1000) AS updated_at
        FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::bigint[], $6::text[], $7::bigint[])
          AS i(actor_id, expected, revision, state, version, last_change, updated_at)
      ), updated AS (
        UPDATE durable_state s
        SET revision = i.revision, state = i.state, version = i.version, last_change = i.last_change,
            updated_at = i.updated_at, lane = $8, batch = $9
        FROM input i WHERE s.actor_id = i.actor_id AND s.revision = i.expected
        RETURNING s.actor_id
      ), inserted AS (
        INSERT INTO durable_state (actor_id, revision, state, version, last_change, updated_at, lane, batch)
        SELECT actor_id, revision, state, version, last_change, updated_at, $8, $9 FROM input WHERE expected = 0
        ON CONFLICT (actor_id) DO NOTHING
        RETURNING actor_id
      )
      SELECT actor_id FROM input EXCEPT (SELECT actor_id FROM updated UNION ALL SELECT actor_id FROM inserted)`,
      values: [
        bigints(states.map((row) => row.id)),
        bigints(states.map((row) => row.expected)),
        bigints(states.map((row) => row.revision)),
        texts(states.map((row) => row.state)),
        bigints(states.map((row) => row.version)),
        texts(states.map((row) => JSON.stringify(row.lastChange))),
        bigints(states.map((row) => row.updatedAt)),
        lane,
        number,
      ],
    }),
  );
}

/** Finds a conflict for each actor that the statement returns. */
export async function conflicts(statement: Promise<QueryResult<{ actor_id: ActorId }>>): Promise<Finding> {
  const { rows } = await statement;
  return rows.length === 0 ? null : { kind: "conflict", ids: rows.map((row) => row.actor_id) };
}

/**
 * Appends the batch's entries, in one statement. When a seq is taken, it fails with an error that `isTaken` recognizes:
 * `ON CONFLICT` would name the actor at once, but writes a third more WAL per entry. Index: `entry`'s primary key, the
 * end of each actor's part.
 */
export async function writeEntries(
  client: ClientBase,
  lane: number,
  { number, at, entries }: BatchRows,
): Promise<Finding> {
  await client.query({
    name: "write-entries",
    text: `
      INSERT INTO entry (actor_id, seq, kind, at, lane, batch, body)
      SELECT actor_id, seq, kind, to_timestamp($4::float8 / 1000), $6, $7, body::json
      FROM unnest($1::bigint[], $2::bigint[], $3::text[], $5::text[]) AS i(actor_id, seq, kind, body)`,
    values: [
      ...seqColumns(entries),
      texts(entries.map((row) => row.kind)),
      at,
      texts(entries.map((row) => row.body)),
      lane,
      number,
    ],
  });
  return null;
}

/** Whether an error says that an entry's seq is taken. */
export function isTaken(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError && error.constraint === "entry_actor_id_seq_pk";
}

/** The actors with an entry whose seq is taken. Index: `entry`'s primary key. */
export async function takenBy(client: ClientBase, entries: readonly EntryRow[]): Promise<ActorId[]> {
  const { rows } = await client.query<{ actor_id: ActorId }>(
    `SELECT DISTINCT actor_id
     FROM entry JOIN unnest($1::bigint[], $2::bigint[]) AS i(actor_id, seq) USING (actor_id, seq)`,
    seqColumns(entries),
  );
  return rows.map((row) => row.actor_id);
}

function seqColumns(entries: readonly EntryRow[]): [actors: Buffer, seqs: Buffer] {
  return [bigints(entries.map((row) => row.id)), bigints(entries.map((row) => row.seq))];
}

/**
 * Stores the batch's replies, in one statement; the reply to a mailbox message fills the row reserved for it. Finds
 * `refused` when another reply is stored under one of the keys. Index: `reply`'s primary key.
 */
export async function writeReplies(client: ClientBase, { at, replies }: BatchRows): Promise<Finding> {
  const { rowCount } = await client.query({
    name: "write-replies",
    text: `
      INSERT INTO reply (actor_id, idempotency_key, digest, message_id, reply, head, at)
      SELECT actor_id, idempotency_key, digest, message_id::uuid, reply::json, head, to_timestamp($7::float8 / 1000)
      FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[])
        AS i(actor_id, idempotency_key, digest, message_id, reply, head)
      ON CONFLICT (actor_id, idempotency_key) DO UPDATE SET reply = excluded.reply, head = excluded.head
      WHERE reply.message_id = excluded.message_id AND reply.reply IS NULL`,
    values: [
      bigints(replies.map((row) => row.id)),
      texts(replies.map((row) => row.idempotencyKey)),
      texts(replies.map((row) => row.digest)),
      texts(replies.map((row) => row.messageId)),
      texts(replies.map((row) => row.reply)),
      bigints(replies.map((row) => row.head)),
      at,
    ],
  });
  if (rowCount === replies.length) return null;
  return { kind: "refused", error: new Error("another reply is stored under the same idempotency key") };
}

/** Writes the batch's own row, with the duration of the previous batch. */
export async function writeCommit(client: ClientBase, { lane, epoch }: LaneOfEpoch, rows: BatchRows): Promise<Finding> {
  await client.query({
    name: "write-commit",
    text: `
      INSERT INTO commit (lane, batch, epoch, at, turns, states, entries, replies, previous_duration_ms)
      VALUES ($1, $2, $3, to_timestamp($4::float8 / 1000), $5, $6, $7, $8, $9)`,
    values: [
      lane,
      rows.number,
      epoch,
      rows.at,
      rows.turns,
      rows.states.length,
      rows.entries.length,
      rows.replies.length,
      rows.previousDurationMs,
    ],
  });
  return null;
}

/**
 * Whether a batch of this epoch committed, after its connection broke. The first statement waits for the lock on the
 * lane's row, and so for the end of the broken transaction; the second one, with its own snapshot, sees the result.
 */
export async function settle(
  client: ClientBase,
  { lane, epoch }: LaneOfEpoch,
  number: number,
): Promise<"committed" | "absent" | "fenced"> {
  await client.query("BEGIN");
  const { rows } = await client.query<{ epoch: number; batch: number }>(
    "SELECT epoch, batch FROM lane WHERE node = $1 AND lane = $2 FOR UPDATE",
    [NODE, lane],
  );
  const written = await client.query("SELECT FROM commit WHERE lane = $1 AND batch = $2 AND epoch = $3", [
    lane,
    number,
    epoch,
  ]);
  await client.query("COMMIT");
  if (written.rowCount === 1) return "committed";
  return rows[0]?.epoch === epoch ? "absent" : "fenced";
}
