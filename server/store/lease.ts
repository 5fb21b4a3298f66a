import type { Pool, QueryConfig } from "pg";
import type { Claim, Claimant, Held, Leader } from "../runtime/ports/leases.ts";
import { crashPoint } from "../runtime/shared/crash-points.ts";
import { NODE, transaction } from "./connection.ts";

/** The highest actor id, of erased actors too, so that it never decreases. Index: the ends of both primary keys. */
const newestActor = `coalesce(greatest((SELECT max(id) FROM actor), (SELECT max(actor_id) FROM tombstone)), 0)
  AS "newestActor"`;

const lapsesIn = `(extract(epoch FROM lease_until - clock_timestamp()) * 1000)::float8 AS "lapsesIn"`;

/** See `Store.claim`. It locks the node's row first, so concurrent claims run one after the other. */
export async function claim(
  pool: Pool,
  { owner, location }: Claimant,
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
    const { rows } = await client.query<Held & { released: boolean; epoch: number }>(
      `SELECT owner, location, since, released, epoch, ${lapsesIn} FROM node WHERE id = $1 FOR UPDATE`,
      [NODE],
    );
    const holder = rows[0];
    if (holder !== undefined && holder.owner !== owner && holder.lapsesIn > 0 && !force) {
      return { owner: holder.owner, location: holder.location, since: holder.since, lapsesIn: holder.lapsesIn };
    }
    crashPoint("claim: before the epochs are raised");
    const raised = await client.query<{ epoch: number }>(
      `UPDATE node SET owner = $2, location = $4, epoch = epoch + 1, released = false, since = clock_timestamp(),
         lease_until = clock_timestamp() + $3 * interval '1 millisecond'
       WHERE id = $1 RETURNING epoch`,
      [NODE, owner, leaseMs, location],
    );
    const epoch = raised.rows[0]?.epoch as number;
    const { batches, lastMailSeq } = await raiseLanes(client, lanes, epoch);
    crashPoint("claim: the epochs are raised, not committed");
    const clean = holder === undefined || holder.epoch === 0 || holder.released;
    const newest = await client.query<Pick<Claim, "newestActor">>(`SELECT ${newestActor}`);
    return { owner, epoch, batches, lastMailSeq, clean, newestActor: newest.rows[0]?.newestActor ?? 0 };
  });
}

/** Raises every lane's epoch. It waits for commits in flight; a later commit of the old epoch is fenced. */
async function raiseLanes(
  client: { query: Pool["query"] },
  lanes: number,
  epoch: number,
): Promise<Pick<Claim, "batches" | "lastMailSeq">> {
  await client.query(
    `INSERT INTO lane (node, lane, epoch, batch)
     SELECT $1, n, 0, 0 FROM generate_series(0, $2::int - 1) n ON CONFLICT DO NOTHING`,
    [NODE, lanes],
  );
  const { rows } = await client.query<{ lane: number; batch: number; last_mail_seq: number }>(
    "UPDATE lane SET epoch = $2 WHERE node = $1 RETURNING lane, batch, last_mail_seq",
    [NODE, epoch],
  );
  const batches = new Array<number>(lanes).fill(0);
  for (const row of rows) if (row.lane < lanes) batches[row.lane] = row.batch;
  return { batches, lastMailSeq: Math.max(0, ...rows.map((row) => row.last_mail_seq)) };
}

/** See `Store.leader`. It takes no lock: a standby calls it several times a second while the leader writes. */
export async function leader(pool: Pool): Promise<Leader | null> {
  const { rows } = await pool.query<Leader>({
    name: "leader",
    text: `SELECT owner, location, since, epoch, ${lapsesIn}, ${newestActor},
             ARRAY(SELECT batch::float8 FROM lane WHERE node = $1 ORDER BY lane) AS batches
           FROM node WHERE id = $1`,
    values: [NODE],
  });
  return rows[0] ?? null;
}

export async function heartbeat(pool: Pool, { owner, epoch }: Claim, leaseMs: number): Promise<boolean> {
  const { rowCount } = await pool.query({
    text: `UPDATE node SET lease_until = clock_timestamp() + $4 * interval '1 millisecond'
           WHERE id = $1 AND owner = $2 AND epoch = $3`,
    values: [NODE, owner, epoch, leaseMs],
    // No longer than the lease, so that the caller soon knows that the database does not answer.
    query_timeout: leaseMs,
  } as QueryConfig);
  return rowCount === 1;
}

export async function release(pool: Pool, { owner, epoch }: Claim): Promise<void> {
  await pool.query(
    "UPDATE node SET lease_until = clock_timestamp(), released = true WHERE id = $1 AND owner = $2 AND epoch = $3",
    [NODE, owner, epoch],
  );
}
