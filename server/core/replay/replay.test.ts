import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { Entry } from "../../protocol/journal.ts";
import type { Divergence } from "../../protocol/what-if.ts";
import { type EffectOutcome, MemoryJournal } from "../../testing/runtime/memory-journal.ts";
import { type ActorType, defineActor } from "../define/define.ts";
import { namedKey } from "../turn/turn.ts";
import { Replay } from "./replay.ts";

const KEY = ["1"];
const none = z.object({});

/** The code of a till. Each test changes one of its handlers. */
const till = {
  type: "till",
  key: ["id"],
  persistence: "journal",
  state: z.object({ sum: z.number(), log: z.array(z.string()) }),
  initial: () => ({ sum: 0, log: [] as string[] }),
  commands: { pay: z.object({ amount: z.number() }), draw: none, fail: none, quote: none, wipe: none, mark: none },
  queries: {},
  passivateAfter: "1m",
} as const;
type Context = { state: { sum: number; log: string[] } };

const Till = defineActor({
  ...till,
  on: {
    pay(c, { amount }) {
      c.state.sum += amount;
      c.state.log.push(`paid ${amount}`);
      return c.state.sum;
    },
    draw(c) {
      c.state.log.push(`${c.random()} ${c.uuid()} ${c.now}`);
    },
    fail(c) {
      c.state.sum = 99;
      throw new Error("no such thing");
    },
    *quote(c) {
      const first = yield* c.effect("first", (): number => 0);
      const second = yield* c.effect("second", (): number => 0);
      c.state.sum += first + second;
      return [first, second];
    },
    wipe(c) {
      c.state.log = [];
    },
    mark: () => "marked",
  },
});

/** The till with another handler for one command. */
function changed(command: string, handler: (c: never, payload: never) => unknown): ActorType {
  return { ...Till, handlers: new Map([...Till.handlers, [command, handler]]) };
}

type Message = [command: string, payload?: object, effects?: EffectOutcome[]];

/** The journal of a till that received some messages. */
function journal(...messages: Message[]): Entry[] {
  const recorded = new MemoryJournal(Till, KEY);
  for (const [command, payload, effects] of messages) recorded.send(command, payload, effects);
  return recorded.entries;
}

/** All divergences between a journal and the code. */
function replay(type: ActorType, entries: readonly Entry[]): Divergence[] {
  const replayed = new Replay(type, namedKey(type, KEY));
  return entries.map((entry) => replayed.next(entry)).filter((found) => found !== null);
}

const result = (value: number): EffectOutcome => ({ result: value });
const everything: Message[] = [
  ["pay", { amount: 5 }],
  ["draw"],
  ["fail"],
  ["quote", {}, [result(1), result(2)]],
  ["pay", { amount: 1 }],
  ["quote", {}, [{ error: { name: "Error", message: "no line" } }]],
  ["wipe"],
  ["mark"],
  ["pay", { amount: 2 }],
];

describe("replay of unchanged code", () => {
  test("finds no divergence in any journal", () => {
    const entries = journal(...everything);
    expect(new Set(entries.map((entry) => entry.body.kind))).toEqual(
      new Set(["turn", "attempt_failed", "received", "effect"]),
    );
    expect(replay(Till, entries)).toEqual([]);
  });

  test("finds nothing in the journal of a turn that is open", () => {
    expect(replay(Till, journal(["quote", {}, [result(1)]]))).toEqual([]);
  });

  test("does not change the journal", () => {
    const entries = journal(...everything);
    const before = structuredClone(entries);
    replay(Till, entries);
    expect(entries).toEqual(before);
  });

  test("can start at a later seq, from the head before it", () => {
    const recorded = new MemoryJournal(Till, KEY);
    for (const [command, payload, effects] of everything) recorded.send(command, payload, effects);
    recorded.entries.splice(6);
    const head = recorded.folded();
    const later = journal(...everything).slice(6);
    const replayed = new Replay(Till, namedKey(Till, KEY), head);
    // The seeds of both journals are the same: messages are numbered.
    expect(later.map((entry) => replayed.next(entry))).toEqual(later.map(() => null));
  });
});

