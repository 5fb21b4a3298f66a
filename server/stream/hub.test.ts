import { beforeEach, describe, expect, test } from "vitest";
import { GreenroomError } from "../core/errors.ts";
import type { ActorDetail } from "../protocol/actors.ts";
import type { Overview } from "../protocol/overview.ts";
import { FRAME_INTERVAL_MS, type Frame, NEWEST_ACTOR, type Position } from "../protocol/stream.ts";
import type { Inspector, LiveStatus } from "../runtime/api.ts";
import type { ActorId, Address } from "../runtime/ports/ids.ts";
import { type ActorChange, Events } from "../runtime/shared/events.ts";
import { VirtualClock } from "../testing/virtual-clock.ts";
import { ActorView } from "./actor-view.ts";
import { ActorsView } from "./actors-view.ts";
import { Hub, type Reader } from "./hub.ts";
import { MailView, OverviewView } from "./server-views.ts";
import type { View } from "./view.ts";

const address: Address = { type: "note", keyText: "a" };
const time = "2026-01-01T00:00:00.000Z";

/** A node with one actor. The test controls reads and their timing. */
class FakeNode {
  readonly events = new Events();
  readonly statuses = new Map<string, LiveStatus>();
  batch = 0;
  newestActor = 0;
  head = 1;
  overviews = 0;
  mail = { waiting: 0, dead: 0 };
  readings = 0;
  reading: Promise<void> = Promise.resolve();
  failure: Error | undefined;

  readonly inspector: Inspector = {
    types: () => [],
    overview: (): Overview => {
      this.overviews++;
      return { samples: [] } as unknown as Overview;
    },
    databaseDownSince: () => null,
    mailCounts: () => this.mail,
    actors: async () => ({ items: [], next: null }),
    facets: async () => [],
    everyActor: async () => [],
    typeStats: (type) => ({
      type,
      since: time,
      commands: [],
      recovery: { total: 0, p50: null, p95: null, max: null },
    }),
    activity: async () => ({ entries: [], letters: [], total: 0, isMore: false, states: 0 }),
    journal: async () => ({ items: [], next: null }),
    checkpoints: async () => [],
    state: async () => ({ head: this.head, state: { n: this.head } }),
    actor: async () => {
      this.readings++;
      const detail = this.detail();
      await this.reading;
      if (this.failure !== undefined) throw this.failure;
      return detail;
    },
    liveStatus: ({ keyText }) => this.statuses.get(keyText) ?? null,
    summaries: async (names) => names.map(() => this.detail()),
    countCreated: async (_list, since, until) => {
      await this.reading;
      return (until[NEWEST_ACTOR] ?? 0) - (since[NEWEST_ACTOR] ?? 0);
    },
    position: () => ({ "0": this.batch, [NEWEST_ACTOR]: this.newestActor }),
  };

  detail(): ActorDetail {
    return {
      ...address,
      key: ["a"],
      lifecycle: "passivated",
      head: this.head,
      createdAt: time,
      lastActiveAt: time,
      persistence: "state",
      reason: null,
      queued: 0,
      effect: null,
      nextTry: null,
      parked: null,
      recovery: null,
      passivateAfterMs: 1000,
      state: { n: this.head },
      stateBytes: 7,
      lastChange: null,
      seq: 0,
      begins: 1,
    };
  }

  /** Commits a change of the actor's mailbox only. */
  receive(): void {
    this.batch++;
    this.mail = { ...this.mail, waiting: this.mail.waiting + 1 };
    this.#committed([], [address]);
  }

  /** Creates actors. */
  create(...keys: string[]): void {
    const actors = keys.map((keyText) => ({ type: "note", keyText, id: ++this.newestActor as ActorId }));
    this.events.emit({ kind: "created", actors });
  }

  /** Commits the next revision of the actor. */
  commit(): void {
    this.head++;
    this.batch++;
    const { head } = this;
    const lastChange = { command: "write", messageId: "m", at: time, paths: [["n"]], more: false };
    const state = { n: head };
    const change = {
      ...address,
      id: 1 as ActorId,
      head,
      seq: 0,
      state,
      stateBytes: 7,
      lastChange,
      entries: [],
      at: 0,
    };
    this.#committed([change], []);
  }

  #committed(changes: ActorChange[], mailboxes: Address[]): void {
    this.events.emit({
      kind: "committed",
      lane: 0,
      number: this.batch,
      at: 0,
      turns: 1,
      durationMs: 1,
      changes,
      failures: [],
      mailboxes,
      mail: { waiting: 0, dead: 0, isExact: true },
      reminders: null,
    });
  }
}

class FakeReader implements Reader {
  readonly id = "r1";
  readonly frames: Frame[] = [];
  readonly view: View;
  isBehind = false;

