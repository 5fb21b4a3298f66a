import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { counterType } from "../actors/counter.ts";
import { UserState } from "../actors/user-state.ts";
import { createLog } from "../process/log.ts";
import { fold } from "../protocol/fold.ts";
import type { Entry } from "../protocol/journal.ts";
import type { WhatIf } from "../protocol/what-if.ts";
import type { Store } from "../runtime/ports/store.ts";
import type { RunningRuntime } from "../runtime/runtime.ts";
import { openStore } from "../store/postgres.ts";
import { useDatabase } from "../testing/database/database.ts";
import { query } from "../testing/database/sql.ts";
import { eventually } from "../testing/eventually.ts";
import { CountingService } from "../testing/process/counting-service.ts";
import { startNode } from "../testing/runtime/node.ts";
import { type Api, createApi } from "./api.ts";

const database = useDatabase();
const log = createLog("silent");
const service = await CountingService.start();
const types = [counterType(service.url), UserState];
/** The statements that were run, each as often as it was, since that was asked last. */
let statements: string[] = [];
let store: Store;
let runtime: RunningRuntime;
let api: Api;
let server: http.Server;
let url: string;

beforeAll(async () => {
  store = await openStore(database.url, log);
  ({ runtime } = await startNode({ store: counted(store), types }));
  api = await createApi(runtime, { ready: async () => true }, log);
  server = http.createServer((request, response) => api.handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/actors`;
  for (let by = 1; by <= 25; by++) await ask("origin", "increment", { by });
  await ask("origin", "enrich", { symbol: "ACME" });
  await ask("origin", "decrement", { by: 5 });
  await runtime.intervene({ type: "counter", keyText: "origin" }, "passivate");
  // A checkpoint is written beside what goes on, and then the last but two goes.
  const checkpoints = async () =>
    (await runtime.inspector.checkpoints({ type: "counter", keyText: "origin" })).map(({ seq }) => seq);
  await eventually(async () => expect(await checkpoints()).toEqual([29, 20]));
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await api.close();
  await runtime.stop();
  await store.close();
  service.close();
});

/** The store, whose every statement is counted, but for those that a node makes by itself. */
function counted(real: Store): Store {
  const own = new Set(["heartbeat", "renew", "prune", "mailboxes", "nextReminder", "countMail"]);
  return new Proxy(real, {
    get(target, name) {
      const found: unknown = Reflect.get(target, name);
      if (typeof found !== "function") return found;
      return (...args: unknown[]) => {
        if (!own.has(String(name))) statements.push(String(name));
        return Reflect.apply(found, target, args);
      };
    },
  });
}

const ask = (key: string, command: string, payload: object) =>
  runtime.ask({ type: "counter", keyText: key, command, payload });

async function post(
  key: string,
  body: object,
  type = "counter",
): Promise<{ status: number; body: WhatIf & { error?: { code: string } } }> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${url}/${type}/${key}/what-ifs`, {
    method: "POST",
    headers,
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as WhatIf };
}

/** All that the store has of an actor. */
const everything = (key: string) =>
  query(
    database.url,
    `SELECT a::text, (SELECT json_agg(e ORDER BY seq)::text FROM entry e WHERE actor_id = a.id) AS entries,
       (SELECT json_agg(c ORDER BY seq)::text FROM checkpoint c WHERE actor_id = a.id) AS checkpoints
     FROM actor a WHERE key = $1`,
    [key],
  );

async function journalOf(key: string): Promise<Entry[]> {
  return (await runtime.inspector.journal({ type: "counter", keyText: key }, { after: 0, limit: 500 })).items;
}

async function divergencesOf(key: string): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const { divergences } of runtime.past.replay({ type: "counter", keyText: key }, {}))
    found.push(...divergences);
  return found;
}

const messageAt = (entries: readonly Entry[], seq: number) =>
  (entries[seq - 1]?.body as { messageId: string } | undefined)?.messageId ?? "";