describe("replay of equivalent code", () => {
  test("finds nothing when other patches lead to the same state", () => {
    const other = changed("pay", (c: Context, { amount }: { amount: number }) => {
      c.state = { sum: c.state.sum + amount, log: [...c.state.log, `paid ${amount}`] };
      return c.state.sum;
    });
    const reassigning = changed("pay", (c: Context, { amount }: { amount: number }) => {
      c.state.log = [...c.state.log, `paid ${amount}`];
      c.state.sum = amount + c.state.sum;
      return c.state.sum;
    });
    expect(replay(reassigning, journal(...everything))).toEqual([]);
    expect(replay(other, journal(["pay", { amount: 1 }]))).toMatchObject([{ kind: "throw" }]);
  });

  test("finds nothing when a message fails for another reason", () => {
    const other = changed("fail", () => {
      throw new TypeError("nothing of the kind");
    });
    expect(replay(other, journal(...everything))).toEqual([]);
  });
});

describe("replay of changed code finds", () => {
  const paid: Message[] = [["mark"], ["pay", { amount: 2 }], ["pay", { amount: 3 }]];
  const entries = journal(...paid);

  test("another state, and continues from the recorded one", () => {
    const other = changed("pay", (c: Context, { amount }: { amount: number }) => {
      c.state.sum += amount;
      c.state.log.push(`got ${amount}`);
      return c.state.sum;
    });
    expect(replay(other, entries)).toEqual([
      {
        seq: 2,
        kind: "state",
        recorded: { sum: 2, log: ["paid 2"] },
        actual: { sum: 2, log: ["got 2"] },
      },
      {
        seq: 3,
        kind: "state",
        recorded: { sum: 5, log: ["paid 2", "paid 3"] },
        actual: { sum: 5, log: ["paid 2", "got 3"] },
      },
    ]);
  });

  test("another first state", () => {
    const other = { ...Till, initial: () => ({ sum: 0, log: ["opened"] }) };
    expect(replay(other, entries)).toEqual([
      { seq: 1, kind: "state", recorded: { sum: 0, log: [] }, actual: { sum: 0, log: ["opened"] } },
    ]);
  });

  test("another reply", () => {
    expect(
      replay(
        changed("mark", () => ({ marked: true })),
        entries,
      ),
    ).toEqual([{ seq: 1, kind: "reply", recorded: "marked", actual: { marked: true } }]);
  });

  test("a throw that was not recorded", () => {
    const other = changed("pay", (c: { reject(reason: string): never }) => c.reject("closed"));
    expect(replay(other, entries)).toEqual([
      { seq: 2, kind: "throw", recorded: 2, actual: "closed" },
      { seq: 3, kind: "throw", recorded: 5, actual: "closed" },
    ]);
  });

  test("no throw where one was recorded", () => {
    expect(
      replay(
        changed("fail", () => null),
        journal(["pay", { amount: 1 }], ["fail"], ["pay", { amount: 1 }]),
      ),
    ).toEqual([{ seq: 2, kind: "throw", recorded: "till.fail failed: no such thing", actual: null }]);
  });

  test("a command that no longer exists", () => {
    const { mark: _, ...operations } = Object.fromEntries(Till.operations);
    const other = { ...Till, operations: new Map(Object.entries(operations)) };
    expect(replay(other, entries)).toEqual([
      { seq: 1, kind: "throw", recorded: "marked", actual: 'till no longer has a command "mark"' },
    ]);
  });

  describe("in a turn with effects", () => {
    const quoted = journal(["quote", {}, [result(1), result(2)]], ["pay", { amount: 1 }]);
    const at = { seq: 4 };

    test("another effect", () => {
      const other = changed("quote", function* (c: { effect(name: string): Generator }) {
        yield* c.effect("first");
        yield* c.effect("third");
      } as never);
      expect(replay(other, quoted)).toEqual([{ ...at, kind: "other effect", recorded: "second", actual: "third" }]);
    });

    test("one that is missing", () => {
      const other = changed("quote", function* (c: { effect(name: string): Generator }) {
        yield* c.effect("first");
      } as never);
      expect(replay(other, quoted)).toEqual([{ ...at, kind: "missing effect", recorded: "second", actual: null }]);
    });

    test("none at all", () => {
      expect(
        replay(
          changed("quote", () => 3),
          quoted,
        ),
      ).toEqual([{ ...at, kind: "missing effect", recorded: "first", actual: null }]);
    });

    test("one more", () => {
      const other = changed("quote", function* (c: { effect(name: string): Generator }) {
        for (const name of ["first", "second", "third"]) yield* c.effect(name);
      } as never);
      expect(replay(other, quoted)).toEqual([{ ...at, kind: "other effect", recorded: null, actual: "third" }]);
    });

    test("one where the turn failed", () => {
      const failed = journal(["quote", {}, [{ error: { name: "Error", message: "no line" } }]]);
      const other = changed("quote", function* (c: { effect(name: string): Generator }) {
        yield* c.effect("other");
      } as never);
      expect(replay(other, failed)).toEqual([{ seq: 3, kind: "other effect", recorded: "first", actual: "other" }]);
    });

    test("a throw before the recorded effects were requested, whether the turn failed or not", () => {
      const other = changed("quote", () => {
        throw new Error("closed");
      });
      const thrown = { kind: "throw", recorded: "first", actual: "closed" };
      expect(replay(other, quoted)).toEqual([{ ...at, ...thrown }]);
      const failed = journal(["quote", {}, [{ error: { name: "Error", message: "no line" } }]]);
      expect(replay(other, failed)).toEqual([{ seq: 3, ...thrown }]);
    });

    test("a state that depends on the effects' results", () => {
      const other = changed("quote", function* (c: Context & { effect(name: string): Generator<unknown, number> }) {
        const first = yield* c.effect("first");
        const second = yield* c.effect("second");
        c.state.sum += first * second;
        return [first, second];
      } as never);
      expect(replay(other, quoted)).toEqual([
        { ...at, kind: "state", recorded: { sum: 3, log: [] }, actual: { sum: 2, log: [] } },
      ]);
    });
  });
});

