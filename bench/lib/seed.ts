import { checksum } from "../../server/runtime/shared/digest.ts";
import { query } from "../../server/testing/database/sql.ts";

/** Counters to insert with SQL, with `entries` turns each. */
export interface Counters {
  count: number;
  entries: number;
  /** Whether they have a checkpoint, followed by `CHECKPOINT_LAG` entries. */
  checkpoint: boolean;
}

/** Entries after a checkpoint: half the maximum. */
const CHECKPOINT_LAG = 5;

/** Inserts the counters `c0`, `c1`, … into an empty database. Entries are interleaved, as from concurrent use. */
export async function seedCounters(url: string, { count, entries, checkpoint }: Counters): Promise<void> {
  await seedActors(url, "counter", "c", count);
  await query(
    url,
    `INSERT INTO entry (actor_id, seq, kind, at, lane, batch, body)
     SELECT a.id, seq, 'turn', now(), 0, 0, format(
       '{"kind":"turn","messageId":"%s","message":{"id":"%s","command":"increment","payload":{"by":1},"now":1767225600000},%s,"reply":%s,"version":1,"code":"00000000"}',
       m.id, m.id, CASE seq WHEN 1 THEN '"state":{"value":1,"quote":null}'
         ELSE format('"patches":[{"op":"replace","path":["value"],"value":%s}]', seq) END, seq)::json
     FROM actor a CROSS JOIN generate_series(1, $1::int) seq CROSS JOIN LATERAL (SELECT gen_random_uuid() AS id WHERE seq > 0) m
     ORDER BY seq, a.id`,
    [entries],
  );
  if (checkpoint) {
    const seq = Math.max(1, entries - CHECKPOINT_LAG);
    const state = JSON.stringify({ value: seq, quote: null });
    await query(
      url,
      `INSERT INTO checkpoint (actor_id, seq, state, checksum, version, turn_time, at, permanent)
       SELECT id, $1, $2::json, $3, 1, now(), now(), false FROM actor`,
      [seq, state, checksum(state)],
    );
  }
  await settle(url);
}

/** Inserts the users `u0`, `u1`, … of the mall `mall001` into an empty database. */
export async function seedUsers(url: string, count: number): Promise<void> {
  await seedActors(url, "plain-user", "mall001:u", count);
  await query(
    url,
    `INSERT INTO durable_state (actor_id, revision, state, version, last_change, updated_at, lane, batch)
     SELECT id, 1, format('{"mallId":"mall001","userId":"%s","lastLogin":null,"lastCartUsedTime":null,"recentProducts":["p1","p2","p3"],"marketingOptIn":false,"lastEventTime":"2026-01-01T00:00:00.000Z"}', split_part(key, ':', 2))::json,
       1, '{"command":"viewProduct","messageId":"00000000-0000-4000-8000-000000000000","at":"2026-01-01T00:00:00.000Z","paths":[],"more":0}', now(), 0, 0
     FROM actor`,
  );
  await settle(url);
}

async function seedActors(url: string, type: string, prefix: string, count: number): Promise<void> {
  await query(
    url,
    `INSERT INTO actor (type, key, created_at, last_active_at)
     SELECT $1, $2 || n, now(), now() FROM generate_series(0, $3::int - 1) n`,
    [type, prefix, count],
  );
}

/** Leaves no work for later: Postgres writes all pages and updates its statistics now. */
async function settle(url: string): Promise<void> {
  await query(url, "VACUUM ANALYZE");
  await query(url, "CHECKPOINT");
}
