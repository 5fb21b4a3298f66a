import { env, memoryUsage, resourceUsage, stdout } from "node:process";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { defineActor } from "../../core/define/define.ts";
import { createLog } from "../../process/log.ts";
import { openStore } from "../../store/postgres.ts";
import { useDatabase } from "../../testing/database/database.ts";
import { query } from "../../testing/database/sql.ts";
import { startNode } from "../../testing/runtime/node.ts";
import type { Store } from "../ports/store.ts";

/**
 * Draining a long backlog takes minutes, so the test uses 10,000 messages unless MEASURE_BACKLOG sets a number, such as
 * 1000000. Each actor gets a hundred.
 */
const MEASURED = Number(env.MEASURE_BACKLOG ?? 0);
const MESSAGES = MEASURED === 0 ? 10_000 : MEASURED;
const EACH = 100;
const ACTORS = MESSAGES / EACH;
const MB = 1024 * 1024;

/** Counts its messages, and those out of order. */
const Tally = defineActor({
  type: "tally",
  key: ["id"],
  persistence: "journal",
  state: z.object({ last: z.number(), count: z.number(), astray: z.number() }),
  initial: () => ({ last: 0, count: 0, astray: 0 }),
  commands: { take: z.object({ n: z.number() }) },
  queries: {},
  on: {
    take(c, { n }) {
      if (n <= c.state.last) c.state.astray += 1;
      c.state.last = n;
      c.state.count += 1;
    },
  },
  passivateAfter: "30m",
});

const database = useDatabase();
let store: Store;
beforeEach(async () => {
  store = await openStore(database.url, createLog("silent"));
});
afterEach(() => store.close());

/** Puts the messages into the mailboxes by SQL, interleaved among the actors, because `tell` would also run them. */
async function fill(): Promise<void> {
  const before = await startNode({ store, types: [Tally] });
  await before.runtime.stop();
  await query(
    database.url,
    "INSERT INTO actor (type, key, created_at, last_active_at) SELECT 'tally', i, now(), now() FROM generate_series(1, $1::int) i",
    [ACTORS],
  );
  await query(
    database.url,
    `INSERT INTO mailbox (actor_id, mail_seq, message_id, command, payload, bytes, sent_at, attempts, attempts_before, started)
     SELECT a.id, i, gen_random_uuid(), 'take', json_build_object('n', i), 12, now(), 0, 0, false
     FROM generate_series(1, $1::int) i JOIN actor a ON a.type = 'tally' AND a.key = (i % $2 + 1)::text`,
    [MESSAGES, ACTORS],
  );
  await query(database.url, "UPDATE lane SET last_mail_seq = $1", [MESSAGES]);
  await query(database.url, "VACUUM ANALYZE mailbox");
  await query(database.url, "ANALYZE actor");
}

test("a long backlog is drained without requests, in order, and without all of it in memory", async () => {
  await fill();
  const rssBefore = memoryUsage().rss;
  const startTime = performance.now();
  const { runtime } = await startNode({ store, types: [Tally] });
  const started = performance.now() - startTime;
  let first = 0;
  let turns = 0;
  let peak = 0;
  const drained = new Promise<void>((resolve) => {
    runtime.events.listen((event) => {
      if (event.kind !== "committed") return;
      if (turns === 0) first = performance.now() - startTime;
      turns += event.turns;
      peak = Math.max(peak, memoryUsage().rss);
      if (turns === MESSAGES) resolve();
    });
  });
  await drained;
  const durationMs = performance.now() - startTime;
  await runtime.stop();
  report({ started, first, durationMs, rssBefore, peak });
  const [left] = await query(database.url, "SELECT count(*) AS count FROM mailbox");
  expect(Number(left?.count)).toBe(0);
  const folded = await query(
    database.url,
    `SELECT count(*) FILTER (WHERE state ->> 'count' = $1 AND state ->> 'astray' = '0') AS valid, count(*) AS all
     FROM (SELECT DISTINCT ON (actor_id) state FROM checkpoint ORDER BY actor_id, seq DESC) newest`,
    [`${EACH}`],
  );
  expect(folded.map(({ valid, all }) => [Number(valid), Number(all)])).toEqual([[ACTORS, ACTORS]]);
}, 1_800_000);

function report(measured: {
  started: number;
  first: number;
  durationMs: number;
  rssBefore: number;
  peak: number;
}): void {
  if (MEASURED === 0) return;
  const { started, first, durationMs, rssBefore, peak } = measured;
  stdout.write(
    `${MESSAGES} messages for ${ACTORS} actors: started after ${started.toFixed(0)} ms, the first turns durable after ` +
      `${first.toFixed(0)} ms, drained after ${(durationMs / 1_000).toFixed(1)} s (${((MESSAGES / durationMs) * 1_000).toFixed(0)} ` +
      `messages/s); memory from ${(rssBefore / MB).toFixed(0)} MB to ${(peak / MB).toFixed(0)} MB at most ` +
      `(peak of the process ${(resourceUsage().maxRSS / 1_024).toFixed(0)} MB).\n`,
  );
}
