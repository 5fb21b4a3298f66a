import { env, stdout } from "node:process";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { defineActor } from "../../core/define/define.ts";
import { createLog } from "../../process/log.ts";
import type { Store } from "../../runtime/ports/store.ts";
import { openStore } from "../../store/postgres.ts";
import { useDatabase } from "../../testing/database/database.ts";
import { startNode } from "../../testing/runtime/node.ts";
import { byFolding, byHandlers, fromCheckpoint, type Way } from "./recoveries.ts";

/**
 * To measure takes minutes, so that is done when it is asked for: with the number of entries, such as 100050. Of a short
 * journal it would say nothing: there the ways differ by a few milliseconds.
 */
const MEASURED = Number(env.MEASURE_RECOVERY ?? 0);
const ENTRIES = MEASURED === 0 ? 1_050 : MEASURED;
/** The most of the others' time that a recovery from the checkpoint may take. */
const MOST = MEASURED === 0 ? Number.POSITIVE_INFINITY : 0.1;
const CHECKPOINT_EVERY = 100;
const AT_A_TIME = 5_000;
const log = createLog("silent");

const database = useDatabase();
let store: Store;
beforeEach(async () => {
  store = await openStore(database.url, log);
});
afterEach(() => store.close());

/** An actor whose state is a table of rows of 100 characters; each turn writes to one of them. */
function tableType(type: string, rows: number) {
  return defineActor({
    type,
    key: ["id"],
    persistence: "journal",
    state: z.object({ turns: z.number(), rows: z.array(z.object({ n: z.number(), text: z.string() })) }),
    initial: () => ({ turns: 0, rows: Array.from({ length: rows }, () => ({ n: 0, text: "x".repeat(80) })) }),
    commands: { write: z.object({ n: z.number() }) },
    queries: {},
    on: {
      write(c, { n }) {
        c.state.turns += 1;
        const row = c.state.rows[n % rows];
        if (row !== undefined) row.n = n;
        return c.state.turns;
      },
    },
    checkpointEvery: CHECKPOINT_EVERY,
    passivateAfter: "30m",
  });
}

test.each([
  ["1 KB", 10],
  ["100 KB", 1_000],
])(
  "a recovery from the checkpoint reads what came after it, and gives what the other ways give: a state of %s",
  async (size, rows) => {
    const type = tableType(`table-${rows}`, rows);
    await write(type, ENTRIES);
    const address = { type: type.type, keyText: "t" };
    const checkpoint = await fromCheckpoint(store, address, log);
    const folding = await byFolding(store, address, log);
    const handlers = await byHandlers(store, address, type, ["t"]);
    tell(size, checkpoint, folding, handlers);
    const newest = ENTRIES - (ENTRIES % CHECKPOINT_EVERY);
    expect(checkpoint).toMatchObject({ checkpoint: newest, entries: ENTRIES - newest, state: { turns: ENTRIES } });
    for (const way of [folding, handlers]) {
      expect(way).toMatchObject({ checkpoint: 0, entries: ENTRIES });
      expect(way.state).toEqual(checkpoint.state);
      expect(checkpoint.ms).toBeLessThan(way.ms * MOST);
    }
  },
  600_000,
);

/** Sends an actor of the type so many messages. */
async function write(type: ReturnType<typeof tableType>, messages: number): Promise<void> {
  const { runtime } = await startNode({ store, types: [type] });
  for (let sent = 0; sent < messages; sent += AT_A_TIME) {
    const some = Array.from({ length: Math.min(AT_A_TIME, messages - sent) }, (_, i) => sent + i);
    const ask = (n: number) => runtime.ask({ type: type.type, key: ["t"], command: "write", payload: { n } });
    await Promise.all(some.map(ask));
  }
  await runtime.stop();
}

function tell(size: string, checkpoint: Way, folding: Way, handlers: Way): void {
  if (MEASURED === 0) return;
  const told = ({ entries, ms }: Way) => `${ms.toFixed(1)} ms (${entries} entries)`;
  stdout.write(
    `A state of ${size}, a journal of ${ENTRIES} entries: from the checkpoint at ${checkpoint.checkpoint} ` +
      `${told(checkpoint)}; folding ${told(folding)}; running the handlers ${told(handlers)}.\n`,
  );
}
