import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { contract } from "../../core/define/contract.ts";
import { defineActor } from "../../core/define/define.ts";
import { createLog } from "../../process/log.ts";
import { openStore } from "../../store/postgres.ts";
import { useDatabase } from "../../testing/database/database.ts";
import { query } from "../../testing/database/sql.ts";
import { eventually } from "../../testing/eventually.ts";
import { startNode } from "../../testing/runtime/node.ts";
import type { Store } from "../ports/store.ts";
import type { RunningRuntime } from "../runtime.ts";

const MOST = 20;
const crowd = contract({
  type: "crowd",
  key: ["id"],
  commands: { put: z.object({}), spread: z.object({ to: z.number() }) },
});
const Crowd = defineActor({
  ...crowd,
  persistence: "state",
  state: z.object({ got: z.number() }),
  initial: () => ({ got: 0 }),
  queries: {},
  on: {
    put(c) {
      c.state.got += 1;
    },
    spread(c, { to }) {
      for (let i = 0; i < to; i++) c.send(crowd, [`c${i % 50}`], "put", {});
      c.remind("once more", { after: "0ms" }, "put", {});
    },
  },
  passivateAfter: "30m",
});

const database = useDatabase();
let store: Store;
let runtime: RunningRuntime;
beforeEach(async () => {
  await query(database.url, "TRUNCATE actor, durable_state, mailbox");
  store = await openStore(database.url, createLog("silent"));
  ({ runtime } = await startNode({ store, types: [Crowd], limits: { maxInFlight: MOST, maxActive: 10 } }));
});
afterEach(async () => {
  await runtime.stop();
  await store.close();
});

const send = (kind: "ask" | "tell", id: string, command = "put", payload: object = {}) =>
  runtime[kind]({ type: "crowd", keyText: id, command, payload });

/** What all actors received, in total, once nothing waits. */
async function gotInAll(): Promise<number> {
  await eventually(async () => expect(await query(database.url, "SELECT mail_seq FROM mailbox LIMIT 1")).toEqual([]));
  const [sum] = await query(database.url, "SELECT coalesce(sum((state ->> 'got')::int), 0) AS n FROM durable_state");
  return Number(sum?.n);
}

describe("more messages than a node accepts", () => {
  test.each(["tell", "ask"] as const)(
    "are refused, each with a time to %s again, and every accepted one is processed",
    async (kind) => {
      const outcomes = await Promise.allSettled(Array.from({ length: 100 }, () => send(kind, "one")));
      const refused = outcomes.filter((outcome) => outcome.status === "rejected");
      expect(refused).toHaveLength(100 - MOST);
      for (const { reason } of refused) {
        expect(reason).toMatchObject({ code: "overloaded", details: { retryAfterMs: expect.any(Number) } });
      }
      expect(await gotInAll()).toBe(MOST);
    },
  );
});

test("all of a turn's sends and reminders are processed, for more actors than fit in memory", async () => {
  await Promise.all(Array.from({ length: MOST / 2 }, (_, i) => send("ask", `s${i}`, "spread", { to: 300 })));
  expect(await gotInAll()).toBeGreaterThanOrEqual((MOST / 2) * 300);
  await eventually(async () => expect(await gotInAll()).toBe((MOST / 2) * 301));
}, 60_000);
