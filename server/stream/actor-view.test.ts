import { beforeEach, describe, expect, test } from "vitest";
import type { ActorDetail } from "../protocol/actors.ts";
import { MAX_FRAME_BYTES, MAX_FRAME_ENTRIES } from "../protocol/stream.ts";
import type { Inspector } from "../runtime/api.ts";
import type { ActorId } from "../runtime/ports/ids.ts";
import type { CommittedEntry } from "../runtime/shared/events.ts";
import { ActorView } from "./actor-view.ts";

const address = { type: "ledger", keyText: "a" };
const time = "2026-01-01T00:00:00.000Z";
const detail: ActorDetail = {
  ...address,
  key: ["a"],
  lifecycle: "active",
  head: 0,
  createdAt: time,
  lastActiveAt: time,
  persistence: "journal",
  reason: null,
  queued: 0,
  effect: null,
  nextTry: null,
  parked: null,
  recovery: null,
  passivateAfterMs: 1_000,
  state: null,
  stateBytes: 4,
  lastChange: null,
  seq: 0,
  begins: 1,
};

let view: ActorView;
let head: number;
let down: string | null;

beforeEach(async () => {
  head = 0;
  down = null;
  view = new ActorView(
    { actor: async () => detail, liveStatus: () => null, databaseDownSince: () => down } as unknown as Inspector,
    address,
  );
  await view.load();
  view.take();
});

/** Commits entries of the given sizes. */
function commit(...entryBytes: number[]): void {
  const entries = entryBytes.map((bytes): CommittedEntry => {
    const turn = { kind: "turn", messageId: "m", reply: null, version: 1, code: "c" } as const;
    return { seq: ++head, at: 0, durationMs: 7, kind: "turn", body: turn, bytes };
  });
  const id = 1 as ActorId;
  view.changed({
    ...address,
    id,
    head,
    seq: head,
    state: head,
    stateBytes: 100 + head,
    lastChange: null,
    entries,
    at: 0,
  });
}

const told = () => view.take().entries?.map(({ seq }) => seq);

describe("a frame of an actor with a journal", () => {
  test("tells all entries since the frame before, how long their commits took, and the size of the state", () => {
    commit(10, 10);
    commit(10);
    expect(view.take()).toMatchObject({
      actor: { head: 3, state: 3, stateBytes: 103 },
      entries: [{ seq: 1, durationMs: 7 }, { seq: 2 }, { seq: 3 }],
    });
    commit(10);
    expect(told()).toEqual([4]);
  });

  test("tells all of as many as it carries, and of more some of the newest", () => {
    for (let i = 0; i < MAX_FRAME_ENTRIES / 2; i++) commit(10, 10);
    expect(told()).toEqual(Array.from({ length: MAX_FRAME_ENTRIES }, (_, i) => i + 1));
    for (let i = 0; i < MAX_FRAME_ENTRIES; i++) commit(10, 10);
    expect(told()).toEqual(Array.from({ length: 50 }, (_, i) => 3 * MAX_FRAME_ENTRIES - 50 + i + 1));
    for (let i = 0; i < 3 * MAX_FRAME_ENTRIES; i++) commit(10);
    expect(told()).toHaveLength(50);
  });

  test("tells so many bytes of the newest at most", () => {
    const tenth = Math.floor(MAX_FRAME_BYTES / 10);
    for (let i = 0; i < 100; i++) commit(tenth);
    expect(told()).toEqual([91, 92, 93, 94, 95, 96, 97, 98, 99, 100]);
    commit(10, MAX_FRAME_BYTES - 1, 1);
    expect(told()).toEqual([102, 103]);
  });

  test("tells none when the newest is too large for it: its reader asks for them", () => {
    commit(10);
    commit(MAX_FRAME_BYTES + 1);
    expect(view.take()).toMatchObject({ actor: { head: 2 }, entries: [] });
    commit(10);
    expect(told()).toEqual([3]);
  });
});

test("an actor that was erased is told to be gone, and is anew whatever it becomes", async () => {
  commit(10, 10);
  view.take();
  view.erased();
  expect(view.news()).toBe(true);
  expect(view.take()).toEqual({ databaseDownSince: null, erased: true });
  expect(view.news()).toBe(false);
  head = 0;
  commit(10);
  expect(view.stale).toBe(true);
  await view.load();
  expect(view.take().actor).toMatchObject({ head: 1, state: 1 });
});

test("that the database does not answer is told, and that it does again", () => {
  expect(view.news()).toBe(false);
  down = time;
  expect(view.news()).toBe(true);
  expect(view.take()).toMatchObject({ databaseDownSince: time, actor: { head: 0 } });
  expect(view.news()).toBe(false);
  down = null;
  expect(view.take()).toMatchObject({ databaseDownSince: null });
});
