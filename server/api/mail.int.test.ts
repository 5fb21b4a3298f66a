import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { defineActor } from "../core/define/define.ts";
import { createLog } from "../process/log.ts";
import type { DeadLetterInfo, RedriveInfo } from "../protocol/mail.ts";
import type { Store } from "../runtime/ports/store.ts";
import type { RunningRuntime } from "../runtime/runtime.ts";
import { openStore } from "../store/postgres.ts";
import { useDatabase } from "../testing/database/database.ts";
import { query } from "../testing/database/sql.ts";
import { eventually } from "../testing/eventually.ts";
import { startNode } from "../testing/runtime/node.ts";
import { type Api, createApi } from "./api.ts";

/** What the tray's messages are to fail of; null when they are not. */
const failing: { why: string | null } = { why: null };
const Tray = defineActor({
  type: "tray",
  key: ["id"],
  persistence: "journal",
  state: z.object({ sum: z.number() }),
  initial: () => ({ sum: 0 }),
  commands: { add: z.object({ n: z.number() }), file: z.object({ n: z.number() }), later: z.object({}) },
  queries: {},
  on: {
    add(c, { n }) {
      c.state.sum += n;
      return c.state.sum;
    },
    file(c, { n }) {
      if (failing.why !== null) throw new Error(failing.why);
      c.state.sum += n;
    },
    later(c) {
      c.remind("soon", { at: "2999-01-01T00:00:00Z" }, "add", { n: 1 });
      c.remind("often", { every: "1d" }, "add", { n: 2 });
    },
  },
  attempts: 1,
  passivateAfter: "30m",
});
/** A tray whose messages are tried again for long. */
const Patient = { ...Tray, type: "patient", attempts: 100 };

const database = useDatabase();
const log = createLog("silent");
let store: Store;
let runtime: RunningRuntime;
let api: Api;
let server: http.Server;
let url: string;

beforeAll(async () => {
  store = await openStore(database.url, log);
  ({ runtime } = await startNode({ store, types: [Tray, Patient] }));
  api = await createApi(runtime, { ready: async () => true }, log);
  server = http.createServer((request, response) => api.handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await api.close();
  await runtime.stop();
  await store.close();
});
beforeEach(async () => {
  failing.why = null;
  await query(database.url, "DELETE FROM dead_letter");
});

const wait = { prefer: "respond-async" };
interface Answer {
  status: number;
  headers: Headers;
  body: Body;
}

async function call(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const json = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
    ...json,
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Body };
}
interface Body {
  items: { messageId: string; fingerprint: string }[];
  next: string | null;
  [name: string]: unknown;
}
const state = async (id: string) => (await call("GET", `/api/actors/tray/${id}/state`)).body.state;

/** Makes dead letters of one cause, by as many messages to an actor. */
async function deadLetters(id: string, why: string, count: number): Promise<void> {
  failing.why = why;
  for (let n = 1; n <= count; n++) await call("POST", `/api/actors/tray/${id}/commands/file`, { n }, wait);
  const of = `/api/dead-letters?type=tray&key=${id}`;
  await eventually(async () => expect((await call("GET", of)).body.items).toHaveLength(count));
  failing.why = null;
}

