import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createLog } from "../../process/log.ts";
import { openStore } from "../../store/postgres.ts";
import { useDatabase } from "../../testing/database/database.ts";
import { PostgresProxy } from "../../testing/database/postgres-proxy.ts";
import { query } from "../../testing/database/sql.ts";
import { startNode } from "../../testing/runtime/node.ts";
import { Note } from "../../testing/types/note.ts";
import type { Store } from "../ports/store.ts";
import type { RunningRuntime } from "../runtime.ts";
import { systemClock } from "../shared/system-clock.ts";
import { claimLease } from "./lease.ts";

const owner = "00000000-0000-4000-8000-000000000000";
const database = useDatabase();
let proxy: PostgresProxy;
let stores: Store[];
let first: RunningRuntime;
let second: RunningRuntime | undefined;

beforeEach(async () => {
  proxy = await PostgresProxy.open(database.url);
  const log = createLog("silent");
  stores = [await openStore(proxy.url, log), await openStore(database.url, log)];
  first = (await startNode({ store: stores[0] as Store, types: [Note] })).runtime;
});

afterEach(async () => {
  await first.stop();
  await second?.stop();
  second = undefined;
  for (const store of stores) await store.close();
  await proxy.close();
});

const write = (runtime: RunningRuntime, id: string, text: string) =>
  runtime.ask({ type: "note", keyText: id, command: "write", payload: { text } });

const takeOver = async () => {
  second = (await startNode({ store: stores[1] as Store, types: [Note] })).runtime;
  return second;
};

const stored = (id: string) =>
  query(database.url, "SELECT state ->> 'text' AS text FROM durable_state JOIN actor ON id = actor_id WHERE key = $1", [
    id,
  ]);

describe("a second node that takes over", () => {
  test("from one paused between its fence and its COMMIT: when resumed, the first commits nothing", async () => {
    await write(first, "stopped", "before");
    const held = proxy.nextCommit();
    const late = expect(write(first, "stopped", "late")).rejects.toMatchObject({ code: "fenced" });
    const commit = await held;

    const leader = await takeOver();
    expect(await write(leader, "stopped", "after the takeover")).toMatchObject({ revision: 2 });
    commit.pass();

    await late;
    expect(await first.failed).toMatchObject({ name: "Fenced" });
    expect(await stored("stopped")).toEqual([{ text: "after the takeover" }]);
  });

  test("waits for a commit in flight, and continues from it", async () => {
    await write(first, "flight", "before");
    const held = proxy.nextCommit();
    const inFlight = write(first, "flight", "in flight");
    const commit = await held;

    const taken = takeOver();
    commit.pass();
    expect(await inFlight).toMatchObject({ revision: 2 });
    expect(await write(await taken, "flight", "after")).toMatchObject({ revision: 3 });
  });

  test("leaves the first one nothing to do: it refuses messages, and reports that it has failed", async () => {
    await write(first, "refused", "before");
    await takeOver();
    await expect(write(first, "refused", "late")).rejects.toMatchObject({ code: "fenced" });
    await first.failed;
    await expect(write(first, "refused", "later")).rejects.toMatchObject({ code: "fenced" });
    expect(await stored("refused")).toEqual([{ text: "before" }]);
  });

  test("is refused as long as the first renews its lease", async () => {
    await expect(
      claimLease({ store: stores[1] as Store, clock: systemClock }, { owner, location: "" }, false),
    ).rejects.toThrow(/Another server .* leads on this database since/);
    expect(await write(first, "renewed", "still here")).toMatchObject({ revision: 1 });
  });

  test("need not wait after a clean stop", async () => {
    await write(first, "clean", "before");
    await first.stop();
    const claim = await (stores[1] as Store).claim({ owner, location: "" }, 2, 3_000, false);
    expect(claim).toHaveProperty("epoch");
  });
});
