import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import type { ActorType } from "../../core/define/define.ts";
import { createLog } from "../../process/log.ts";
import { emptyHead, fold } from "../../protocol/fold.ts";
import type { Entry, Json } from "../../protocol/journal.ts";
import { openStore } from "../../store/postgres.ts";
import { useDatabase } from "../../testing/database/database.ts";
import { query } from "../../testing/database/sql.ts";
import { startNode } from "../../testing/runtime/node.ts";
import { Note } from "../../testing/types/note.ts";
import type { Store } from "../ports/store.ts";
import type { RunningRuntime } from "../runtime.ts";

const Kept: ActorType = { ...Note, history: true };
/** The next version of the type, whose state also has the author. */
const Signed: ActorType = {
  ...Kept,
  version: 2,
  stateSchema: z.object({ text: z.string(), edits: z.number(), author: z.string() }),
  migrate: { 1: ((state: object) => ({ ...state, author: "nobody" })) as never },
};

const database = useDatabase();
let store: Store;
let runtime: RunningRuntime;

beforeAll(async () => {
  store = await openStore(database.url, createLog("silent"));
  ({ runtime } = await startNode({ store, types: [Kept] }));
});
afterAll(async () => {
  await runtime.stop();
  await store.close();
});

/** From here on, the server runs other code of the type. */
async function deploy(type: ActorType): Promise<void> {
  await runtime.stop();
  ({ runtime } = await startNode({ store, types: [type] }));
}

const ask = (key: string, command: string, payload: object = {}) =>
  runtime.ask({ type: "note", keyText: key, command, payload });
const write = (key: string, text: string) => ask(key, "write", { text });
const entriesOf = async (key: string): Promise<Entry[]> =>
  (await runtime.inspector.journal({ type: "note", keyText: key }, { after: 0, limit: 500 })).items;
const kindsOf = async (key: string) => (await entriesOf(key)).map(({ seq, body }) => [seq, body.kind]);
const stateAt = async (key: string, at: number) =>
  (await runtime.past.state({ type: "note", keyText: key }, { at })).state;

async function divergencesOf(key: string): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const step of runtime.past.replay({ type: "note", keyText: key }, {})) found.push(...step.divergences);
  return found;
}

