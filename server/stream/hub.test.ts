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
import { MailView } from "./mail-view.ts";
import { OverviewView } from "./overview-view.ts";
import type { View } from "./view.ts";

const address: Address = { type: "note", keyText: "a" };
const time = "2026-01-01T00:00:00.000Z";

/** A node with one actor, whose readings and moment of answering the test decides. */
class FakeNode {
  readonly events = new Events();
  readonly glances = new Map<string, LiveStatus>();
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
    liveStatus: ({ keyText }) => this.glances.get(keyText) ?? null,
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

  /** Commits something in the actor's mailbox, and nothing else. */
  receive(): void {
    this.batch++;
    this.mail = { ...this.mail, waiting: this.mail.waiting + 1 };
    this.#committed([], [address]);
  }

  /** Brings actors into the store. */
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
  test("gets what is there, then each change, in frames that follow from one another", async () => {
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

  test("gets one frame for all that happened in one interval, with the last state", async () => {
    const reader = actorReader();
    await hub.join(reader, null);
    for (let i = 0; i < 50; i++) node.commit();
    round();
    round();
    expect(heads(reader)).toEqual([1, 51]);
    expect(reader.frames[1]?.actor?.state).toEqual({ n: 51 });
  });

  test("misses nothing that commits while the store is read, and gets nothing twice", async () => {
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

  test("that comes back begins where it left off", async () => {
    node.batch = 7;
    const reader = actorReader();
    await hub.join(reader, { "0": 4 });
    expect(reader.frames[0]).toMatchObject({ from: { "0": 4 }, position: { "0": 7 }, actor: { head: 1 } });
  });

  test("begins anew when it has seen more than this database has", async () => {
    const reader = actorReader();
    const since: Position = { "0": 99 };
    await hub.join(reader, since);
    expect(reader.frames[0]?.from).toBeNull();
  });

  test("is told of its life without its state", async () => {
    const reader = actorReader();
    await hub.join(reader, null);
    node.glances.set("a", {
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

  test("is told that its mailbox has changed, once for all that happened in one interval", async () => {
    const reader = actorReader();
    await hub.join(reader, null);
    round();
    node.receive();
    node.receive();
    round();
    round();
    expect(reader.frames.map(({ mailboxChanged }) => mailboxChanged)).toEqual([undefined, true]);
  });

  test("is told how it was recovered, which commits nothing", async () => {
    const reader = actorReader();
    await hub.join(reader, null);
    const recovery = { at: time, checkpoint: 10, entries: 5, ms: 1, damaged: [{ seq: 20, reason: "it is" }] };
    node.glances.set("a", {
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
    node.glances.delete("a");
    round();
    expect(reader.frames[2]?.actor).toMatchObject({ lifecycle: "passivated", recovery: null });
  });

  test("that is behind gets nothing until it has caught up, then one frame that follows from its last", async () => {
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

  test("of an actor that was never used gets an empty frame, and the actor once it is made", async () => {
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
  test("get a frame that does not follow from where they stand, and watch again", async () => {
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

  test("read the store again if they were reading it just then", async () => {
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

test("a reader that cannot be served is out again, and hears why", async () => {
  node.failure = new GreenroomError("unavailable", "no database");
  const reader = actorReader();
  await expect(hub.join(reader, null)).rejects.toMatchObject({ code: "unavailable" });
  node.commit();
  round();
  expect(reader.frames).toEqual([]);
});

test("nothing is listened to and no timer runs while nobody reads", async () => {
  const reader = actorReader();
  await hub.join(reader, null);
  hub.leave(reader);
  node.commit();
  clock.advance(10 * FRAME_INTERVAL_MS);
  expect(reader.frames).toHaveLength(1);
  expect(node.readings).toBe(1);
});

test("a list is told of the actors in which something happened, and how many fitting ones were created", async () => {
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

test("a list that comes back counts who was created meanwhile: until now by the store, then as it happens, each once", async () => {
  const list = { kind: "actors" as const, actors: [] };
  const reader = new FakeReader(new ActorsView(node.inspector, list));
  node.create("a", "b", "c");
  let answer = () => {};
  node.reading = new Promise((resolve) => {
    answer = resolve;
  });
  const joined = hub.join(reader, { "0": 0, actors: 1 });
  node.create("d");
  // Told late: the answer to its making was lost, and it was asked for once more.
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

test("the overview is read once for all who look, twice a second while there are commits, else each second", async () => {
  const readers = [1, 2, 3].map(() => new FakeReader(new OverviewView()));
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

describe("a reader of how much mail there is", () => {
  test("gets the counts at once, and again whenever they change", async () => {
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