describe("a command with Prefer: respond-async", () => {
  test.each(["respond-async", "wait=5, Respond-Async", "respond-async; x=1", "return=minimal,respond-async"])(
    "is answered as soon as the mailbox holds it: %s",
    async (prefer) => {
      const result = await call("POST", "/api/actors/tray/result/commands/add", { n: 1 }, { prefer });
      expect(result).toMatchObject({ status: 202, body: { messageId: expect.any(String), repeated: false } });
      expect(result.headers.get("preference-applied")).toBe("respond-async");
      expect(result.body).not.toHaveProperty("reply");
    },
  );

  test.each(["", "respond-sync", "respond-async-later", "x=respond-async"])(
    "is asked where that says other: %j",
    async (prefer) => {
      const asked = await call("POST", "/api/actors/tray/asked/commands/add", { n: 1 }, { prefer });
      expect(asked).toMatchObject({ status: 200, body: { reply: expect.any(Number) } });
    },
  );

  test("with an idempotency key is processed once, however it is repeated; another payload is a conflict", async () => {
    const headers = { ...wait, "idempotency-key": "k1" };
    const path = "/api/actors/tray/keyed/commands/add";
    const first = await call("POST", path, { n: 5 }, headers);
    expect((await call("POST", path, { n: 5 }, headers)).body).toEqual({ ...first.body, repeated: true });
    expect(await call("POST", path, { n: 6 }, headers)).toMatchObject({
      status: 422,
      body: { error: { code: "idempotency_conflict" } },
    });
    await eventually(async () => expect(await state("keyed")).toEqual({ sum: 5 }));
    const asked = await call("POST", path, { n: 5 }, { "idempotency-key": "k1" });
    expect(asked.body).toMatchObject({ reply: 5, messageId: first.body.messageId, repeated: true });
  });

  test.each([
    ["an unknown command", "/api/actors/tray/x/commands/fly", {}, 404, "unknown_command"],
    ["a payload that does not fit", "/api/actors/tray/x/commands/add", { n: "1" }, 400, "invalid_payload"],
    ["an unknown type", "/api/actors/nobody/x/commands/add", {}, 404, "unknown_type"],
  ])("with %s is refused", async (_, path, body, status, code) => {
    expect(await call("POST", path, body, wait)).toMatchObject({ status, body: { error: { code } } });
  });

  test("in a stream is answered line by line with its message, and processed in order", async () => {
    const line = (n: number, id: string) =>
      JSON.stringify({ type: "tray", key: ["streamed"], command: "add", payload: { n }, id });
    const response = await fetch(`${url}/api/commands`, {
      method: "POST",
      headers: { "content-type": "application/x-ndjson", ...wait },
      body: [line(1, "a"), line(2, "b"), line(1, "a"), "nonsense", line(3, "c")].join("\n"),
    });
    const answers = (await response.text())
      .trim()
      .split("\n")
      .map((text) => JSON.parse(text) as Record<string, unknown>);
    expect(answers).toMatchObject([
      { line: 1, repeated: false },
      { line: 2, repeated: false },
      { line: 3, repeated: true, messageId: answers[0]?.messageId },
      { line: 4, error: { code: "invalid_payload" } },
      { line: 5, repeated: false },
    ]);
    expect(answers[0]).not.toHaveProperty("reply");
    await eventually(async () => expect(await state("streamed")).toEqual({ sum: 6 }));
  });
});

describe("a mailbox", () => {
  test("is read page by page, with the status of each message", async () => {
    failing.why = "no pen";
    for (let n = 1; n <= 5; n++) await call("POST", "/api/actors/patient/p1/commands/file", { n }, wait);
    const of = "/api/actors/patient/p1/mailbox";
    await eventually(async () =>
      expect((await call("GET", of)).body.items[0]).toMatchObject({ error: { name: "Error" } }),
    );
    const first = await call("GET", `${of}?limit=3`);
    expect(first.body).toMatchObject({
      depth: 5,
      next: expect.any(String),
      items: [
        { command: "file", payload: { n: 1 }, sender: null, error: { name: "Error" }, nextAt: expect.any(String) },
        { payload: { n: 2 }, attempts: 0, error: null, nextAt: null },
        { payload: { n: 3 } },
      ],
    });
    const rest = await call("GET", `${of}?limit=3&cursor=${first.body.next}`);
    expect(rest.body).toMatchObject({ next: null, items: [{ payload: { n: 4 } }, { payload: { n: 5 } }] });
    failing.why = null;
    await eventually(async () => expect((await call("GET", of)).body).toMatchObject({ depth: 0, items: [] }));
  }, 30_000);

  test("and reminders of an unused actor are not found", async () => {
    for (const part of ["mailbox", "reminders"]) {
      expect(await call("GET", `/api/actors/tray/never/${part}`)).toMatchObject({
        status: 404,
        body: { error: { code: "not_found" } },
      });
    }
  });

  test("reminders are listed, the next one first", async () => {
    await call("POST", "/api/actors/tray/reminded/commands/later", {});
    const { body } = await call("GET", "/api/actors/tray/reminded/reminders");
    expect(body).toEqual({
      items: [
        { name: "often", at: expect.any(String), every: 86_400_000, command: "add", payload: { n: 2 } },
        { name: "soon", at: "2999-01-01T00:00:00.000Z", every: null, command: "add", payload: { n: 1 } },
      ],
      next: null,
    });
  });
});