describe("a what-if", () => {
  test("reads a bounded part of the journal: it writes no row, calls no effect and wakes nobody", async () => {
    const [before, calls] = [await everything("origin"), service.calls.length];
    const entries = await journalOf("origin");
    statements = [];
    const edits = [
      { message: messageAt(entries, 21), skip: true },
      { message: messageAt(entries, 26), payload: { symbol: "OTHER" }, effects: [{ n: 0, result: "given" }] },
    ];
    const { status, body } = await post("origin", { at: 20, edits });
    expect(statements.sort()).toEqual(["entries", "past", "seqAt", "summaries"]);
    expect(status).toBe(200);
    expect(runtime.inspector.liveStatus({ type: "counter", keyText: "origin" })).toBeNull();
    expect([await everything("origin"), service.calls.length]).toEqual([before, calls]);
    expect(body.first).toEqual({ seq: 21, kind: "state", path: ["value"], recorded: 231, actual: 210 });
    expect(body.original).toEqual(entries.slice(20).map(({ seq, at, body }) => ({ seq, at, body })));
    expect(body.head).toBe(29);
    expect(fold(structuredClone(body.base), body.entries).state).toEqual({ value: 299, quote: "given" });
    expect(body.steps.map(({ seq, outcome, effects }) => [seq, outcome, effects.map(({ source }) => source)])).toEqual([
      [21, "skipped", []],
      ...[22, 23, 24, 25].map((seq) => [seq, "done", []]),
      [28, "done", ["given"]],
      [29, "done", []],
    ]);
  });

  test("without edits finds what is recorded; over a part it says where the journal ends", async () => {
    const entries = await journalOf("origin");
    const { body } = await post("origin", { at: 0, to: 10 });
    expect([body.first, body.head, body.original.at(-1)?.seq]).toEqual([null, 29, 10]);
    expect(body.entries.map(({ body }) => body)).toEqual(entries.slice(0, 10).map(({ body }) => body));
  });

  test("says which effect wants a value, and does not call it", async () => {
    const calls = service.calls.length;
    const edits = [{ after: 29, command: "enrich", payload: { symbol: "NEW" } }];
    const { body } = await post("origin", { at: 25, edits });
    expect(body.steps.at(-1)).toMatchObject({
      edit: "added",
      outcome: "wants",
      wants: { name: "quote", n: 0, recorded: null },
    });
    expect(service.calls.length).toBe(calls);
    const kept = await post("origin", { at: 25, edits, keep: { key: ["wanting"] } });
    expect(kept).toMatchObject({ status: 409, body: { error: { code: "rejected" } } });
    expect(await everything("wanting")).toEqual([]);
  });

  test("of what is not there, or is too much, is refused", async () => {
    const refusals = await Promise.all([
      post("nobody", { at: 0 }),
      post("origin", { at: 30 }),
      post("origin", { at: 0, to: 1_001 }),
      post("origin", { at: 5, to: 3 }),
      post("origin", { at: 0, edits: [{ message: "nobody's", skip: true }] }),
      post("origin", { at: 0, edits: [{ after: 1, command: "increment", payload: { by: -1 } }] }),
      post("origin", { at: 0, edits: Array.from({ length: 2 }, () => ({ message: "twice", skip: true })) }),
      post("origin", { at: 0, edits: [{ message: "m", effects: [{ n: 0 }] }] }),
      post("origin", {}),
    ]);
    expect(refusals.map(({ status, body: { error } }) => [status, error?.code])).toEqual([
      ...[
        [404, "not_found"],
        [404, "not_found"],
      ],
      ...[
        [400, "invalid_payload"],
        [400, "invalid_payload"],
        [404, "not_found"],
      ],
      ...[
        [400, "invalid_payload"],
        [400, "invalid_payload"],
        [400, "invalid_payload"],
        [400, "invalid_payload"],
      ],
    ]);
  });
});