  constructor(view: View) {
    this.view = view;
  }

  send(frame: Frame): void {
    this.frames.push(frame);
  }

  canTake(): boolean {
    return !this.isBehind;
  }
}

let node: FakeNode;
let clock: VirtualClock;
let hub: Hub;

beforeEach(() => {
  node = new FakeNode();
  clock = new VirtualClock();
  hub = new Hub(node, clock);
});

const actorReader = () => new FakeReader(new ActorView(node.inspector, address));
const heads = (reader: FakeReader) => reader.frames.map((frame) => frame.actor?.head);
const round = () => clock.advance(FRAME_INTERVAL_MS);

describe("a reader of an actor", () => {
  test("receives the current state, then each change, in consecutive frames", async () => {
    const reader = actorReader();
    await hub.join(reader, null);
    node.commit();
    round();
    node.commit();
    round();
    expect(heads(reader)).toEqual([1, 2, 3]);
    expect(reader.frames.map(({ from, position }) => [from, position])).toEqual([
      [null, { "0": 0, actors: 0 }],
      [
        { "0": 0, actors: 0 },
        { "0": 1, actors: 0 },
      ],
      [
        { "0": 1, actors: 0 },
        { "0": 2, actors: 0 },
      ],
    ]);
  });

  test("receives one frame per interval, with the last state", async () => {
    const reader = actorReader();
    await hub.join(reader, null);
    for (let i = 0; i < 50; i++) node.commit();
    round();
    round();
    expect(heads(reader)).toEqual([1, 51]);
    expect(reader.frames[1]?.actor?.state).toEqual({ n: 51 });
  });

  test("receives each change exactly once, also those that commit during a read of the store", async () => {
    let answer = () => {};
    node.reading = new Promise((resolve) => {
      answer = resolve;
    });
    const reader = actorReader();
    const joined = hub.join(reader, null);
    node.commit();
    answer();
    await joined;
    round();
    round();
    expect(heads(reader)).toEqual([2]);
  });

  test("that returns continues where it left off", async () => {
    node.batch = 7;
    const reader = actorReader();
    await hub.join(reader, { "0": 4 });
    expect(reader.frames[0]).toMatchObject({ from: { "0": 4 }, position: { "0": 7 }, actor: { head: 1 } });
  });

  test("starts over if it has seen more than this database has", async () => {
    const reader = actorReader();
    const since: Position = { "0": 99 };
    await hub.join(reader, since);
    expect(reader.frames[0]?.from).toBeNull();
  });

  test("receives lifecycle changes without the state", async () => {
    const reader = actorReader();
    await hub.join(reader, null);
    node.statuses.set("a", {
      lifecycle: "active",
      reason: null,
      queued: 2,
      effect: null,
      nextTry: null,
      parked: null,
      recovery: null,
      lastActiveAt: time,
    });
    round();
    expect(reader.frames[1]?.actor).toMatchObject({ lifecycle: "active", queued: 2, stateOmitted: false });
    expect(reader.frames[1]?.actor).not.toHaveProperty("state");
  });

  test("receives a change of the mailbox once per interval", async () => {
    const reader = actorReader();
    await hub.join(reader, null);
    round();
    node.receive();
    node.receive();
    round();
    round();
    expect(reader.frames.map(({ mailboxChanged }) => mailboxChanged)).toEqual([undefined, true]);
  });

  test("receives how it was recovered, which commits nothing", async () => {
    const reader = actorReader();
    await hub.join(reader, null);
    const recovery = { at: time, checkpoint: 10, entries: 5, ms: 1, damaged: [{ seq: 20, reason: "it is" }] };
    node.statuses.set("a", {
      lifecycle: "active",
      reason: null,
      queued: 0,
      effect: null,
      nextTry: null,
      parked: null,
      recovery,
      lastActiveAt: time,
    });
    round();
    expect(reader.frames[1]?.actor).toMatchObject({ recovery });
    node.statuses.delete("a");
    round();
    expect(reader.frames[2]?.actor).toMatchObject({ lifecycle: "passivated", recovery: null });
  });

  test("that is behind receives nothing until it has caught up, then one frame that continues its last one", async () => {
    const reader = actorReader();
    await hub.join(reader, null);
    reader.isBehind = true;
    for (let i = 0; i < 5; i++) {
      node.commit();
      round();
    }
    expect(heads(reader)).toEqual([1]);
    reader.isBehind = false;
    round();
    expect(heads(reader)).toEqual([1, 6]);
    expect(reader.frames[1]?.from).toEqual(reader.frames[0]?.position);
  });

  test("of an unused actor receives an empty frame, and the actor once it is created", async () => {
    node.failure = new GreenroomError("not_found", "never used");
    const reader = actorReader();
    await hub.join(reader, null);
    expect(reader.frames[0]?.actor).toBeUndefined();
    node.failure = undefined;
    node.commit();
    round();
    await node.reading;
    await expect
      .poll(() => {
        round();
        return heads(reader);
      })
      .toEqual([undefined, 2]);
  });
});

