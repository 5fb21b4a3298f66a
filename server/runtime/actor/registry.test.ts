import { beforeEach, describe, expect, test } from "vitest";
import { deliver } from "../../testing/runtime/deliveries.ts";
import { Note } from "../../testing/types/note.ts";
import { VirtualClock } from "../../testing/virtual-clock.ts";
import { Events, type LifeEvent } from "../shared/events.ts";
import { LANES } from "../shared/limits.ts";
import type { Actor } from "./actor.ts";
import { ActorCounts } from "./counts.ts";
import { Registry } from "./registry.ts";

const MINUTE = 60_000;

let clock: VirtualClock;
let actorCounts: ActorCounts;
let registry: Registry;
let life: string[];
/** Loaded actors that were announced before they were passivated. */
let letGo: string[];

/** A registry with a maximum size, and its life events as `key lifecycle`. */
function open(maxActive: number): void {
  clock = new VirtualClock();
  actorCounts = new ActorCounts(["note"], new Map());
  const events = new Events();
  life = [];
  letGo = [];
  events.listen((event) => {
    const { keyText, lifecycle } = event as LifeEvent;
    life.push(`${keyText} ${lifecycle}`);
  });
  registry = new Registry(maxActive, clock, events, actorCounts, (actor) => letGo.push(actor.keyText));
}

const use = (id: string) => registry.use(Note, [id], id);

/** A loaded actor. */
function load(id: string): Actor {
  const actor = use(id);
  registry.move(actor, "active");
  return actor;
}

/** Gives an actor work. */
const occupy = (actor: Actor) => actor.inbox.push(deliver("leave").delivery);

const inMemory = () => [...registry.all()].map((actor) => actor.keyText);

beforeEach(() => open(3));

describe("getting an actor", () => {
  test("creates it in memory as activating", () => {
    clock.advance(1_000);
    expect(use("a")).toMatchObject({
      type: "note",
      key: ["a"],
      namedKey: { id: "a" },
      lifecycle: "activating",
      lastActiveAt: clock.now(),
    });
    expect(life).toEqual(["a activating"]);
    expect(actorCounts.counts()).toEqual([{ type: "note", counts: { activating: 1 } }]);
  });

  test("again returns the same one", () => {
    const [a] = [use("a"), use("b")];
    clock.advance(1_000);
    expect(use("a")).toBe(a);
    expect(a.lastActiveAt).toBe(clock.now());
    expect(inMemory()).toEqual(["a", "b"]);
    expect(life).toEqual(["a activating", "b activating"]);
  });

  test("assigns the lane that its name determines, with a similar number for each lane", () => {
    open(1_000);
    const lanes = Array.from({ length: 1_000 }, (_, i) => use(`n${i}`).lane);
    open(1_000);
    expect(Array.from({ length: 1_000 }, (_, i) => use(`n${i}`).lane)).toEqual(lanes);
    for (let lane = 0; lane < LANES; lane++) {
      expect(lanes.filter((one) => one === lane).length).toBeGreaterThan(800 / LANES);
    }
  });

  test("by a read neither loads it nor counts as a use", () => {
    const a = use("a");
    use("b");
    expect(registry.get({ type: "note", keyText: "a" })).toBe(a);
    expect(registry.get({ type: "note", keyText: "c" })).toBeUndefined();
    expect(registry.get({ type: "other", keyText: "a" })).toBeUndefined();
    expect(inMemory()).toEqual(["a", "b"]);
  });
});

describe("when memory is full", () => {
  test("the least recently used actor is passivated", () => {
    for (const id of ["a", "b", "c", "a"]) load(id);
    use("d");
    expect(inMemory()).toEqual(["c", "a", "d"]);
    expect(life.slice(-2)).toEqual(["b passivated", "d activating"]);
  });

  test("actors with work or being loaded stay", () => {
    occupy(load("a"));
    use("b");
    load("c");
    use("d");
    expect(inMemory()).toEqual(["a", "b", "d"]);
  });

  test("with actors that have work, another one is refused and none is passivated", () => {
    for (const id of ["a", "b", "c"]) occupy(load(id));
    expect(() => use("d")).toThrow(
      expect.objectContaining({ code: "overloaded", details: { retryAfterMs: expect.any(Number) } }),
    );
    expect(inMemory()).toEqual(["a", "b", "c"]);
    expect(use("a").keyText).toBe("a");
  });

  test("up to 1,000 actors are examined", () => {
    open(1_001);
    for (let i = 0; i < 1_000; i++) use(`busy${i}`);
    load("quiet");
    expect(() => use("one more")).toThrow(expect.objectContaining({ code: "overloaded" }));
  });
});

describe("the check for idle actors", () => {
  const half = () => registry.passivateIdle(() => 30 * MINUTE);

  test("passivates an actor that was idle for longer than its time, and no sooner", () => {
    const a = load("a");
    clock.advance(30 * MINUTE);
    half();
    expect(inMemory()).toEqual(["a"]);
    clock.advance(1);
    half();
    expect(inMemory()).toEqual([]);
    expect(a).toMatchObject({ lifecycle: "passivated", state: undefined });
    expect(life).toEqual(["a activating", "a active", "a passivated"]);
    expect(letGo).toEqual(["a"]);
  });

  test("measures from the last use", () => {
    load("a");
    clock.advance(20 * MINUTE);
    use("a");
    clock.advance(20 * MINUTE);
    half();
    expect(inMemory()).toEqual(["a"]);
  });

  test("keeps actors that have work or are being loaded", () => {
    occupy(load("a"));
    use("b");
    load("c");
    clock.advance(31 * MINUTE);
    half();
    expect(inMemory()).toEqual(["a", "b"]);
  });

  test("uses each actor's own idle time", () => {
    load("a");
    load("b");
    clock.advance(2 * MINUTE);
    registry.passivateIdle((actor) => (actor.keyText === "a" ? MINUTE : 3 * MINUTE));
    expect(inMemory()).toEqual(["b"]);
  });
});

describe("a change of an actor's lifecycle", () => {
  test("emits an event, except for the start and end of work", () => {
    const actor = load("a");
    registry.move(actor, "processing");
    registry.move(actor, "active");
    registry.move(actor, "failed", "its state does not fit");
    expect(life).toEqual(["a activating", "a active", "a failed"]);
    expect(actor).toMatchObject({ lifecycle: "failed", reason: "its state does not fit" });
  });

  test("clears the reason of a failure, and is counted", () => {
    const actor = load("a");
    registry.move(actor, "failed", "why");
    expect(actorCounts.counts()).toEqual([{ type: "note", counts: { failed: 1 } }]);
    registry.move(actor, "activating");
    expect(actor.reason).toBeNull();
    expect(actorCounts.counts()).toEqual([{ type: "note", counts: { activating: 1 } }]);
    registry.passivate(actor);
    expect(actorCounts.counts()).toEqual([{ type: "note", counts: {} }]);
  });
});
