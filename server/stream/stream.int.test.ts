import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { io, type Socket } from "socket.io-client";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { isAllowedOrigin } from "../http/origin.ts";
import { createLog } from "../process/log.ts";
import {
  type ClientToServer,
  type Frame,
  MAX_ROOMS,
  MAX_WATCHED,
  type Room,
  type ServerToClient,
} from "../protocol/stream.ts";
import type { Store } from "../runtime/ports/store.ts";
import type { RunningRuntime } from "../runtime/runtime.ts";
import { systemClock } from "../runtime/shared/system-clock.ts";
import { openStore } from "../store/postgres.ts";
import { useDatabase } from "../testing/database/database.ts";
import { query } from "../testing/database/sql.ts";
import { startNode } from "../testing/runtime/node.ts";
import { Note } from "../testing/types/note.ts";
import { attachStream } from "./stream.ts";

const database = useDatabase();
let store: Store;
let runtime: RunningRuntime;
let http: Server;
let stream: { close(): Promise<void> };
let address: string;
let sockets: TestSocket[];

class TestSocket {
  readonly frames: Frame[] = [];
  readonly socket: Socket<ServerToClient, ClientToServer>;

  constructor(extraHeaders: Record<string, string> = {}) {
    this.socket = io(address, { transports: ["websocket"], extraHeaders, reconnection: false, forceNew: true });
    this.socket.on("frame", (frame) => this.frames.push(frame));
    sockets.push(this);
  }

  watch(id: string, room: Room, since: Frame["position"] | null = null) {
    return this.send({ id, room, since });
  }

  /** Sends anything at all as a request to watch. */
  send(request: unknown) {
    return this.socket.timeout(5000).emitWithAck("watch", request as never);
  }

  heads(): (number | undefined)[] {
    return this.frames.map((frame) => frame.actor?.head);
  }
}

beforeEach(async () => {
  await query(database.url, "TRUNCATE actor, durable_state, reply");
  store = await openStore(database.url, createLog("silent"));
  ({ runtime } = await startNode({ store, types: [Note] }));
  http = createServer();
  stream = attachStream(http, runtime, systemClock, createLog("silent"), isAllowedOrigin);
  await once(http.listen(0, "127.0.0.1"), "listening");
  address = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  sockets = [];
});

afterEach(async () => {
  for (const { socket } of sockets) socket.disconnect();
  await stream.close();
  http.close();
  await runtime.stop();
  await store.close();
});

const write = (id: string, text: string) =>
  runtime.ask({ type: "note", keyText: id, command: "write", payload: { text } });
const room = (id: string): Room => ({ kind: "actor", actor: { type: "note", key: [id] } });

/** Each frame follows from the one before. */
function expectChain(frames: readonly Frame[]): void {
  for (const [i, frame] of frames.entries()) {
    if (i > 0) expect(frame.from).toEqual(frames[i - 1]?.position);
  }
}

describe("who watches an actor", () => {
  test("gets its state, then each change, without a gap and nothing twice", async () => {
    await write("a", "first");
    const reader = new TestSocket();
    expect(await reader.watch("r", room("a"))).toEqual({ ok: true });
    expect(reader.frames[0]).toMatchObject({
      from: null,
      actor: { head: 1, lifecycle: "active", state: { text: "first", edits: 1 } },
    });
    for (let i = 2; i <= 30; i++) await write("a", `text ${i}`);
    await expect.poll(() => reader.heads().at(-1)).toBe(30);
    expectChain(reader.frames);
    const states = reader.frames.flatMap((frame) => (frame.actor?.state === undefined ? [] : [frame.actor]));
    expect(states.map(({ head }) => head)).toEqual([...new Set(states.map(({ head }) => head))].sort((a, b) => a - b));
    expect(states.at(-1)).toMatchObject({ state: { text: "text 30", edits: 30 }, lastChange: { command: "write" } });
  });

  test("does not wake it", async () => {
    const reader = new TestSocket();
    expect(await reader.watch("r", room("never-used"))).toEqual({ ok: true });
    expect(reader.frames[0]?.actor).toBeUndefined();
    expect(runtime.inspector.overview().types).toEqual([{ type: "note", counts: {} }]);
  });

  test("sees it being made", async () => {
    const reader = new TestSocket();
    await reader.watch("r", room("new"));
    await write("new", "made");
    await expect.poll(() => reader.heads().at(-1)).toBe(1);
    expect(reader.frames.at(-1)?.actor?.state).toEqual({ text: "made", edits: 1 });
  });

  test("was away and comes back: the next frame follows from the last it saw, with the newest state", async () => {
    await write("a", "before");
    const reader = new TestSocket();
    await reader.watch("r", room("a"));
    const last = reader.frames.at(-1);
    if (last === undefined) throw new Error("no frame came");
    reader.socket.disconnect();
    for (let i = 0; i < 5; i++) await write("a", `meanwhile ${i}`);
    const again = new TestSocket();
    await again.watch("r2", room("a"), last.position);
    expect(again.frames[0]).toMatchObject({
      from: last.position,
      actor: { head: 6, state: { text: "meanwhile 4" } },
    });
    await write("a", "after");
    await expect.poll(() => again.heads().at(-1)).toBe(7);
    expectChain(again.frames);
  });
});