describe("readers, when another node has committed,", () => {
  test("receive a frame that does not continue their position, and watch again", async () => {
    const reader = actorReader();
    await hub.join(reader, null);
    node.head = 9;
    node.events.emit({ kind: "behind", position: { "0": 8 } });
    round();
    const [first, second] = reader.frames;
    expect(second?.from).toEqual({ "0": 8 });
    expect(second?.from).not.toEqual(first?.position);
    hub.leave(reader);
    const again = actorReader();
    await hub.join(again, first?.position ?? null);
    node.batch = 8;
    node.commit();
    round();
    expect(heads(again)).toEqual([9, 10]);
    expect(again.frames[1]).toMatchObject({ from: again.frames[0]?.position, position: { "0": 9 } });
  });

  test("read the store again if they were reading it", async () => {
    let answer = () => {};
    node.reading = new Promise((resolve) => {
      answer = resolve;
    });
    const reader = actorReader();
    const joined = hub.join(reader, null);
    node.head = 9;
    node.events.emit({ kind: "behind", position: { "0": 8 } });
    answer();
    await joined;
    expect(heads(reader)).toEqual([9]);
    expect(reader.frames[0]?.position).toEqual({ "0": 8 });
  });
});

test("a reader that cannot be served is removed, and receives the error", async () => {
  node.failure = new GreenroomError("unavailable", "no database");
  const reader = actorReader();
  await expect(hub.join(reader, null)).rejects.toMatchObject({ code: "unavailable" });
  node.commit();
  round();
  expect(reader.frames).toEqual([]);
});

test("there is no subscription and no timer without readers", async () => {
  const reader = actorReader();
  await hub.join(reader, null);
  hub.leave(reader);
  node.commit();
  clock.advance(10 * FRAME_INTERVAL_MS);
  expect(reader.frames).toHaveLength(1);
  expect(node.readings).toBe(1);
});

test("a list receives its changed actors, and the number of matching ones created", async () => {
  const list = { kind: "actors" as const, actors: [{ type: "note", key: ["a"] }], type: "note", q: "New" };
  const reader = new FakeReader(new ActorsView(node.inspector, list));
  await hub.join(reader, null);
  round();
  expect(reader.frames).toHaveLength(1);
  node.commit();
  node.create("new-1", "other", "a:NEW");
  node.events.emit({ kind: "created", actors: [{ type: "else", keyText: "new-2", id: 4 as ActorId }] });
  round();
  expect(reader.frames, "a quarter of a second has not gone by").toHaveLength(1);
  clock.advance(250);
  expect(reader.frames[1]).toMatchObject({ actors: [{ keyText: "a", head: 2 }], created: 2 });
});

test("a list that returns counts each created actor once: earlier ones by the store, later ones by events", async () => {
  const list = { kind: "actors" as const, actors: [] };
  const reader = new FakeReader(new ActorsView(node.inspector, list));
  node.create("a", "b", "c");
  let answer = () => {};
  node.reading = new Promise((resolve) => {
    answer = resolve;
  });
  const joined = hub.join(reader, { "0": 0, actors: 1 });
  node.create("d");
  // A late event: the reply to its creation was lost, and it was requested again.
  node.events.emit({ kind: "created", actors: [{ type: "note", keyText: "c", id: 3 as ActorId }] });
  answer();
  await joined;
  round();
  node.create("e");
  clock.advance(300);
  expect(reader.frames.map(({ created, position }) => [created, position.actors])).toEqual([
    [3, 4],
    [1, 5],
  ]);
});

test("the overview is read once for all readers, twice a second during commits, else once a second", async () => {
  const readers = [1, 2, 3].map(() => new FakeReader(new OverviewView(node.inspector)));
  for (const reader of readers) await hub.join(reader, null);
  const before = node.overviews;
  for (let i = 0; i < 10; i++) {
    node.commit();
    round();
  }
  expect(node.overviews).toBe(before + 2);
  clock.advance(3000);
  expect(node.overviews).toBe(before + 5);
  expect(readers.map((reader) => reader.frames.length)).toEqual([6, 6, 6]);
});

describe("a reader of the mail counts", () => {
  test("receives the counts at once, and when they change", async () => {
    const reader = new FakeReader(new MailView(node.inspector));
    await hub.join(reader, null);
    round();
    node.receive();
    node.receive();
    round();
    node.commit();
    round();
    expect(reader.frames.map(({ mail }) => mail)).toEqual([
      { waiting: 0, dead: 0 },
      { waiting: 2, dead: 0 },
    ]);
  });
});
