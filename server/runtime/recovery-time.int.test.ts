import { env, stdout } from "node:process";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { defineActor } from "../core/define.ts";
import { createLog } from "../log.ts";
import { openStore } from "../store/postgres.ts";
import { useDatabase } from "../testing/database.ts";
import { startNode } from "../testing/node.ts";
import { byFolding, byHandlers, fromCheckpoint, type Way } from "../tools/demo/recoveries.ts";
import type { Store } from "./ports.ts";

/** Measuring takes a minute, so it is done when it is asked for: with the number of entries, such as 100050. */
const ENTRIES = Number(env.MEASURE_RECOVERY ?? 0);
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
    passivateAfter: "30m",
  });
}

test.skipIf(ENTRIES === 0).each([
  ["1 KB", 10],
  ["100 KB", 1_000],
])(
  "a recovery from the checkpoint takes at least 90 % less time than another one: a state of %s",
  async (size, rows) => {
    const type = tableType(`table-${rows}`, rows);
    const { runtime } = await startNode({ store, types: [type] });
    for (let sent = 0; sent < ENTRIES; sent += AT_A_TIME) {
      const messages = Array.from({ length: Math.min(AT_A_TIME, ENTRIES - sent) }, (_, i) => sent + i);
      const write = (n: number) => runtime.ask({ type: type.type, key: ["t"], command: "write", payload: { n } });
      await Promise.all(messages.map(write));
    }
    await runtime.stop();

    const address = { type: type.type, keyText: "t" };
    const checkpoint = await fromCheckpoint(store, address, log);
    const folding = await byFolding(store, address, log);
    const handlers = await byHandlers(store, address, type, ["t"]);
    expect(folding.state).toEqual(checkpoint.state);
    expect(handlers.state).toEqual(checkpoint.state);
    const told = ({ entries, ms }: Way) => `${ms.toFixed(1)} ms (${entries} entries)`;
    stdout.write(
      `A state of ${size}, a journal of ${ENTRIES} entries: from the checkpoint at ${checkpoint.checkpoint} ` +
        `${told(checkpoint)}; folding ${told(folding)}; running the handlers ${told(handlers)}.\n`,
    );
    expect(checkpoint.ms).toBeLessThan(folding.ms / 10);
    expect(checkpoint.ms).toBeLessThan(handlers.ms / 10);
  },
  600_000,
);
