import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createLog } from "../process/log.ts";
import { openStore } from "../store/postgres.ts";
import { useDatabase } from "../testing/database/database.ts";
import { query } from "../testing/database/sql.ts";
import { eventually } from "../testing/eventually.ts";
import { startNode, startStandby } from "../testing/runtime/node.ts";
import { Note } from "../testing/types/note.ts";
import type { Store } from "./ports/store.ts";
import type { RunningRuntime } from "./runtime.ts";
import type { RuntimeEvent } from "./shared/events.ts";

const database = useDatabase();
let stores: [leader: Store, standby: Store];
let leader: RunningRuntime;
let standby: RunningRuntime;
let events: RuntimeEvent[];

beforeEach(async () => {
  await query(database.url, "TRUNCATE actor, durable_state, reply");
  const log = createLog("silent");
  stores = [await openStore(database.url, log), await openStore(database.url, log)];
  ({ runtime: leader } = await startNode({ store: stores[0], types: [Note] }));
  standby = await startStandby({ store: stores[1], types: [Note] });
  events = [];
  standby.events.listen((event) => events.push(event));
});

afterEach(async () => {
  await leader.stop();
  await standby.stop();
  for (const store of stores) await store.close();
});

const write = (runtime: RunningRuntime, text: string) =>
  runtime.ask({ type: "note", keyText: "a", command: "write", payload: { text } });

/** The time until a command is acknowledged, in milliseconds. */
async function firstTurn(): Promise<number> {
  const startedAt = performance.now();
  await vi.waitFor(() => write(standby, "taken over"), { timeout: 8_000, interval: 20 });
  return performance.now() - startedAt;
}

describe("a standby", () => {
  test("reads what the leader commits, and is notified of it", async () => {
    await write(leader, "read me");
    expect(await standby.inspector.actor({ type: "note", keyText: "a" })).toMatchObject({
      head: 1,
      state: { text: "read me" },
    });
    await vi.waitFor(() => expect(events).toContainEqual({ kind: "behind", position: leader.inspector.position() }), {
      timeout: 5_000,
    });
    expect(standby.inspector.position()).toEqual(leader.inspector.position());
  });

  test("refuses every write, and names the leader", async () => {
    const { owner } = leader.inspector.overview().node;
    const note = { type: "note", keyText: "a" };
    const refused = [
      write(standby, "no"),
      standby.tell({ ...note, command: "write", payload: { text: "no" } }),
      standby.query({ ...note, query: "read", payload: {} }),
      standby.startRedrive({ fingerprint: "f" }),
      standby.erase(note),
      standby.pruneJournal(note, 1),
    ];
    for (const refusal of refused) {
      await expect(refusal).rejects.toMatchObject({
        code: "unavailable",
        message: expect.stringContaining(`${owner.slice(0, 8)} at the tests, which leads since`),
        details: { retryAfterMs: expect.any(Number) },
      });
    }
    const { node } = standby.inspector.overview();
    expect(node).toMatchObject({ owner, standsBy: { name: `${owner.slice(0, 8)} at the tests` } });
  });

  test("takes over within a second after a clean stop, and continues where the leader was", async () => {
    await write(leader, "before");
    await leader.stop();
    expect(await firstTurn()).toBeLessThan(1_000);
    expect(await standby.inspector.actor({ type: "note", keyText: "a" })).toMatchObject({
      head: 2,
      lifecycle: "active",
    });
    expect(standby.inspector.overview().node.standsBy).toBeNull();
    const behind = events.findIndex(({ kind }) => kind === "behind");
    const committed = events.findIndex(({ kind }) => kind === "committed");
    expect(behind).toBeGreaterThanOrEqual(0);
    expect(committed).toBeGreaterThan(behind);
    expect(events.some((event) => event.kind === "life" && event.lifecycle === "active")).toBe(true);
  });

  test("takes over within five seconds when the leader stops renewing its lease, and the leader is fenced", async () => {
    await write(leader, "before");
    vi.spyOn(stores[0], "heartbeat").mockResolvedValue(true);
    expect(await firstTurn()).toBeLessThan(5_000);
    await expect(write(leader, "late")).rejects.toMatchObject({ code: "fenced" });
    expect(await leader.failed).toMatchObject({ name: "Fenced" });
  });

  test("leads at once when no other node does", async () => {
    await leader.stop();
    await standby.stop();
    standby = await startStandby({ store: stores[1], types: [Note] });
    expect(await write(standby, "first")).toMatchObject({ revision: 1 });
  });

  test("keeps standing by while the database cannot be reached", async () => {
    const lost = vi.spyOn(stores[1], "leader").mockRejectedValue(new Error("no connection"));
    await eventually(() => expect(standby.inspector.overview().database.ok).toBe(false));
    lost.mockRestore();
    await eventually(() => expect(standby.inspector.overview().database.ok).toBe(true));
    await expect(write(standby, "no")).rejects.toMatchObject({ code: "unavailable" });
  });
});
