import type { Pool } from "pg";
import type { ActorId, Address } from "../../runtime/ports/ids.ts";
import type { SnapshotReader } from "../../runtime/ports/past.ts";
import { entries, past, type Reader, seqAt } from "./past.ts";

/** The maximum time between two reads; in between, the caller runs actors' code. */
const IDLE = "5min";

export async function snapshot<T>(pool: Pool, work: (reader: SnapshotReader) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    await client.query(`SET LOCAL idle_in_transaction_session_timeout = '${IDLE}'`);
    return await work({
      past: (request) => past(client, request),
      entries: (request) => entries(client, request),
      seqAt: (id, time) => seqAt(client, id, time),
      idOf: (address) => idOf(client, address),
      sample: (type, activeSince, limit) => sample(client, type, activeSince, limit),
    });
  } finally {
    await client.query("ROLLBACK").catch((error: Error) => {
      broken = error;
    });
    client.release(broken);
  }
}

/** Index: `actor_type_key`. */
async function idOf(reader: Reader, { type, keyText }: Address): Promise<ActorId | null> {
  const { rows } = await reader.query<{ id: ActorId }>("SELECT id FROM actor WHERE type = $1 AND key = $2", [
    type,
    keyText,
  ]);
  return rows[0]?.id ?? null;
}

/** Spread over all actors of the type, and the same each time. Index: `actor_type_activity`, all of the type. */
async function sample(
  reader: Reader,
  type: string,
  activeSince: number,
  limit: number,
): Promise<{ id: ActorId; keyText: string }[]> {
  const { rows } = await reader.query<{ id: ActorId; keyText: string }>(
    `SELECT id, key AS "keyText" FROM actor WHERE type = $1 AND last_active_at >= to_timestamp($2::float8 / 1000)
     ORDER BY hashint8(id), id LIMIT $3`,
    [type, activeSince, limit],
  );
  return rows;
}