describe("dead letters", () => {
  test("are listed newest first, page by page, by actor and by cause, and grouped by it", async () => {
    await deadLetters("d1", "no pen", 5);
    await deadLetters("d2", "no ink", 2);
    const all: string[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const page: Body = (await call("GET", `/api/dead-letters?limit=3${cursor && `&cursor=${cursor}`}`)).body;
      all.push(...page.items.map(({ messageId }) => messageId));
      cursor = page.next;
    }
    expect(new Set(all).size).toBe(7);
    expect(all).toHaveLength(7);
    const groups = await call("GET", "/api/dead-letters/groups");
    expect(groups.body).toMatchObject({
      items: [
        { count: 5, title: "Error: tray.file failed: no pen" },
        { count: 2, title: "Error: tray.file failed: no ink" },
      ],
      next: null,
    });
    const own = await call("GET", `/api/dead-letters?fingerprint=${groups.body.items[1]?.fingerprint}`);
    expect(own.body.items).toHaveLength(2);
    for (const item of own.body.items) {
      expect(item).toMatchObject({ type: "tray", keyText: "d2", key: ["d2"], attempts: 1, redrive: null });
    }
    expect((await call("GET", "/api/dead-letters?type=patient")).body.items).toEqual([]);
  });

  test("are redriven, as a group or individually, and the job reports its progress", async () => {
    await deadLetters("r1", "no pen", 4);
    const { items } = (await call("GET", "/api/dead-letters")).body;
    const one = await call("POST", "/api/redrives", { messageIds: [items[0]?.messageId] });
    expect(one).toMatchObject({ status: 202, body: { state: "running", total: 1, moved: 0 } });
    expect(one.headers.get("location")).toBe(`/api/redrives/${one.body.id}`);
    const done = (id: unknown) =>
      eventually(async () => {
        const job = await call("GET", `/api/redrives/${id}`);
        expect(job.body).toMatchObject({ state: "done", endedAt: expect.any(String) });
        return job.body;
      });
    expect(await done(one.body.id)).toMatchObject({ total: 1, moved: 1 });
    const rest = await call("POST", "/api/redrives", { fingerprint: items[0]?.fingerprint });
    expect(await done(rest.body.id)).toMatchObject({ total: 3, moved: 3 });
    await eventually(async () => expect(await state("r1")).toEqual({ sum: 1 + 2 + 3 + 4 }));
    expect((await call("GET", "/api/dead-letters")).body.items).toEqual([]);
  });

  test("are redriven after a trial: if that fails again, the others stay", async () => {
    await deadLetters("t1", "no pen", 4);
    failing.why = "no pen";
    const fingerprint = (await call("GET", "/api/dead-letters")).body.items[0]?.fingerprint;
    const started = await call("POST", "/api/redrives", { fingerprint });
    expect(started.body).toMatchObject({ state: "trying", total: 4, moved: 0, trial: null });
    const job = await eventually(async () => {
      const { body } = await call("GET", `/api/redrives/${started.body.id}`);
      expect(body).toMatchObject({ state: "failed", endedAt: expect.any(String) });
      return body as unknown as RedriveInfo;
    });
    expect(job).toMatchObject({ moved: 1, trial: { error: { message: "tray.file failed: no pen" } } });
    const letters = (await call("GET", "/api/dead-letters")).body.items as unknown as DeadLetterInfo[];
    const attempts = letters.map((letter) => [
      letter.messageId === job.trial?.messageId,
      letter.attempts,
      letter.redrive,
    ]);
    expect(attempts.sort()).toEqual([...Array(3).fill([false, 1, null]), [true, 2, null]]);
    expect((await call("GET", "/api/redrives")).body.items[0]).toEqual(job);
  });

  test("belong to a job if they exist when it starts; a later one stays", async () => {
    await deadLetters("u1", "no pen", 3);
    const fingerprint = (await call("GET", "/api/dead-letters")).body.items[0]?.fingerprint;
    const id = "00000000-0000-4000-8000-000000000002";
    await store.startRedrive(id, { fingerprint: fingerprint ?? "" }, 0);
    await deadLetters("u2", "no pen", 1);
    const other = await call("POST", "/api/redrives", { fingerprint });
    await eventually(async () => {
      for (const job of [id, other.body.id]) {
        expect((await call("GET", `/api/redrives/${job}`)).body).toMatchObject({ state: "done" });
      }
    });
    expect((await call("GET", `/api/redrives/${id}`)).body).toMatchObject({ total: 3, moved: 3 });
    expect(other.body).toMatchObject({ total: 1 });
  });

  test("stay if their job is stopped", async () => {
    await deadLetters("s1", "no pen", 1);
    const id = "00000000-0000-4000-8000-000000000001";
    await store.startRedrive(
      id,
      { fingerprint: (await call("GET", "/api/dead-letters")).body.items[0]?.fingerprint ?? "" },
      0,
    );
    const stopped = await call("DELETE", `/api/redrives/${id}`);
    expect(stopped).toMatchObject({ status: 200, body: { id, state: "stopped", total: 1, moved: 0 } });
    expect((await call("DELETE", `/api/redrives/${id}`)).body).toEqual(stopped.body);
    expect((await call("GET", "/api/dead-letters")).body.items).toMatchObject([{ redrive: null }]);
  });

  test.each([
    ["a group that there is not", { fingerprint: "0123456789abcdef" }, 404, "not_found"],
    ["letters that there are not", { messageIds: ["00000000-0000-4000-8000-000000000009"] }, 404, "not_found"],
    ["nothing", {}, 400, "invalid_payload"],
    ["no letter", { messageIds: [] }, 400, "invalid_payload"],
    ["what is no id", { messageIds: ["x"] }, 400, "invalid_payload"],
    ["what is no fingerprint", { fingerprint: "0123456789ABCDEF" }, 400, "invalid_payload"],
    ["a group and letters", { fingerprint: "0123456789abcdef", messageIds: [] }, 400, "invalid_payload"],
  ])("are not redriven by %s", async (_, body, status, code) => {
    expect(await call("POST", "/api/redrives", body)).toMatchObject({ status, body: { error: { code } } });
  });
});

test.each([
  "/api/dead-letters?limit=0",
  "/api/dead-letters?limit=201",
  "/api/dead-letters?cursor=x",
  "/api/dead-letters?cursor=1_00000000-0000-4000-8000-00000000000z",
  "/api/dead-letters?cursor=9999999999999999_------------------------------------",
  "/api/dead-letters?colour=red",
  "/api/dead-letters?fingerprint=0123456789abcdef0",
  "/api/dead-letters?key=d1",
  "/api/dead-letters/groups?limit=1",
  "/api/actors/tray/result/mailbox?limit=x",
  "/api/actors/tray/result/mailbox?cursor=-1",
  "/api/actors/tray/result/reminders?limit=1",
  "/api/redrives/x",
])("an invalid query is refused: %s", async (path) => {
  expect(await call("GET", path)).toMatchObject({ status: 400, body: { error: { code: "invalid_payload" } } });
});

test.each(["GET", "DELETE"])("%s of an unknown job is not found", async (method) => {
  const path = "/api/redrives/00000000-0000-4000-8000-000000000042";
  expect(await call(method, path)).toMatchObject({ status: 404, body: { error: { code: "not_found" } } });
});
