import { env, stdout } from "node:process";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { defineActor } from "../../core/define/define.ts";
import { createLog } from "../../process/log.ts";
import type { Store } from "../../runtime/ports/store.ts";
import { openStore } from "../../store/postgres.ts";
import { useDatabase } from "../../testing/database/database.ts";
import { startNode } from "../../testing/runtime/node.ts";
import { byFolding, byHandlers, fromCheckpoint, type Recovery } from "./recoveries.ts";

/**
 * The number of entries to measure with, such as 100050. Measuring takes minutes and needs a long journal: with a short
 * one, the recoveries differ by a few milliseconds only.
 */
const MEASURED = Number(env.MEASURE_RECOVERY ?? 0);
const ENTRIES = MEASURED === 0 ? 1_050 : MEASURED;
/** The maximum duration of a recovery from the checkpoint, as a ratio of the others. */
const MAX_RATIO = MEASURED === 0 ? Number.POSITIVE_INFINITY : 0.1;
const CHECKPOINT_EVERY = 100;
const CONCURRENT = 5_000;
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
  "a recovery from a checkpoint reads only later entries and yields the same state as the others: %s",
  async (size, rows) => {
    const type = tableType(`table-${rows}`, rows);
    await write(type, ENTRIES);
    const address = { type: type.type, keyText: "t" };
    const checkpoint = await fromCheckpoint(store, address, log);
    const folding = await byFolding(store, address, log);
    const handlers = await byHandlers(store, address, type, ["t"]);
    report(size, checkpoint, folding, handlers);
    const newest = ENTRIES - (ENTRIES % CHECKPOINT_EVERY);
    expect(checkpoint).toMatchObject({ checkpoint: newest, entries: ENTRIES - newest, state: { turns: ENTRIES } });
    for (const other of [folding, handlers]) {
      expect(other).toMatchObject({ checkpoint: 0, entries: ENTRIES });
      expect(other.state).toEqual(checkpoint.state);
      expect(checkpoint.ms).toBeLessThan(other.ms * MAX_RATIO);
    }
  },
  600_000,
);

/** Sends an actor of the type a number of messages. */
async function write(type: ReturnType<typeof tableType>, messages: number): Promise<void> {
  const { runtime } = await startNode({ store, types: [type] });
  for (let sent = 0; sent < messages; sent += CONCURRENT) {
    const some = Array.from({ length: Math.min(CONCURRENT, messages - sent) }, (_, i) => sent + i);
    const ask = (n: number) => runtime.ask({ type: type.type, keyText: "t", command: "write", payload: { n } });
    await Promise.all(some.map(ask));
  }
  await runtime.stop();
}

function report(size: string, checkpoint: Recovery, folding: Recovery, handlers: Recovery): void {
  if (MEASURED === 0) return;
  const text = ({ entries, ms }: Recovery) => `${ms.toFixed(1)} ms (${entries} entries)`;
  stdout.write(
    `State ${size}, journal of ${ENTRIES} entries: from the checkpoint at ${checkpoint.checkpoint} ${text(checkpoint)}; ` +
      `folding ${text(folding)}; running the handlers ${text(handlers)}.\n`,
  );
}
