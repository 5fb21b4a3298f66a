import type { Pool } from "pg";
import type { Address } from "../runtime/ports/ids.ts";
import type { Claim } from "../runtime/ports/leases.ts";
import { transaction } from "./connection.ts";
import { NODE } from "./lease.ts";

/**
 * See `Store.erase`. The lanes' rows are locked first, as commits would: a node that was taken over erases nothing, and
 * whoever sends to the actor does so before, or finds it gone.
 * What was sent to it and by it stays in `sent` until it is too old: ids and names of commands, nothing that was in them.
 * Index: `actor_type_key`, then the beginnings of the other tables' primary keys.
 */
export async function erase(
  pool: Pool,
  { epoch }: Claim,
  { type, keyText }: Address,
  now: number,
): Promise<"erased" | "absent" | "fenced"> {
  return transaction(pool, async (client) => {
    const lanes = await client.query("SELECT FROM lane WHERE node = $1 AND epoch = $2 ORDER BY lane FOR UPDATE", [
      NODE,
      epoch,
    ]);
    if (lanes.rowCount === 0) return "fenced";
    // A checkpoint that somebody writes now is there before the rest is looked for; or finds no actor.
    await client.query("SELECT FROM actor WHERE type = $1 AND key = $2 FOR UPDATE", [type, keyText]);
    const { rowCount } = await client.query(
      `WITH gone AS (DELETE FROM actor WHERE type = $1 AND key = $2 RETURNING id, type),
         states AS (DELETE FROM durable_state s USING gone WHERE s.actor_id = gone.id RETURNING revision),
         entries AS (DELETE FROM entry e USING gone WHERE e.actor_id = gone.id RETURNING seq),
         checkpoints AS (DELETE FROM checkpoint c USING gone WHERE c.actor_id = gone.id RETURNING seq),
         replies AS (DELETE FROM reply r USING gone WHERE r.actor_id = gone.id),
         mails AS (DELETE FROM mailbox m USING gone WHERE m.actor_id = gone.id),
         letters AS (DELETE FROM dead_letter d USING gone WHERE d.actor_id = gone.id),
         reminders AS (DELETE FROM reminder r USING gone WHERE r.actor_id = gone.id),
         forks AS (DELETE FROM fork f USING gone WHERE f.actor_id = gone.id)
       INSERT INTO tombstone (actor_id, type, head, at)
       SELECT id, type, coalesce((SELECT max(revision) FROM states), greatest(
         (SELECT max(seq) FROM entries), (SELECT max(seq) FROM checkpoints)), 0), to_timestamp($3::float8 / 1000)
       FROM gone`,
      [type, keyText, now],
    );
    return rowCount === 1 ? "erased" : "absent";
  });
}