describe("replay over a migration", () => {
  const scale = { ...till, type: "scale", commands: { put: z.object({ amount: z.number() }) } } as const;
  const V1 = defineActor({
    ...scale,
    state: z.object({ kilos: z.number() }),
    initial: () => ({ kilos: 0 }),
    on: {
      put(c, { amount }) {
        c.state.kilos += amount;
      },
    },
  });
  const grams = (factor: number, version: 2 | 3 = 2) =>
    defineActor({
      ...scale,
      version,
      migrate: {
        1: ({ kilos }: { kilos: number }) => ({ grams: kilos * factor }),
        2: ({ grams }: { grams: number }) => ({ grams, labels: [] }),
      },
      state: z.object({ grams: z.number() }),
      initial: () => ({ grams: 0 }),
      on: {
        put(c, { amount }) {
          c.state.grams += amount * 1_000;
        },
      },
    });

  /** Two turns of the first version, a migration, two turns of the second; then, when asked for, one of the third. */
  function migrated(...versions: ActorType[]): Entry[] {
    const recorded = new MemoryJournal(V1, KEY);
    recorded.send("put", { amount: 1 });
    recorded.send("put", { amount: 2 });
    for (const version of versions) {
      recorded.restart(version);
      recorded.send("put", { amount: 3 });
      recorded.send("put", { amount: 4 });
    }
    return recorded.entries;
  }

  test("of unchanged code finds no divergence; turns of older versions, whose code is gone, are not run", () => {
    const entries = migrated(grams(1_000), grams(1_000, 3));
    expect(entries.map((entry) => entry.body.kind)).toEqual([
      "turn",
      "turn",
      "migrated",
      "turn",
      "turn",
      "migrated",
      "turn",
      "turn",
    ]);
    expect(replay(grams(1_000, 3), entries)).toEqual([]);
  });

  test("finds a migration that gives another state, and continues from the recorded one", () => {
    expect(replay(grams(999), migrated(grams(1_000)))).toEqual([
      { seq: 3, kind: "state", recorded: { grams: 3_000 }, actual: { grams: 2_997 } },
    ]);
  });

  test("finds a migration that throws", () => {
    const broken = {
      ...grams(1_000),
      migrate: {
        1: () => {
          throw new Error("no kilos");
        },
      },
    };
    expect(replay(broken, migrated(grams(1_000)))).toEqual([
      { seq: 3, kind: "throw", recorded: { grams: 3_000 }, actual: "no kilos" },
    ]);
  });

  test("by code that is older than the journal reports that it does not know the state's version", () => {
    expect(replay(V1, migrated(grams(1_000)))).toMatchObject([
      { seq: 3, kind: "throw", actual: "its state has version 2, but the newest version this code knows is 1" },
    ]);
  });
});