describe("a what-if that is kept", () => {
  test("is a new actor with its own history, which recovers, replays and goes on; the original stays what it was", async () => {
    const [before, calls] = [await everything("origin"), service.calls.length];
    const entries = await journalOf("origin");
    const edits = [
      { message: messageAt(entries, 11), payload: { by: 1_000 } },
      { after: 12, command: "decrement", payload: { by: 7 } },
      { message: messageAt(entries, 26), effects: [{ n: 0, error: { message: "closed" } }] },
    ];
    const tried = await post("origin", { at: 10, edits });
    const kept = await post("origin", { at: 10, edits, keep: { key: ["kept"] } });
    expect([kept.status, kept.body]).toEqual([201, { type: "counter", keyText: "kept" }]);
    expect([await everything("origin"), service.calls.length]).toEqual([before, calls]);

    const journal = await journalOf("kept");
    expect(journal[0]?.body).toMatchObject({ kind: "forked", from: { key: "origin", seq: 10 }, whatIf: 20 });
    expect(journal.slice(1).map(({ body }) => withoutStack(body))).toEqual(
      tried.body.entries.map(({ body }) => withoutStack(body)),
    );
    expect(journal.map(({ seq }) => seq)).toEqual(journal.map((_, i) => i + 1));
    expect(await divergencesOf("kept")).toEqual([]);
    const value = 325 - 11 + 1_000 - 7 - 5;
    expect(await runtime.query({ type: "counter", keyText: "kept", query: "value", payload: {} })).toBe(value);
    expect(await ask("kept", "increment", { by: 2 })).toMatchObject({ reply: value + 2, seq: journal.length + 1 });
    expect(await runtime.past.lineage({ type: "counter", keyText: "kept" })).toMatchObject({
      parent: { keyText: "origin", seq: 10 },
    });
    expect((await runtime.past.lineage({ type: "counter", keyText: "origin" })).forks).toMatchObject([
      { keyText: "kept", seq: 10 },
    ]);
    expect(await runtime.past.state({ type: "counter", keyText: "kept" }, { at: 1 })).toMatchObject({
      state: { value: 55 },
    });
    expect(await divergencesOf("kept")).toEqual([]);
  });

  test("can begin before everything", async () => {
    expect((await post("origin", { at: 0, to: 3, keep: { key: ["early"] } })).status).toBe(201);
    expect(await runtime.query({ type: "counter", keyText: "early", query: "value", payload: {} })).toBe(6);
    expect(await divergencesOf("early")).toEqual([]);
  });

  test("has a durable state at its newest revision, where the type has one with a history", async () => {
    const of = { type: "user-state", keyText: "m:u" };
    const view = (productId: string) => runtime.ask({ ...of, command: "viewProduct", payload: { productId } });
    for (const productId of ["a", "b", "c"]) await view(productId);
    const entries = (await runtime.inspector.journal({ type: "user-state", keyText: "m:u" }, { after: 0, limit: 10 }))
      .items;
    const edits = [{ message: messageAt(entries, 2), payload: { productId: "other" } }];
    const tried = await post("m:u", { at: 1, edits }, "user-state");
    expect(tried.body.first).toMatchObject({ seq: 2, kind: "state", path: ["recentProducts", 0], recorded: "b" });
    expect((await post("m:u", { at: 1, edits, keep: { key: ["m", "kept"] } }, "user-state")).status).toBe(201);
    const recentProducts = ["c", "other", "a"];
    const kept = await runtime.inspector.actor({ type: "user-state", keyText: "m:kept" });
    expect(kept).toMatchObject({ head: 3, state: { recentProducts } });
    expect(
      await runtime.ask({ ...of, keyText: "m:kept", command: "viewProduct", payload: { productId: "d" } }),
    ).toMatchObject({ revision: 4 });
    const { state } = await runtime.past.state({ type: "user-state", keyText: "m:kept" }, { at: 3 });
    expect(state).toMatchObject({ recentProducts });
    // What it was made of is no message, so it cannot be tried otherwise.
    expect((await post("m:kept", { at: 0 }, "user-state")).body.error?.code).toBe("not_found");
  });

  test("takes a key that was never used, and writes nothing under another", async () => {
    const before = await everything("origin");
    const taken = await post("origin", { at: 20, keep: { key: ["origin"] } });
    expect(taken).toMatchObject({ status: 409, body: { error: { code: "rejected" } } });
    expect((await post("origin", { at: 20, keep: { key: ["a", "b"] } })).body.error?.code).toBe("invalid_key");
    expect(await everything("origin")).toEqual(before);
  });
});

const withoutStack = (body: Entry["body"]): unknown =>
  JSON.parse(JSON.stringify(body, (name, value: unknown) => (name === "stack" ? undefined : value)));
