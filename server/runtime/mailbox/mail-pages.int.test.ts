import { env } from "node:process";
import { expect, onTestFinished, test, vi } from "vitest";
import { z } from "zod";
import { defineActor } from "../../core/define/define.ts";
import { createLog } from "../../process/log.ts";
import { openStore } from "../../store/postgres.ts";
import { useDatabase } from "../../testing/database/database.ts";
import { query } from "../../testing/database/sql.ts";
import { startNode } from "../../testing/runtime/node.ts";
import type { MailboxHead } from "../ports/mailboxes.ts";
import type { Store } from "../ports/store.ts";

/** Three thousand messages take half a minute, so they are read only on request. */
const MESSAGES = env.MEASURE_BACKLOG === undefined ? 150 : 3_000;
const MB = 1024 * 1024;

/** Counts its messages, in order. */
const Tally = defineActor({
  type: "tally",
  key: ["id"],
  persistence: "state",
  state: z.object({ last: z.number(), astray: z.number() }),
  initial: () => ({ last: 0, astray: 0 }),
  commands: { take: z.object({ n: z.number(), ballast: z.string() }) },
  queries: {},
  on: {
    take(c, { n }) {
      if (n !== c.state.last + 1) c.state.astray += 1;
      c.state.last = n;
    },
  },
  passivateAfter: "30m",
});

const database = useDatabase();

/** A store that tracks the maximum number of messages read from mailboxes and not committed yet. */
async function watchedStore() {
  const store = await openStore(database.url, createLog("silent"));
  const seen = { inHand: 0, max: 0 };
  const heads = async (...args: Parameters<Store["heads"]>): Promise<MailboxHead[]> => {
    const found = await store.heads(...args);
    seen.inHand += found.reduce((sum, { mails }) => sum + mails.length, 0);
    seen.max = Math.max(seen.max, seen.inHand);
    return found;
  };
  return { store: { ...store, heads } as Store, seen };
}

/** Puts messages of a megabyte into one mailbox. Each repeats one letter, so that they are small on disk. */
async function fill(): Promise<void> {
  await query(
    database.url,
    `WITH a AS (INSERT INTO actor (type, key, created_at, last_active_at) VALUES ('tally', '1', now(), now()) RETURNING id)
     INSERT INTO mailbox (actor_id, mail_seq, message_id, command, payload, bytes, sent_at, attempts, attempts_before, started)
     SELECT a.id, n, gen_random_uuid(), 'take', json_build_object('n', n, 'ballast', repeat('x', $2)), $2 + 30, now(),
       0, 0, false FROM a, generate_series(1, $1::int) n`,
    [MESSAGES, MB - 100],
  );
}

test("a mailbox of large messages is read in pages, and memory holds a bounded number of them", async () => {
  const { store, seen } = await watchedStore();
  await fill();
  const { runtime } = await startNode({ store, types: [Tally] });
  onTestFinished(async () => {
    await runtime.stop();
    await store.close();
  });
  runtime.events.listen((event) => {
    if (event.kind === "committed") seen.inHand -= event.turns;
  });
  await vi.waitFor(async () => expect(await query(database.url, "SELECT mail_seq FROM mailbox LIMIT 1")).toEqual([]), {
    timeout: 110_000,
    interval: 100,
  });
  expect((await runtime.inspector.actor({ type: "tally", keyText: "1" })).state).toEqual({ last: MESSAGES, astray: 0 });
  expect(seen.max).toBeGreaterThan(16);
  expect(seen.max).toBeLessThanOrEqual(50);
}, 120_000);