test("a list is told of its actors' changes and how many were created", async () => {
  await write("a", "1");
  const reader = new TestSocket();
  await reader.watch("r", { kind: "actors", actors: [{ type: "note", key: ["a"] }] });
  expect(reader.frames[0]).toMatchObject({ actors: [{ keyText: "a", head: 1 }], created: 0 });
  await write("a", "2");
  await write("b", "1");
  await expect.poll(() => reader.frames.reduce((sum, frame) => sum + (frame.created ?? 0), 0)).toBe(1);
  const rows = reader.frames.flatMap((frame) => frame.actors ?? []);
  expect(rows.at(-1)).toMatchObject({ keyText: "a", head: 2, lifecycle: "active" });
  expect(rows.some(({ keyText }) => keyText === "b")).toBe(false);
});

test("a list that was away is told how many were created meanwhile that it would show and does not", async () => {
  await write("n1", "1");
  const reader = new TestSocket();
  await reader.watch("r", { kind: "actors", actors: [], q: "n" });
  const since = reader.frames.at(-1)?.position ?? null;
  reader.socket.disconnect();
  for (const id of ["n2", "n3", "n4", "other"]) await write(id, "1");
  const again = new TestSocket();
  await again.watch("r", { kind: "actors", actors: [{ type: "note", key: ["n3"] }], q: "n" }, since);
  expect(again.frames[0]).toMatchObject({ from: since, created: 2 });
  await write("n5", "1");
  await expect.poll(() => again.frames.reduce((sum, frame) => sum + (frame.created ?? 0), 0)).toBe(3);
});

test("the overview comes at once, with all its samples, and goes on", async () => {
  const reader = new TestSocket();
  await reader.watch("r", { kind: "overview" });
  expect(reader.frames[0]?.overview).toMatchObject({ database: { ok: true }, inFlight: 0 });
  await write("a", "1");
  await expect.poll(() => reader.frames.at(-1)?.overview?.types).toEqual([{ type: "note", counts: { active: 1 } }]);
  expectChain(reader.frames);
});

describe("the stream refuses", () => {
  test("a page of another origin, and a name that is not this machine's", async () => {
    for (const [name, value] of [
      ["origin", "http://elsewhere.example"],
      ["host", "rebound.example"],
    ] as const) {
      const { socket } = new TestSocket({ [name]: value });
      const error = await new Promise<Error>((resolve) => socket.once("connect_error", resolve));
      expect(error.message).toMatch(/websocket error/);
    }
  });

  test("a room too many, until another is left", async () => {
    const reader = new TestSocket();
    for (let i = 0; i < MAX_ROOMS; i++) expect(await reader.watch(`r${i}`, room(`n${i}`))).toEqual({ ok: true });
    expect(await reader.watch("more", room("more"))).toMatchObject({ ok: false, error: { code: "overloaded" } });
    reader.socket.emit("unwatch", "r0");
    expect(await reader.watch("more", room("more"))).toEqual({ ok: true });
  });

  const tooMany = Array.from({ length: MAX_WATCHED + 1 }, () => ({ type: "note", key: ["a"] }));
  test.each([
    ["nothing", null],
    ["a text", "watch"],
    ["a reader without a name", { id: "", room: { kind: "overview" }, since: null }],
    ["an unknown kind of room", { id: "r", room: { kind: "everything" }, since: null }],
    ["a position that cannot be", { id: "r", room: { kind: "overview" }, since: { "0": -1 } }],
    ["a list too long", { id: "r", room: { kind: "actors", actors: tooMany }, since: null }],
  ])("what is no request: %s", async (_what, request) => {
    const reader = new TestSocket();
    expect(await reader.send(request)).toMatchObject({ ok: false, error: { code: "invalid_payload" } });
    expect(await reader.watch("r", { kind: "overview" })).toEqual({ ok: true });
  });

  test("an actor of a type that is not there", async () => {
    const reader = new TestSocket();
    const answer = await reader.watch("r", { kind: "actor", actor: { type: "nothing", key: ["a"] } });
    expect(answer).toMatchObject({ ok: false, error: { code: "unknown_type" } });
  });

  test("everybody once it is closed", async () => {
    const reader = new TestSocket();
    await once(reader.socket as never, "connect");
    const gone = once(reader.socket as never, "disconnect");
    await stream.close();
    await gone;
    const late = new TestSocket();
    await new Promise((resolve) => late.socket.once("connect_error", resolve));
    expect(late.socket.connected).toBe(false);
  });
});