describe("the history of a durable state", () => {
  test("has an entry for each change, even when several share one commit, and no others", async () => {
    await Promise.all(Array.from({ length: 40 }, (_, i) => write("many", `text ${i}`)));
    await ask("many", "leave");
    await expect(ask("many", "refuse", { reason: "no" })).rejects.toMatchObject({ code: "rejected" });
    await expect(ask("many", "crash")).rejects.toMatchObject({ code: "handler_failed" });
    await ask("many", "retouch");
    const entries = await entriesOf("many");
    expect(entries.map(({ seq, body }) => [seq, body.kind, "revision" in body && body.revision])).toEqual(
      Array.from({ length: 41 }, (_, i) => [i + 1, "turn", i + 1]),
    );
    const [row] = await query(
      database.url,
      "SELECT count(*)::int AS entries, count(DISTINCT batch)::int AS batches FROM entry",
    );
    expect((row as { batches: number }).batches).toBeLessThan((row as { entries: number }).entries);
    const head = emptyHead(0);
    for (const entry of entries) {
      const state = structuredClone(fold(head, [entry]).state) as Json;
      expect(await stateAt("many", entry.seq)).toEqual(state);
    }
    expect(await runtime.inspector.actor({ type: "note", keyText: "many" })).toMatchObject({
      head: 41,
      seq: 41,
      state: head.state,
    });
    expect(await divergencesOf("many")).toEqual([]);
  });

  test("continues after passivation and after a restart", async () => {
    await write("back", "a");
    await runtime.intervene({ type: "note", keyText: "back" }, "passivate");
    await write("back", "b");
    await deploy(Kept);
    await write("back", "c");
    expect(await kindsOf("back")).toEqual([1, 2, 3].map((seq) => [seq, "turn"]));
    expect(await stateAt("back", 2)).toEqual({ text: "b", edits: 2 });
    const { items } = await runtime.past.changes({ type: "note", keyText: "back" }, { path: "/text" });
    expect(items.map(({ seq, was, is }) => [seq, was, is])).toEqual([
      [3, '"b"', '"c"'],
      [2, '"a"', '"b"'],
      [1, null, '"a"'],
    ]);
  });

  test("starts with the current state when it is turned on later, and starts again after it was off", async () => {
    await deploy(Note);
    for (const text of ["a", "b"]) await write("older", text);
    await expect(runtime.past.timeline({ type: "note", keyText: "older" })).rejects.toMatchObject({
      code: "not_found",
    });
    await deploy(Kept);
    expect(await kindsOf("older")).toEqual([]);
    expect((await runtime.inspector.actor({ type: "note", keyText: "older" })).seq).toBe(0);
    await write("older", "c");
    await deploy(Note);
    await write("older", "d");
    await deploy(Kept);
    await write("older", "e");
    await write("older", "f");
    expect((await entriesOf("older")).map(({ body }) => [body.kind, "revision" in body && body.revision])).toEqual([
      ["adopted", 2],
      ["turn", 3],
      ["adopted", 4],
      ["turn", 5],
      ["turn", 6],
    ]);
    const texts = await Promise.all([1, 2, 3, 4, 5].map((seq) => stateAt("older", seq)));
    expect(texts).toEqual(["b", "c", "d", "e", "f"].map((text, i) => ({ text, edits: i + 2 })));
    expect(await divergencesOf("older")).toEqual([]);
  });

  test("shows the schema that a state had before its migration", async () => {
    await write("shaped", "a");
    await deploy(Signed);
    await write("shaped", "b");
    expect(await kindsOf("shaped")).toEqual([
      [1, "turn"],
      [2, "migrated"],
      [3, "turn"],
    ]);
    expect(await stateAt("shaped", 1)).toEqual({ text: "a", edits: 1 });
    expect(await stateAt("shaped", 3)).toEqual({ text: "b", edits: 2, author: "nobody" });
    expect((await runtime.inspector.actor({ type: "note", keyText: "shaped" })).head).toBe(2);
    expect(await divergencesOf("shaped")).toEqual([]);
    await deploy(Kept);
  });

  test("reports in a replay where the code behaves differently now", async () => {
    await write("checked", "a");
    await write("checked", "b");
    const handlers = new Map(Kept.handlers).set("write", ((
      c: { state: { text: string } },
      { text }: { text: string },
    ) => {
      c.state.text = text.toUpperCase();
    }) as never);
    await deploy({ ...Kept, handlers });
    expect(await divergencesOf("checked")).toMatchObject([
      { seq: 1, kind: "reply" },
      { seq: 2, kind: "reply" },
    ]);
    await deploy(Kept);
  });

  test("is folded from permanent checkpoints", async () => {
    const texts = Array.from({ length: 2_100 }, (_, i) => `text ${i}`);
    for (let i = 0; i < texts.length; i += 300) {
      await Promise.all(texts.slice(i, i + 300).map((text) => write("long", text)));
    }
    await runtime.stop();
    ({ runtime } = await startNode({ store, types: [Kept] }));
    const checkpoints = await runtime.inspector.checkpoints({ type: "note", keyText: "long" });
    expect(checkpoints.map(({ seq, permanent }) => [Math.floor(seq / 1_000), permanent])).toEqual([
      [2, true],
      [1, true],
    ]);
    for (const at of [1, 999, 1_000, 1_500, 2_050, 2_100]) {
      expect(await stateAt("long", at)).toEqual({ text: `text ${at - 1}`, edits: at });
    }
    await write("long", "more");
    expect((await runtime.inspector.actor({ type: "note", keyText: "long" })).seq).toBe(2_101);
  });

  test("is in the view of entries, and not in the view of the latest states", async () => {
    await write("viewed", "a");
    await write("viewed", "b");
    await runtime.fork({ type: "note", keyText: "viewed" }, { at: 1, key: ["viewed-too"] });
    expect(
      await query(
        database.url,
        "SELECT key, persistence, head::int, state FROM actor_state WHERE key LIKE 'viewed%' ORDER BY key",
      ),
    ).toEqual([
      { key: "viewed", persistence: "state", head: 2, state: { text: "b", edits: 2 } },
      { key: "viewed-too", persistence: "state", head: 1, state: { text: "a", edits: 1 } },
    ]);
    expect(
      await query(database.url, "SELECT seq::int, kind, command FROM actor_journal WHERE key = 'viewed' ORDER BY seq"),
    ).toEqual([1, 2].map((seq) => ({ seq, kind: "turn", command: "write" })));
  });

  test("is deleted when the actor is erased", async () => {
    await write("gone", "a");
    await runtime.erase({ type: "note", keyText: "gone" });
    await write("gone", "b");
    expect(await kindsOf("gone")).toEqual([[1, "turn"]]);
  });
});

describe("a fork of an actor with a durable state", () => {
  test("has the state of that seq, continues independently, and recovers unchanged", async () => {
    for (const text of ["a", "b", "c"]) await write("origin", text);
    await runtime.fork({ type: "note", keyText: "origin" }, { at: 2, key: ["copy"] });
    expect(await runtime.inspector.actor({ type: "note", keyText: "copy" })).toMatchObject({
      head: 1,
      seq: 1,
      state: { text: "b", edits: 2 },
    });
    expect(await runtime.past.lineage({ type: "note", keyText: "copy" })).toMatchObject({
      parent: { keyText: "origin", seq: 2 },
    });
    expect((await runtime.past.lineage({ type: "note", keyText: "origin" })).forks).toMatchObject([
      { keyText: "copy", seq: 2 },
    ]);
    expect((await write("copy", "d")).revision).toBe(2);
    await deploy(Kept);
    expect(await write("copy", "e")).toMatchObject({ reply: 4, revision: 3 });
    expect(await kindsOf("copy")).toEqual([
      [1, "forked"],
      [2, "turn"],
      [3, "turn"],
    ]);
    expect(await stateAt("copy", 1)).toEqual({ text: "b", edits: 2 });
    expect(await stateAt("origin", 3)).toEqual({ text: "c", edits: 3 });
    await expect(runtime.fork({ type: "note", keyText: "origin" }, { at: 1, key: ["copy"] })).rejects.toMatchObject({
      code: "rejected",
    });
  });
});
