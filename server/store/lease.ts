import type { Pool, QueryConfig } from "pg";
import { crashPoint } from "../runtime/crash-points.ts";
import type { Claim, Held } from "../runtime/ports.ts";
import { transaction } from "./connection.ts";

/** The only node's number: one server writes at a time. */
export const NODE = 1;

/** See `Store.claim`. The node's row is locked first, so that two starters take turns. */
export async function claim(
  pool: Pool,
  owner: string,
  lanes: number,
  leaseMs: number,
  force: boolean,
): Promise<Claim | Held> {
  return transaction(pool, async (client) => {
    await client.query(
      `INSERT INTO node (id, owner, epoch, since, lease_until)
       VALUES ($1, $2, 0, clock_timestamp(), clock_timestamp()) ON CONFLICT DO NOTHING`,
      [NODE, owner],
    );
    const { rows } = await client.query<{
      owner: string;
      since: number;
      released: boolean;
      epoch: number;
      lapses_in: number;
    }>(
      `SELECT owner, since, released, epoch, (extract(epoch FROM lease_until - clock_timestamp()) * 1000)::float8 AS lapses_in
       FROM node WHERE id = $1 FOR UPDATE`,
      [NODE],
    );
    const holder = rows[0];
    if (holder !== undefined && holder.owner !== owner && holder.lapses_in > 0 && !force) {
      return { owner: holder.owner, since: holder.since, lapsesIn: holder.lapses_in };
    }
    crashPoint("claim: before the epochs are raised");
    const raised = await client.query<{ epoch: number }>(
      `UPDATE node SET owner = $2, epoch = epoch + 1, released = false, since = clock_timestamp(),
         lease_until = clock_timestamp() + $3 * interval '1 millisecond'
       WHERE id = $1 RETURNING epoch`,
      [NODE, owner, leaseMs],
    );
    const epoch = raised.rows[0]?.epoch as number;
    const { batches, lastMail } = await raiseLanes(client, lanes, epoch);
    crashPoint("claim: the epochs are raised, not committed");
    const clean = holder === undefined || holder.epoch === 0 || holder.released;
    return { owner, epoch, batches, lastMail, clean, newestActor: await newestActor(client) };
  });
}

/** Raises the epoch in every lane: this waits for the commits in flight, and whatever commits later is fenced. */
async function raiseLanes(
  client: { query: Pool["query"] },
  lanes: number,
  epoch: number,
): Promise<Pick<Claim, "batches" | "lastMail">> {
  await client.query(
    `INSERT INTO lane (node, lane, epoch, batch)
     SELECT $1, n, 0, 0 FROM generate_series(0, $2::int - 1) n ON CONFLICT DO NOTHING`,
    [NODE, lanes],
  );
  const { rows } = await client.query<{ lane: number; batch: number; mail: number }>(
    "UPDATE lane SET epoch = $2 WHERE node = $1 RETURNING lane, batch, mail",
    [NODE, epoch],
  );
  const batches = new Array<number>(lanes).fill(0);
  for (const row of rows) if (row.lane < lanes) batches[row.lane] = row.batch;
  return { batches, lastMail: Math.max(0, ...rows.map(({ mail }) => mail)) };
}

/** Those that were erased count too, so that no position is ever ahead. Indexes: the ends of both primary keys. */
async function newestActor(client: { query: Pool["query"] }): Promise<number> {
  const { rows } = await client.query<{ id: number }>(
    "SELECT coalesce(greatest((SELECT max(id) FROM actor), (SELECT max(actor_id) FROM tombstone)), 0) AS id",
  );
  return rows[0]?.id ?? 0;
}

/** See `Store.heartbeat`. */
export async function heartbeat(pool: Pool, { owner, epoch }: Claim, leaseMs: number): Promise<boolean> {
  const { rowCount } = await pool.query({
    text: `UPDATE node SET lease_until = clock_timestamp() + $4 * interval '1 millisecond'
           WHERE id = $1 AND owner = $2 AND epoch = $3`,
    values: [NODE, owner, epoch, leaseMs],
    // No longer than the lease: whoever looks is to hear soon that the database does not answer.
    query_timeout: leaseMs,
  } as QueryConfig);
  return rowCount === 1;
}

/** See `Store.release`. */
export async function release(pool: Pool, { owner, epoch }: Claim): Promise<void> {
  await pool.query(
    "UPDATE node SET lease_until = clock_timestamp(), released = true WHERE id = $1 AND owner = $2 AND epoch = $3",
    [NODE, owner, epoch],
  );
}
