import type { ClientBase } from "pg";
import type { ActorId, BatchRows, EntryRow, ReplyRow, StateRow } from "../runtime/ports.ts";
import { NODE } from "./lease.ts";

/** Which lane of which epoch writes. */
export interface LaneOfEpoch {
  lane: number;
  epoch: number;
}

/**
 * The fence, and the witness: false when another node has taken over. It locks the lane's row until the transaction
 * ends, so a takeover waits for it. Index: `lane`'s primary key.
 */
export async function fence(
  client: ClientBase,
  { lane, epoch }: LaneOfEpoch,
  { number, lastMail }: Pick<BatchRows, "number" | "lastMail">,
): Promise<boolean> {
  const { rowCount } = await client.query({
    name: "fence",
    text: "UPDATE lane SET batch = $4, mail = $5 WHERE node = $1 AND lane = $2 AND epoch = $3",
    values: [NODE, lane, epoch, number, lastMail],
  });
  return rowCount === 1;
}

/**
 * Writes the batch's states, each only over the revision it expects; returns the actors for which that was another.
 * One statement however many states. Index: `durable_state`'s primary key, once per row; the update is heap-only.
 */
export async function writeStates(
  client: ClientBase,
  lane: number,
  batch: number,
  states: readonly StateRow[],
): Promise<ActorId[]> {
  const { rows } = await client.query<{ actor_id: ActorId }>({
    name: "write-states",
    text: `
      WITH input AS MATERIALIZED (
        SELECT actor_id, expected, revision, state::json, version, last_change::json,
               to_timestamp(updated_at / 1000) AS updated_at
        FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $9::int[], $5::text[], $6::float8[])
          AS i(actor_id, expected, revision, state, version, last_change, updated_at)
      ), updated AS (
        UPDATE durable_state s
        SET revision = i.revision, state = i.state, version = i.version, last_change = i.last_change, updated_at = i.updated_at,
            lane = $7, batch = $8
        FROM input i WHERE s.actor_id = i.actor_id AND s.revision = i.expected
        RETURNING s.actor_id
      ), inserted AS (
        INSERT INTO durable_state (actor_id, revision, state, version, last_change, updated_at, lane, batch)
        SELECT actor_id, revision, state, version, last_change, updated_at, $7, $8 FROM input WHERE expected = 0
        ON CONFLICT (actor_id) DO NOTHING
        RETURNING actor_id
      )
      SELECT actor_id FROM input EXCEPT (SELECT actor_id FROM updated UNION ALL SELECT actor_id FROM inserted)`,
    values: [
      states.map((row) => row.id),
      states.map((row) => row.expected),
      states.map((row) => row.revision),
      states.map((row) => row.state),
      states.map((row) => JSON.stringify(row.lastChange)),
      states.map((row) => row.updatedAt),
      lane,
      batch,
      states.map((row) => row.version),
    ],
  });
  return rows.map((row) => row.actor_id);
}

/**
 * Appends the batch's entries; returns the actors one of whose seqs was taken. One statement however many entries.
 * Index: `entry`'s primary key, at the end of each actor's part of it.
 */
export async function writeEntries(
  client: ClientBase,
  lane: number,
  batch: number,
  entries: readonly EntryRow[],
): Promise<ActorId[]> {
  const { rows } = await client.query<{ actor_id: ActorId; seq: number }>({
    name: "write-entries",
    text: `
      INSERT INTO entry (actor_id, seq, kind, at, lane, batch, body)
      SELECT actor_id, seq, kind, to_timestamp($4::float8 / 1000), $6, $7, body::json
      FROM unnest($1::bigint[], $2::bigint[], $3::text[], $5::text[]) AS i(actor_id, seq, kind, body)
      ON CONFLICT (actor_id, seq) DO NOTHING
      RETURNING actor_id, seq`,
    values: [
      entries.map((row) => row.id),
      entries.map((row) => row.seq),
      entries.map((row) => row.kind),
      entries[0]?.at,
      entries.map((row) => row.body),
      lane,
      batch,
    ],
  });
  if (rows.length === entries.length) return [];
  const written = new Set(rows.map((row) => `${row.actor_id}/${row.seq}`));
  return [...new Set(entries.filter((row) => !written.has(`${row.id}/${row.seq}`)).map((row) => row.id))];
}

/**
 * Keeps the batch's replies; that of a message which waited in the mailbox takes the place that was kept for it. One
 * statement however many. False when another reply is kept under one of the keys. Index: `reply`'s primary key.
 */
export async function writeReplies(client: ClientBase, at: number, replies: readonly ReplyRow[]): Promise<boolean> {
  const { rowCount } = await client.query({
    name: "write-replies",
    text: `
      INSERT INTO reply (actor_id, idempotency_key, digest, message_id, reply, head, at)
      SELECT actor_id, idempotency_key, digest, message_id, reply::json, head, to_timestamp($7::float8 / 1000)
      FROM unnest($1::bigint[], $2::text[], $3::text[], $4::uuid[], $5::text[], $6::bigint[])
        AS i(actor_id, idempotency_key, digest, message_id, reply, head)
      ON CONFLICT (actor_id, idempotency_key) DO UPDATE SET reply = excluded.reply, head = excluded.head
      WHERE reply.message_id = excluded.message_id AND reply.reply IS NULL`,
    values: [
      replies.map((row) => row.id),
      replies.map((row) => row.idempotencyKey),
      replies.map((row) => row.digest),
      replies.map((row) => row.messageId),
      replies.map((row) => row.reply),
      replies.map((row) => row.head),
      at,
    ],
  });
  return rowCount === replies.length;
}

/** Writes the batch's own row. */
export async function writeCommit(client: ClientBase, { lane, epoch }: LaneOfEpoch, rows: BatchRows): Promise<void> {
  await client.query({
    name: "write-commit",
    text: `
      INSERT INTO commit (lane, batch, epoch, at, turns, states, entries, replies)
      VALUES ($1, $2, $3, to_timestamp($4::float8 / 1000), $5, $6, $7, $8)`,
    values: [
      lane,
      rows.number,
      epoch,
      rows.at,
      rows.turns,
      rows.states.length,
      rows.entries.length,
      rows.replies.length,
    ],
  });
}

/**
 * Whether a batch of this epoch committed, asked after its connection broke. The row's lock is waited for first: then
 * the broken transaction is over, and the second statement, with a snapshot of its own, sees how it ended.
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
