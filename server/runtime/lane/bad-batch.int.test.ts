import { afterAll, beforeAll, expect, test } from "vitest";
import type { GreenroomError } from "../../core/errors.ts";
import { fnv1a } from "../../core/random.ts";
import { createLog } from "../../process/log.ts";
import { openStore } from "../../store/postgres.ts";
import { useDatabase } from "../../testing/database/database.ts";
import { query } from "../../testing/database/sql.ts";
import { startNode } from "../../testing/runtime/node.ts";
import { Note } from "../../testing/types/note.ts";
import type { Client } from "../client.ts";
import type { BatchRows } from "../ports/commit.ts";
import type { Store } from "../ports/store.ts";
import type { RunningRuntime } from "../runtime.ts";
import { LANES } from "../shared/limits.ts";

const database = useDatabase();
const commits: BatchRows[] = [];
let store: Store;
let runtime: RunningRuntime;
let client: Client;

beforeAll(async () => {
  // Stands for a value that the JSON rules allow and the database refuses.
  await query(database.url, "ALTER TABLE durable_state ADD CHECK (state ->> 'text' <> 'unstorable')");
  store = await openStore(database.url, createLog("silent"));
  const recording: Store = {
    ...store,
    lane: (claim, lane) => {
      const writer = store.lane(claim, lane);
      return {
        commit: (rows) => {
          commits.push(rows);
          return writer.commit(rows);
        },
        witness: (number) => writer.witness(number),
        close: () => writer.close(),
      };
    },
  };
  ({ runtime, client } = await startNode({ store: recording, types: [Note] }));
});

afterAll(async () => {
  await runtime.stop();
  await store.close();
});

/** Keys of actors of the same lane. */
function keysOfOneLane(prefix: string, count: number): string[] {
  const keys: string[] = [];
  for (let i = 0; keys.length < count; i++) {
    const key = `${prefix}${i}`;
    if (fnv1a(`note/${key}`) % LANES === 0) keys.push(key);
  }
  return keys;
}

const write = (id: string, text: string) =>
  runtime.ask({ type: "note", keyText: id, command: "write", payload: { text } });

test("in one batch a revision conflict and a value that cannot be stored fail alone; the 98 others succeed, once", async () => {
  const keys = keysOfOneLane("a", 100);
  const [conflicting = "", unstorable = "", ...good] = keys;
  await Promise.all(keys.map((key) => write(key, "before")));
  await query(database.url, "UPDATE durable_state SET revision = 7 FROM actor WHERE id = actor_id AND key = $1", [
    conflicting,
  ]);
  commits.length = 0;

  const outcomes = await Promise.allSettled(keys.map((key) => write(key, key === unstorable ? "unstorable" : "after")));

  expect(commits[0]?.states).toHaveLength(100);
  const failed = outcomes.flatMap((outcome, i) =>
    outcome.status === "rejected" ? [[keys[i], outcome.reason.code]] : [],
  );
  expect(failed).toEqual([
    [conflicting, "fenced"],
    [unstorable, "handler_failed"],
  ]);
  const reason = (outcomes[1] as PromiseRejectedResult).reason as GreenroomError;
  expect(reason.message).toContain("check constraint");
  const rows = await query(database.url, "SELECT key, revision, state FROM durable_state JOIN actor ON id = actor_id");
  const stored = new Map(rows.map((row) => [row.key, row]));
  for (const key of good) {
    expect(stored.get(key)).toEqual({ key, revision: "2", state: { text: "after", edits: 2 } });
  }
  expect(stored.get(unstorable)).toMatchObject({ revision: "1", state: { text: "before", edits: 1 } });
  expect(stored.get(conflicting)).toMatchObject({ revision: "7", state: { text: "before", edits: 1 } });
});

test("the failed actors continue from the stored state", async () => {
  const [conflicting = "", unstorable = ""] = keysOfOneLane("a", 2);
  expect(await write(conflicting, "again")).toMatchObject({ reply: 2, revision: 8 });
  expect(await write(unstorable, "again")).toMatchObject({ reply: 2, revision: 2 });
});

test("turns before the bad one commit; later turns of the actor fail with it, as do queries that saw them", async () => {
  const [key = ""] = keysOfOneLane("b", 1);
  await write(key, "before");
  const note = client.actor(Note, [key]);
  const [good, bad, later, seen, other] = await Promise.allSettled([
    write(key, "good"),
    write(key, "unstorable"),
    note.retouch({}),
    note.read({}),
    write("elsewhere", "fine"),
  ]);
  expect(good).toMatchObject({ status: "fulfilled", value: { revision: 2 } });
  expect(bad).toMatchObject({ status: "rejected", reason: { code: "handler_failed" } });
  expect(later).toMatchObject({ status: "rejected", reason: { code: "handler_failed" } });
  expect(seen).toMatchObject({ status: "rejected", reason: { code: "handler_failed" } });
  expect(other).toMatchObject({ status: "fulfilled" });
  expect(await note.read({})).toEqual({ text: "good", edits: 2 });
});

test("a queued message whose state cannot be stored becomes a dead letter, and the next ones run", async () => {
  const impatient = { ...Note, attempts: 2 };
  await runtime.stop();
  ({ runtime, client } = await startNode({ store, types: [impatient] }));
  const tell = (text: string) => runtime.tell({ type: "note", keyText: "queued", command: "write", payload: { text } });
  const letters = () => query(database.url, "SELECT payload, attempts, error FROM dead_letter");
  await Promise.all(["before", "unstorable"].map(tell));
  await expect.poll(letters).toHaveLength(1);
  const error = { message: expect.stringContaining("refused") };
  expect(await letters()).toMatchObject([{ payload: { text: "unstorable" }, attempts: 2, error }]);
  await tell("after");
  await expect.poll(() => query(database.url, "SELECT mail_seq FROM mailbox")).toEqual([]);
  expect(await runtime.query({ type: "note", keyText: "queued", query: "read", payload: {} })).toMatchObject({
    text: "after",
    edits: 2,
  });
});
