import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodeKey } from "../../core/define/keys.ts";
import { createLog } from "../../process/log.ts";
import { openStore } from "../../store/postgres.ts";
import { useDatabase } from "../../testing/database/database.ts";
import { query } from "../../testing/database/sql.ts";
import { startNode } from "../../testing/runtime/node.ts";
import { Note } from "../../testing/types/note.ts";
import type { Client } from "../client.ts";
import type { Store } from "../ports/store.ts";
import type { RunningRuntime } from "../runtime.ts";

const database = useDatabase();
let store: Store;
let runtime: RunningRuntime;
let client: Client;

async function start() {
  store = await openStore(database.url, createLog("silent"));
  ({ runtime, client } = await startNode({ store, types: [Note] }));
}

async function stop() {
  await runtime.stop();
  await store.close();
}

beforeAll(start);
afterAll(stop);

const write = (id: string, text: string, idempotencyKey?: string) =>
  runtime.ask({ type: "note", keyText: encodeKey([id]), command: "write", payload: { text }, idempotencyKey });

describe("a command", () => {
  test("is answered once its state is in the database", async () => {
    const answer = await write("durable", "hello");
    expect(answer).toMatchObject({ reply: 1, revision: 1, repeated: false });
    const rows = await query(
      database.url,
      "SELECT s.state, s.revision FROM durable_state s JOIN actor a ON a.id = s.actor_id WHERE a.key = 'durable'",
    );
    expect(rows).toEqual([{ state: { text: "hello", edits: 1 }, revision: "1" }]);
  });

  test("among many for one actor runs in the order sent, each on the state of the one before", async () => {
    const answers = await Promise.all(Array.from({ length: 500 }, (_, i) => write("order", `text ${i}`)));
    expect(answers.map((answer) => answer.reply)).toEqual(Array.from({ length: 500 }, (_, i) => i + 1));
    expect(await client.actor(Note, ["order"]).read({})).toEqual({ text: "text 499", edits: 500 });
  });

  test("that changes nothing does not advance the revision", async () => {
    await write("still", "once");
    const answer = await runtime.ask({ type: "note", keyText: "still", command: "leave", payload: {} });
    expect(answer).toMatchObject({ reply: 1, revision: 1 });
  });

  test("that is refused or throws changes nothing and returns the reason", async () => {
    await write("refusal", "kept");
    const note = client.actor(Note, ["refusal"]);
    await expect(note.refuse({ reason: "not today" })).rejects.toMatchObject({
      code: "rejected",
      message: "not today",
    });
    await expect(note.crash({})).rejects.toMatchObject({ code: "handler_failed" });
    expect(await note.read({})).toEqual({ text: "kept", edits: 1 });
  });

  test("that never commits creates no actor", async () => {
    const note = client.actor(Note, ["never"]);
    await expect(note.refuse({ reason: "no" })).rejects.toMatchObject({ code: "rejected" });
    expect(await note.read({})).toEqual({ text: "", edits: 0 });
    await expect(runtime.inspector.actor({ type: "note", keyText: "never" })).rejects.toMatchObject({
      code: "not_found",
    });
  });

  test.each([
    ["unknown_type", { type: "nothing", keyText: "x", command: "write", payload: {} }],
    ["unknown_command", { type: "note", keyText: "x", command: "read", payload: {} }],
    ["invalid_key", { type: "note", keyText: "x:y", command: "write", payload: { text: "" } }],
    ["invalid_payload", { type: "note", keyText: "x", command: "write", payload: { text: 1 } }],
    ["invalid_payload", { type: "note", keyText: "x", command: "write", payload: { text: "" }, idempotencyKey: "a b" }],
  ])("that is malformed is refused as %s", async (code, request) => {
    await expect(runtime.ask(request)).rejects.toMatchObject({ code });
  });
});

describe("keys that differ only in where a separator falls", () => {
  test.each(["a-b", "a:b", "a/b", "a~b", "a.b", "a b", "a%2Fb", "ab"])("name different actors: %s", async (id) => {
    await write(id, id);
    expect(await client.actor(Note, [id]).read({})).toEqual({ text: id, edits: 1 });
  });
});

describe("an idempotency key", () => {
  test("returns the first reply again, and runs nothing", async () => {
    const first = await write("idem", "one", "k1");
    const again = await write("idem", "one", "k1");
    expect(again).toEqual({ ...first, repeated: true });
    expect(await client.actor(Note, ["idem"]).read({})).toEqual({ text: "one", edits: 1 });
  });

  test("returns it even after a restart", async () => {
    const first = await write("restart", "one", "k1");
    await stop();
    await start();
    expect(await write("restart", "one", "k1")).toEqual({ ...first, repeated: true });
  });

  test("joins a repeat to the first while that runs", async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => write("join", "one", "k1")));
    expect(answers.filter((answer) => !answer.repeated)).toHaveLength(1);
    expect(new Set(answers.map((answer) => answer.messageId)).size).toBe(1);
    expect(await client.actor(Note, ["join"]).read({})).toEqual({ text: "one", edits: 1 });
  });

  test("is refused with another payload, in flight and later", async () => {
    const first = write("conflict", "one", "k1");
    await expect(write("conflict", "two", "k1")).rejects.toMatchObject({ code: "idempotency_conflict" });
    await first;
    await expect(write("conflict", "two", "k1")).rejects.toMatchObject({ code: "idempotency_conflict" });
  });

  test("stores a reply without a change", async () => {
    const leave = () =>
      runtime.ask({ type: "note", keyText: "idem-still", command: "leave", payload: {}, idempotencyKey: "k1" });
    await write("idem-still", "one");
    const first = await leave();
    await write("idem-still", "two");
    expect(await leave()).toEqual({ ...first, reply: 1, repeated: true });
  });

  test("belongs to one actor", async () => {
    expect((await write("own-1", "one", "k1")).repeated).toBe(false);
    expect((await write("own-2", "two", "k1")).repeated).toBe(false);
  });
});

describe("a query", () => {
  test("sees the newest turn, and is answered only once that is durable", async () => {
    const committed: string[] = [];
    const stopListening = runtime.events.listen((event) => {
      if (event.kind === "committed") committed.push(...event.changes.map((change) => change.keyText));
    });
    const wrote = write("query", "seen");
    const read = client.actor(Note, ["query"]).read({});
    expect(await read).toEqual({ text: "seen", edits: 1 });
    expect(committed).toContain("query");
    stopListening();
    await wrote;
  });
});
