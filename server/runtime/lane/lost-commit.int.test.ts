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

const database = useDatabase();
let proxy: PostgresProxy;
let store: Store;
let runtime: RunningRuntime;

beforeEach(async () => {
  proxy = await PostgresProxy.open(database.url);
  store = await openStore(proxy.url, createLog("silent"));
  ({ runtime } = await startNode({ store, types: [Note] }));
});

afterEach(async () => {
  await runtime.stop();
  await store.close();
  await proxy.close();
});

const write = (id: string, text: string, idempotencyKey?: string) =>
  runtime.ask({ type: "note", keyText: id, command: "write", payload: { text }, idempotencyKey });

const stored = (id: string) =>
  query(
    database.url,
    "SELECT state ->> 'text' AS text, revision::int, state ->> 'edits' AS edits FROM durable_state JOIN actor ON id = actor_id WHERE key = $1",
    [id],
  );

describe("a connection lost at COMMIT", () => {
  test("before the server received it: the batch is committed again, once", async () => {
    await write("before", "first");
    const held = proxy.nextCommit();
    const answer = write("before", "second", "k");
    (await held).cutBefore();
    expect(await answer).toMatchObject({ reply: 2, revision: 2, repeated: false });
    expect(await stored("before")).toEqual([{ text: "second", revision: 2, edits: "2" }]);
  });

  test("after the server committed: the witness reports it, and nothing is applied twice", async () => {
    await write("after", "first");
    const held = proxy.nextCommit();
    const answer = write("after", "second", "k");
    (await held).cutAfter();
    expect(await answer).toMatchObject({ reply: 2, revision: 2, repeated: false });
    expect(await stored("after")).toEqual([{ text: "second", revision: 2, edits: "2" }]);
    expect(await write("after", "second", "k")).toMatchObject({ reply: 2, repeated: true });
  });

  test("later messages follow in order", async () => {
    await write("line", "0");
    const held = proxy.nextCommit();
    const first = write("line", "1");
    const commit = await held;
    const later = Promise.all(Array.from({ length: 50 }, (_, i) => write("line", String(i + 2))));
    commit.cutAfter();
    expect((await first).revision).toBe(2);
    expect((await later).map((answer) => answer.revision)).toEqual(Array.from({ length: 50 }, (_, i) => i + 3));
    expect(await stored("line")).toEqual([{ text: "51", revision: 52, edits: "52" }]);
  });
});
