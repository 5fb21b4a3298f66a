import http, { type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { text as textOf } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { UserState } from "../actors/user-state.ts";
import { encodeKey } from "../core/define/keys.ts";
import { createLog } from "../process/log.ts";
import type { CommandLineResult } from "../protocol/commands.ts";
import type { Store } from "../runtime/ports/store.ts";
import type { RunningRuntime } from "../runtime/runtime.ts";
import { openStore } from "../store/postgres.ts";
import { useDatabase } from "../testing/database/database.ts";
import { eventually } from "../testing/eventually.ts";
import { startNode } from "../testing/runtime/node.ts";
import { ledgerType, World } from "../testing/types/ledger.ts";
import { Note } from "../testing/types/note.ts";
import { type Api, createApi } from "./api.ts";
import { answerCommands, asker, MAX_UNDER_WAY } from "./command-stream.ts";

const database = useDatabase();
const log = createLog("silent");
let store: Store;
let runtime: RunningRuntime;
let api: Api;
let server: http.Server;
let port: number;
let ready = true;

beforeAll(async () => {
  store = await openStore(database.url, log);
  ({ runtime } = await startNode({ store, types: [UserState, Note, ledgerType(new World())] }));
  api = await createApi(runtime, { ready: async () => ready }, log);
  server = http.createServer((request, response) => {
    if (api.serves(request.url ?? "")) api.handle(request, response);
    else response.writeHead(404).end("not the API's");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await api.close();
  await runtime.stop();
  await store.close();
});

interface CallResult {
  status: number;
  headers: Headers;
  body: { items?: unknown[]; next?: string | null; error?: { code: string; message: string; details?: unknown } };
}

async function call(
  method: string,
  path: string,
  body?: string,
  headers: Record<string, string> = {},
): Promise<CallResult> {
  const request: RequestInit = { method, headers };
  if (body !== undefined) {
    request.headers = { "content-type": "application/json", ...headers };
    request.body = body;
  }
  const response = await fetch(`http://127.0.0.1:${port}${path}`, request);
  return { status: response.status, headers: response.headers, body: (await response.json()) as CallResult["body"] };
}

const note = (id: string, command: string) => `/api/actors/note/${encodeKey([id])}/commands/${command}`;

describe("one command", () => {
  test("is answered with its reply and revision, and its state can then be read", async () => {
    const result = await call("POST", note("first", "write"), '{"text":"hello"}');
    expect(result.status).toBe(200);
    expect(result.body).toEqual({ reply: 1, revision: 1, messageId: expect.any(String), repeated: false });
    const unchanged = await call("POST", note("first", "leave"));
    expect(unchanged.body).toMatchObject({ reply: 1, revision: 1, unrecorded: true });
    const state = await call("GET", "/api/actors/note/first/state");
    expect(state.body).toEqual({ head: 1, state: { text: "hello", edits: 1 } });
  });

  test("under an idempotency key runs once; another payload under it is a conflict", async () => {
    const key = { "idempotency-key": "order-17" };
    const first = await call("POST", note("keyed", "write"), '{"text":"a"}', key);
    const again = await call("POST", note("keyed", "write"), '{"text":"a"}', key);
    expect(again.body).toEqual({ ...first.body, repeated: true });
    const other = await call("POST", note("keyed", "write"), '{"text":"b"}', key);
    expect(other).toMatchObject({ status: 422, body: { error: { code: "idempotency_conflict" } } });
    const bad = await call("POST", note("keyed", "write"), '{"text":"b"}', { "idempotency-key": "a b" });
    expect(bad).toMatchObject({ status: 400, body: { error: { code: "invalid_payload" } } });
  });

  test("without a body has the payload {}", async () => {
    expect((await call("POST", note("bodiless", "leave"))).body).toMatchObject({ reply: 0 });
    expect((await call("POST", note("bodiless", "leave"), "")).body).toMatchObject({ reply: 0 });
    expect((await call("POST", note("bodiless", "leave"), "null")).status).toBe(400);
  });

  test.each([
    ["an unknown type", "/api/actors/nobody/x/commands/write", "{}", 404, "unknown_type"],
    ["an unknown command", "/api/actors/note/x/commands/fly", "{}", 404, "unknown_command"],
    ["a query sent as a command", "/api/actors/note/x/commands/read", "{}", 404, "unknown_command"],
    ["a key of other segments", "/api/actors/note/x:y/commands/write", '{"text":""}', 400, "invalid_key"],
    ["a key not in its text form", "/api/actors/note/a.b/commands/write", '{"text":""}', 400, "invalid_key"],
    ["an empty key", "/api/actors/note//commands/write", '{"text":""}', 400, "invalid_key"],
    ["an overlong key", `/api/actors/note/${"k".repeat(1_025)}/commands/write`, '{"text":""}', 400, "invalid_key"],
    ["half a percent escape", "/api/actors/note/%E0%A4%A/commands/write", "{}", 400, "invalid_payload"],
    ["a payload of another shape", note("x", "write"), '{"text":1}', 400, "invalid_payload"],
    ["malformed JSON", note("x", "write"), '{"text":', 400, "invalid_payload"],
    ["a payload with __proto__", note("x", "write"), '{"text":"","__proto__":{"admin":true}}', 400, "invalid_payload"],
    ["a handler's refusal", note("x", "refuse"), '{"reason":"no"}', 409, "rejected"],
    ["a handler that throws", note("x", "crash"), "{}", 500, "handler_failed"],
    ["a body above 1 MiB", note("x", "write"), `"${"x".repeat(1024 * 1024)}"`, 413, "payload_too_large"],
  ])("with %s is refused", async (_case, path, body, status, code) => {
    const result = await call("POST", path, body);
    expect(result).toMatchObject({ status, body: { error: { code, message: expect.any(String) } } });
    expect(Object.keys(result.body)).toEqual(["error"]);
  });

  test("names each invalid field", async () => {
    const { body } = await call("POST", note("x", "write"), '{"text":1}');
    expect(body.error?.details).toEqual({ issues: [{ path: ["text"], message: expect.any(String) }] });
  });

  test("that is not UTF-8 is refused", async () => {
    const response = await fetch(`http://127.0.0.1:${port}${note("x", "write")}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: Uint8Array.from([0x22, 0xff, 0x22]),
    });
    expect(response.status).toBe(400);
  });

  test.each(["text/plain", "application/x-www-form-urlencoded", "application/x-ndjson", "nonsense"])(
    "sent as %s is refused",
    async (type) => {
      const result = await call("POST", note("x", "write"), '{"text":""}', { "content-type": type });
      expect(result).toMatchObject({ status: 415, body: { error: { code: "invalid_payload" } } });
    },
  );

  test("reaches a key of any characters and the maximum length, escaped by the client or not", async () => {
    const key = `a/b:c%2F~ ${"é".repeat(500)}`;
    const path = note(key, "write");
    expect(path.length).toBeGreaterThan(3_000);
    expect((await call("POST", path, '{"text":"1"}')).body).toMatchObject({ reply: 1 });
    const escaped = path.replaceAll("~", "%7E");
    expect((await call("POST", escaped, '{"text":"2"}')).body).toMatchObject({ reply: 2 });
    const { body } = await call("GET", `/api/actors/note/${encodeKey([key])}`);
    expect(body).toMatchObject({ key: [key], head: 2 });
  });
});

describe("reading", () => {
  test("runs a query", async () => {
    await call("POST", note("asked", "write"), '{"text":"t"}');
    const result = await call("POST", "/api/actors/note/asked/queries/read", "{}");
    expect(result.body).toEqual({ reply: { text: "t", edits: 1 } });
    expect((await call("POST", "/api/actors/note/asked/queries/read")).body).toEqual(result.body);
  });

  test("lists actors in pages", async () => {
    for (const id of ["page-a", "page-b", "page-c"]) await call("POST", note(id, "write"), '{"text":""}');
    const first = await call("GET", "/api/actors?type=note&q=page-&limit=2");
    expect(first.body.items).toHaveLength(2);
    const next = await call("GET", `/api/actors?type=note&q=page-&limit=2&cursor=${first.body.next}`);
    expect(next.body).toMatchObject({ items: [{ key: ["page-a"] }], next: null });
  });

  test("lists the types with their schemas", async () => {
    const { body } = await call("GET", "/api/types");
    expect(body).toMatchObject({ items: [{ type: "user-state" }, { type: "note" }, { type: "ledger" }], next: null });
  });

  test("an actor that was never used finds nothing", async () => {
    expect(await call("GET", "/api/actors/note/nobody")).toMatchObject({
      status: 404,
      body: { error: { code: "not_found" } },
    });
  });

  test.each(["/api/actors?limit=0", "/api/actors?status=asleep", "/api/actors?typ=note", "/api/actors?type=a&type=b"])(
    "refuses %s",
    async (path) => {
      expect(await call("GET", path)).toMatchObject({ status: 400, body: { error: { code: "invalid_payload" } } });
    },
  );

  test("distinguishes liveness from readiness", async () => {
    expect((await call("GET", "/readyz")).status).toBe(200);
    ready = false;
    const result = await call("GET", "/readyz");
    ready = true;
    expect(result).toMatchObject({ status: 503, body: { error: { code: "unavailable" } } });
    expect(result.headers.get("retry-after")).toBe("1");
    expect((await call("GET", "/healthz")).status).toBe(200);
  });
});

describe("an actor with a journal", () => {
  const ledger = (id: string, rest = "") => `/api/actors/ledger/${id}${rest}`;
  const add = (id: string) => call("POST", ledger(id, "/commands/add"), '{"amount":1}');

  test("replies with its seq, and has its journal, checkpoints and past states", async () => {
    for (let i = 1; i <= 12; i++) expect((await add("read")).body).toMatchObject({ reply: i, seq: i, repeated: false });
    const newest = (await call("GET", ledger("read", "/journal?limit=5"))).body;
    expect(newest).toMatchObject({ items: [{ seq: 12 }, { seq: 11 }, { seq: 10 }, { seq: 9 }, { seq: 8 }], next: "8" });
    const older = (await call("GET", ledger("read", `/journal?limit=5&before=${newest.next}`))).body;
    expect(older.items).toMatchObject([{ seq: 7 }, { seq: 6 }, { seq: 5 }, { seq: 4 }, { seq: 3 }]);
    const onwards = (await call("GET", ledger("read", "/journal?after=10&kind=turn"))).body;
    expect(onwards).toMatchObject({ items: [{ seq: 11, body: { kind: "turn", reply: 11 } }, { seq: 12 }], next: null });
    expect((await call("GET", ledger("read", "/state?at=5"))).body).toEqual({
      head: 5,
      state: { total: 5, notes: [] },
    });
    expect((await call("GET", ledger("read", "/state"))).body).toMatchObject({ head: 12, state: { total: 12 } });
    await eventually(async () => {
      const { body } = await call("GET", ledger("read", "/checkpoints"));
      expect(body).toMatchObject({ items: [{ seq: 10, version: 1, permanent: false }], next: null });
    });
  });

  test.each([
    ["a seq beyond the head", "/state?at=99", 404, "not_found"],
    ["a seq that is none", "/state?at=x", 400, "invalid_payload"],
    ["an unknown kind", "/journal?kind=dream", 400, "invalid_payload"],
    ["too large a page", "/journal?limit=501", 400, "invalid_payload"],
  ])("with %s is refused", async (_case, rest, status, code) => {
    await add("asked");
    expect(await call("GET", ledger("asked", rest))).toMatchObject({ status, body: { error: { code } } });
  });

  test("is passivated and repaired by interventions", async () => {
    expect((await call("POST", ledger("hand", "/commands/add"), '{"amount":1}')).status).toBe(200);
    const intervene = (what: string) =>
      fetch(`http://127.0.0.1:${port}${ledger("hand", `/${what}`)}`, { method: "POST" });
    expect((await intervene("passivate")).status).toBe(204);
    expect((await call("GET", ledger("hand"))).body).toMatchObject({ lifecycle: "passivated" });
    expect((await intervene("retry")).status).toBe(404);
    expect((await intervene("crash")).status).toBe(403);
    expect((await intervene("explode")).status).toBe(404);
  });

  test("is read at any seq, and can be forked there", async () => {
    for (let i = 0; i < 3; i++) await call("POST", ledger("past", "/commands/add"), '{"amount":1}');
    expect((await call("GET", ledger("past", "/state?at=2"))).body).toMatchObject({ head: 2, state: { total: 2 } });
    expect((await call("GET", ledger("past", "/state?time=2020-01-01T00:00:00Z"))).body).toEqual({
      head: 0,
      state: null,
    });
    expect((await call("GET", ledger("past", "/state?at=1&time=2020-01-01T00:00:00Z"))).status).toBe(400);
    expect((await call("GET", ledger("past", "/state?at=1&other=2"))).status).toBe(400);
    expect((await call("GET", ledger("past", "/past?at=9"))).status).toBe(404);
    const lines = async (part: string) => {
      const response = await fetch(`http://127.0.0.1:${port}${ledger("past", part)}`);
      return (await response.text())
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
    };
    expect(await lines("/past?at=2")).toMatchObject([{ window: { base: { seq: 0 }, entries: { length: 3 } } }]);
    expect(await lines("/replay")).toEqual([{ seq: 3, to: 3, turns: 3, divergences: [] }]);
    const file = await fetch(`http://127.0.0.1:${port}${ledger("past", "/export?from=2&to=3")}`);
    expect(file.headers.get("content-disposition")).toMatch(/^attachment; filename="ledger-past-2-3.history.ndjson"$/);
    expect((await file.text()).split("\n")).toEqual([
      expect.stringMatching(/^{"format":"greenroom-history","version":1,"type":"ledger"/),
      expect.stringMatching(/^{"seq":2,/),
      expect.stringMatching(/^{"seq":3,/),
      expect.stringMatching(/^{"count":2,"sha256":"[0-9a-f]{64}"}$/),
      "",
    ]);
    expect((await call("GET", ledger("past", "/export?from=3&to=2"))).status).toBe(400);
    expect((await call("GET", ledger("past", "/export?from=2&to=4"))).status).toBe(404);
    expect((await call("GET", ledger("past", "/timeline"))).body).toMatchObject({ begins: 1, head: 3 });
    expect((await call("GET", ledger("past", "/changes?path=total"))).status).toBe(400);
    expect((await call("GET", ledger("past", "/changes?path=/total"))).body.items).toHaveLength(3);
    expect(await call("POST", ledger("past", "/forks"), '{"at":2,"key":["branch"]}')).toMatchObject({
      status: 201,
      body: { type: "ledger", keyText: "branch" },
    });
    expect((await call("POST", ledger("past", "/forks"), '{"at":2,"key":["branch"]}')).status).toBe(409);
    expect((await call("GET", ledger("branch", "/lineage"))).body).toEqual({
      parent: { keyText: "past", seq: 2 },
      forks: [],
    });
  });

  test("can be pruned and erased", async () => {
    for (let i = 1; i <= 25; i++) await add("old");
    await eventually(async () => {
      expect((await call("GET", ledger("old", "/checkpoints"))).body.items).toHaveLength(2);
    });
    expect((await call("DELETE", ledger("old", "/journal?below=1000"))).body).toEqual({ pruned: 10 });
    const wanted = await call("POST", ledger("old", "/checkpoints"), "{}");
    expect(wanted).toMatchObject({ status: 200, body: { seqs: [], next: null } });
    expect((await call("POST", ledger("old", "/checkpoints"), '{"after":-1}')).status).toBe(400);
    expect((await call("POST", ledger("nobody", "/checkpoints"))).status).toBe(404);
    expect((await call("GET", ledger("old", "/journal?after=0&limit=1"))).body).toMatchObject({ items: [{ seq: 11 }] });
    const erased = await fetch(`http://127.0.0.1:${port}${ledger("old")}`, { method: "DELETE" });
    expect(erased.status).toBe(204);
    expect(await call("GET", ledger("old"))).toMatchObject({ status: 404, body: { error: { code: "not_found" } } });
  });

  test("has calls that a durable state does not have", async () => {
    await call("POST", note("stateful", "write"), '{"text":"x"}');
    for (const rest of ["/journal", "/checkpoints", "/state?at=1"]) {
      expect(await call("GET", `/api/actors/note/stateful${rest}`)).toMatchObject({ status: 404 });
    }
  });
});

describe("the HTTP layer", () => {
  test.each([
    ["GET", "/api"],
    ["GET", "/api/nothing"],
    ["POST", "/api/actors/note/x/commands"],
    ["OPTIONS", "/api/nothing"],
  ])("has no resource at %s %s", async (method, path) => {
    expect(await call(method, path)).toMatchObject({ status: 404, body: { error: { code: "not_found" } } });
  });

  test.each([
    ["GET", note("x", "write"), "POST"],
    ["PATCH", "/api/actors/note/x", "GET, DELETE"],
    ["POST", "/healthz?x=1", "GET"],
    ["PUT", "/api/commands", "POST"],
  ])("refuses %s %s and lists the allowed methods", async (method, path, allowed) => {
    const result = await call(method, path);
    expect(result.status).toBe(405);
    expect(result.headers.get("allow")).toBe(allowed);
  });

  test("forbids caching and content sniffing, also for errors", async () => {
    for (const path of ["/healthz", "/api/nothing", "/api/actors/%E0/state"]) {
      const { headers } = await call("GET", path);
      expect(headers.get("content-type")).toMatch(/^application\/json/);
      expect([path, headers.get("cache-control"), headers.get("x-content-type-options")]).toEqual([
        path,
        "no-store",
        "nosniff",
      ]);
    }
  });

  test.each(["/", "/apiary", "/actors", "/healthz/x"])("does not serve %s", (url) => {
    expect(api.serves(url)).toBe(false);
  });
});

/** An open `POST /api/commands`: what was answered so far, and the means to send more. */
function openStream(): { request: http.ClientRequest; response: Promise<IncomingMessage> } {
  const request = http.request({
    port,
    host: "127.0.0.1",
    method: "POST",
    path: "/api/commands",
    headers: { "content-type": "application/x-ndjson" },
    agent: false,
  });
  const response = new Promise<IncomingMessage>((resolve, reject) => {
    request.once("response", resolve);
    request.once("error", reject);
  });
  return { request, response };
}

async function stream(body: string | Buffer): Promise<CommandLineResult[]> {
  const { request, response } = openStream();
  request.end(body);
  const text = await textOf(await response);
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as CommandLineResult);
}

const linesIn = (text: string | undefined) => (text ?? "").split("\n").length - 1;
const write = (id: string, text: string) =>
  JSON.stringify({ type: "note", key: [id], command: "write", payload: { text } });

describe("a stream of commands", () => {
  test("is answered line by line, in order, and processed in order per actor", async () => {
    const lines = Array.from({ length: 5_000 }, (_, i) => write(`s${i % 50}`, `text ${i}`));
    const results = await stream(lines.join("\n"));
    expect(results.map(({ line }) => line)).toEqual(lines.map((_, i) => i + 1));
    expect(results.map((result) => "reply" in result && result.reply)).toEqual(
      lines.map((_, i) => Math.floor(i / 50) + 1),
    );
  });

  test("is answered while it is still being sent", async () => {
    const { request, response } = openStream();
    request.write(`${write("duplex", "1")}\n`);
    const answers = (await response)[Symbol.asyncIterator]();
    const next = async () => JSON.parse(String((await answers.next()).value)) as CommandLineResult;
    expect(await next()).toMatchObject({ line: 1, reply: 1 });
    request.write(`${write("duplex", "2")}\n`);
    expect(await next()).toMatchObject({ line: 2, reply: 2 });
    request.end();
    expect((await answers.next()).done).toBe(true);
  });

  test("continues after invalid lines, and reports each", async () => {
    const results = await stream(
      Buffer.concat([
        Buffer.from(`\ufeff${write("bad", "1")}\r\n`),
        Buffer.from("\n   \n{nonsense}\n"),
        Buffer.from('{"type":"note"}\n{"type":"nobody","key":["x"],"command":"c"}\n'),
        Buffer.from(`${write("bad", "x".repeat(1_200_000))}\n`),
        Buffer.from([0xff, 0xfe, 0x0a]),
        Buffer.from('{"type":"note","key":["bad"],"command":"write","payload":{"text":"","__proto__":1}}\n'),
        Buffer.from(
          `{"type":"note","key":["bad"],"command":"write","payload":${"[".repeat(200_000)}${"]".repeat(200_000)}}\n`,
        ),
        Buffer.from('{"type":"note","key":["bad"],"command":"refuse","payload":{"reason":"no"}}\n'),
        Buffer.from(write("bad", "2")),
      ]),
    );
    expect(
      results.map((result) => [result.line, "error" in result ? result.error.code : "reply" in result && result.reply]),
    ).toEqual([
      [1, 1],
      [4, "invalid_payload"],
      [5, "invalid_payload"],
      [6, "unknown_type"],
      [7, "payload_too_large"],
      [8, "invalid_payload"],
      [9, "invalid_payload"],
      [10, "invalid_payload"],
      [11, "rejected"],
      [12, 2],
    ]);
  });

  test("under idempotency keys can be sent again and changes nothing", async () => {
    const lines = Array.from({ length: 100 }, (_, i) => ({
      ...JSON.parse(write(`again${i % 7}`, `${i}`)),
      id: `file:${i}`,
    }));
    const body = lines.map((line) => JSON.stringify(line)).join("\n");
    const first = await stream(body);
    const second = await stream(body);
    expect(second).toEqual(first.map((result) => ({ ...result, repeated: true })));
  });

  test("reads no more lines than its window while the client does not read", async () => {
    const sent = 3 * MAX_UNDER_WAY;
    const asked = vi.spyOn(runtime, "askText");
    const source = Readable.from([Buffer.from(`${write("unread", "x")}\n`.repeat(sent))]);
    const answers = answerCommands(asker(runtime), log, source);
    let lines = linesIn((await answers.next()).value);
    await expect.poll(() => asked.mock.calls.length).toBeGreaterThanOrEqual(MAX_UNDER_WAY);
    await expect.poll(() => runtime.inspector.overview().inFlight).toBe(0);
    expect(asked.mock.calls.length).toBeLessThanOrEqual(MAX_UNDER_WAY + lines);
    for await (const text of answers) lines += linesIn(text);
    expect(lines).toBe(sent);
    asked.mockRestore();
  });

  test("survives a client that disconnects", async () => {
    const { request, response } = openStream();
    response.catch(() => undefined);
    for (let i = 0; i < 3_000; i++) request.write(`${write("left", `${i}`)}\n`);
    request.write('{"type":"no');
    await response;
    request.destroy();
    await expect.poll(() => runtime.inspector.overview().inFlight).toBe(0);
    expect(await stream(write("left behind", "1"))).toMatchObject([{ line: 1, reply: 1 }]);
  });

  test("without lines has an empty response", async () => {
    expect(await stream("")).toEqual([]);
    expect(await stream("\n\n")).toEqual([]);
  });

  test("that is not NDJSON is refused", async () => {
    expect((await call("POST", "/api/commands", "{}")).status).toBe(415);
  });
});

describe("a server that stops", () => {
  test("ends a stream at the first line it cannot accept, and accepts none after it", async () => {
    const { request, response } = openStream();
    request.write(`${write("stopped", "1")}\n`);
    const answers = (await response)[Symbol.asyncIterator]();
    await answers.next();
    await runtime.stop();
    request.write(`${write("stopped", "2")}\n${write("stopped", "3")}\n`);
    const result = JSON.parse(String((await answers.next()).value));
    expect(result).toMatchObject({ line: 2, error: { code: "unavailable" } });
    expect((await answers.next()).done).toBe(true);
    request.end();
    ({ runtime } = await startNode({ store, types: [UserState, Note, ledgerType(new World())] }));
  });
});
