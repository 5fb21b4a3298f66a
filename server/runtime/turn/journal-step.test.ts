import assert from "node:assert";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { defineActor } from "../../core/define/define.ts";
import { MemoryJournal } from "../../testing/runtime/memory-journal.ts";
import { ledgerType, World } from "../../testing/types/ledger.ts";

const Ledger = ledgerType(new World());
const bodies = (journal: MemoryJournal) => journal.entries.map((entry) => entry.body);
const kinds = (journal: MemoryJournal) => bodies(journal).map((body) => body.kind);

describe("a turn of an actor with a journal", () => {
  test("writes one entry with its message, its patches, its reply and the code that ran", () => {
    const journal = new MemoryJournal(Ledger, ["a"]);
    journal.send("add", { amount: 1 });
    journal.send("add", { amount: 2 }, [], 5_000);
    expect(bodies(journal)[1]).toEqual({
      kind: "turn",
      messageId: "m1",
      message: { id: "m1", command: "add", payload: { amount: 2 }, now: 5_000 },
      patches: [{ op: "replace", path: ["total"], value: 3 }],
      reply: 3,
      version: 1,
      code: Ledger.code,
    });
  });

  test("writes the state if it is the first, or if it is shorter than the patches", () => {
    const List = defineActor({
      type: "list",
      key: ["id"],
      persistence: "journal",
      state: z.object({ items: z.array(z.string()) }),
      initial: () => ({ items: [] as string[] }),
      commands: { fill: z.object({ count: z.number() }), prepend: z.object({}) },
      queries: {},
      on: {
        fill(c, { count }) {
          for (let i = 0; i < count; i++) c.state.items.push(`item ${i}`);
        },
        prepend(c) {
          c.state.items.unshift("new");
        },
      },
      passivateAfter: "1m",
    });
    const journal = new MemoryJournal(List, ["a"]);
    journal.send("fill", { count: 100 });
    journal.send("prepend");
    expect(bodies(journal)).toMatchObject([
      { state: { items: { length: 100 } } },
      { state: { items: { length: 101 } } },
    ]);
    expect(bodies(journal)[1]).not.toHaveProperty("patches");
    const short = new MemoryJournal(List, ["b"]);
    short.send("fill", { count: 3 });
    short.send("prepend");
    expect(bodies(short)[1]).toMatchObject({ patches: { length: 4 } });
  });

  test("that changes nothing and has no idempotency key writes nothing", () => {
    const journal = new MemoryJournal(Ledger, ["a"]);
    journal.send("add", { amount: 1 });
    expect(journal.send("add", { amount: 0 })).toEqual({ reply: 1, seq: 1, unrecorded: true });
    expect(kinds(journal)).toEqual(["turn"]);
  });

  test("records the payload as received, even if the handler changes it", () => {
    const Greedy = defineActor({
      type: "greedy",
      key: ["id"],
      persistence: "journal",
      state: z.object({ taken: z.array(z.unknown()) }),
      initial: () => ({ taken: [] as unknown[] }),
      commands: { take: z.object({ list: z.array(z.number()), item: z.object({ n: z.number() }) }) },
      queries: {},
      on: {
        *take(c, { list, item }) {
          c.state.taken.push(list.pop(), item);
          item.n += 1;
          yield* c.effect("x", () => null);
        },
      },
      passivateAfter: "1m",
    });
    const journal = new MemoryJournal(Greedy, ["a"]);
    journal.send("take", { list: [1, 2], item: { n: 1 } }, [{ result: null }]);
    expect(bodies(journal)[0]).toMatchObject({ message: { payload: { list: [1, 2], item: { n: 1 } } } });
    expect(journal.state).toEqual({ taken: [2, { n: 2 }] });
  });

  test("keeps the order of an object's members after a restart", () => {
    const Recent = defineActor({
      type: "recent",
      key: ["id"],
      persistence: "journal",
      state: z.object({ uses: z.record(z.string(), z.number()) }),
      initial: () => ({ uses: {} as Record<string, number> }),
      commands: { use: z.object({ name: z.string() }) },
      queries: {},
      on: {
        // Keeps the two used last, oldest first.
        use(c, { name }) {
          delete c.state.uses[name];
          c.state.uses[name] = 1;
          const [oldest, ...others] = Object.keys(c.state.uses);
          if (others.length > 1 && oldest !== undefined) delete c.state.uses[oldest];
          return Object.keys(c.state.uses);
        },
      },
      passivateAfter: "1m",
    });
    const journal = new MemoryJournal(Recent, ["a"]);
    for (const name of ["a", "b", "a"]) journal.send("use", { name });
    journal.restart();
    expect(journal.send("use", { name: "c" })).toMatchObject({ reply: ["a", "c"] });
  });
});

describe("a message that fails", () => {
  test("is not the newest turn: a checkpoint after it has the time of the turn before, as a fold has", () => {
    const journal = new MemoryJournal(Ledger, ["a"]);
    journal.send("add", { amount: 1 }, [], 1_000);
    journal.send("crash", {}, [], 7_000);
    expect([journal.checkpointTime, journal.folded().turnTime]).toEqual([1_000, 1_000]);
    journal.send("add", { amount: 1 }, [], 8_000);
    expect([journal.checkpointTime, journal.folded().turnTime]).toEqual([8_000, 8_000]);
  });

  test("by a throw is recorded with the error, and changes nothing", () => {
    const journal = new MemoryJournal(Ledger, ["a"]);
    journal.send("add", { amount: 1 });
    expect(journal.send("crash", {}, [], 7_000)).toMatchObject({ error: { code: "handler_failed" } });
    expect(bodies(journal)[1]).toEqual({
      kind: "attempt_failed",
      messageId: "m1",
      message: { id: "m1", command: "crash", payload: {}, now: 7_000 },
      attempt: 1,
      error: {
        name: "Error",
        message: "ledger.crash failed: crashed on purpose",
        stack: expect.stringContaining("Error: crashed on purpose"),
      },
      code: Ledger.code,
    });
    expect(journal.state).toEqual({ total: 1, notes: [] });
  });

  test("by a refusal is not recorded", () => {
    const journal = new MemoryJournal(Ledger, ["a"]);
    expect(journal.send("refuse")).toMatchObject({ error: { code: "rejected" } });
    expect(kinds(journal)).toEqual([]);
  });

  test("after an effect is recorded without the message, which a `received` entry has", () => {
    const journal = new MemoryJournal(Ledger, ["a"]);
    journal.send("ask", { names: ["x", "y"] }, [{ result: 1 }, { error: { name: "Error", message: "no line" } }]);
    expect(kinds(journal)).toEqual(["received", "effect", "effect", "attempt_failed"]);
    expect(bodies(journal)[3]).not.toHaveProperty("message");
    expect(journal.state).toBeNull();
    expect(journal.send("add", { amount: 1 })).toEqual({ reply: 1, seq: 5 });
  });
});

describe("a turn with effects", () => {
  test("writes that its message was received, the outcome of each effect, and the turn", () => {
    const journal = new MemoryJournal(Ledger, ["a"]);
    expect(journal.send("ask", { names: ["x", "y"] }, [{ result: 1 }, { result: 2 }])).toEqual({ reply: 3, seq: 4 });
    const message = { id: "m0", command: "ask", payload: { names: ["x", "y"], attempts: 1 }, now: 0 };
    expect(bodies(journal)).toEqual([
      { kind: "received", messageId: "m0", message },
      { kind: "effect", messageId: "m0", n: 0, effect: { name: "x", attempts: 1, result: 1 } },
      { kind: "effect", messageId: "m0", n: 1, effect: { name: "y", attempts: 1, result: 2 } },
      {
        kind: "turn",
        messageId: "m0",
        state: { total: 3, notes: ["x=1", "y=2"] },
        reply: 3,
        version: 1,
        code: Ledger.code,
      },
    ]);
  });

  test.each([0, 1, 2])("continues after a restart when %i of its effects have finished", (over) => {
    const effects = [{ result: 1 }, { result: 2 }];
    const whole = new MemoryJournal(Ledger, ["a"]);
    whole.send("ask", { names: ["x", "y"] }, effects);
    const broken = new MemoryJournal(Ledger, ["a"]);
    broken.send("ask", { names: ["x", "y"] }, effects.slice(0, over));
    if (over === 2) broken.entries.pop();
    broken.restart();
    broken.resume(effects.slice(over));
    expect(broken.entries).toEqual(whole.entries);
    expect(broken.state).toEqual(whole.state);
  });

  test.each<[what: string, change: object]>([
    ["throws", { handlers: new Map([["ask", () => assert.fail("broken")]]) }],
    ["has no initial state", { initial: () => assert.fail("broken") }],
    ["does not know the command", { handlers: new Map() }],
  ])("diverges after a restart if the code %s before it requests the recorded effects", (_, change) => {
    const interrupted = () => {
      const journal = new MemoryJournal(Ledger, ["a"]);
      journal.send("ask", { names: ["x", "y"] }, [{ result: 1 }]);
      return journal;
    };
    const journal = interrupted();
    journal.restart({ ...Ledger, ...change });
    expect(() => journal.resume([{ result: 2 }])).toThrow(/The turn diverged: {"kind":"throw","n":0,"recorded":"x"/);
    expect(journal.entries).toEqual(interrupted().entries);
  });

  test("fails after a restart if the code throws after it has requested all recorded effects", () => {
    const journal = new MemoryJournal(Ledger, ["a"]);
    journal.send("ask", { names: ["x", "y"] }, [{ result: 1 }]);
    journal.restart();
    journal.resume([{ error: { name: "Error", message: "no line" } }]);
    expect(kinds(journal)).toEqual(["received", "effect", "effect", "attempt_failed"]);
  });

  test("sees a time no earlier than that of the turn before, even after a restart", () => {
    const journal = new MemoryJournal(Ledger, ["a"]);
    journal.send("ask", { names: ["x"] }, [{ result: 1 }], 9_000);
    journal.restart();
    journal.send("ask", { names: ["y"] }, [{ result: 1 }], 4_000);
    expect(bodies(journal)[3]).toMatchObject({ kind: "received", message: { now: 9_000 } });
  });
});

describe("a state of an older version", () => {
  const box = {
    type: "box",
    key: ["id"],
    persistence: "journal",
    commands: { put: z.object({ amount: z.number() }), weigh: z.object({}), drop: z.object({}) },
    queries: {},
    passivateAfter: "1m",
  } as const;
  const V1 = defineActor({
    ...box,
    state: z.object({ kilos: z.number() }),
    initial: () => ({ kilos: 0 }),
    on: {
      put(c, { amount }) {
        c.state.kilos += amount;
      },
      *weigh(c) {
        c.state.kilos = yield* c.effect("scale", (): number => 0);
      },
      drop() {
        throw new Error("dropped");
      },
    },
  });
  const V2 = defineActor({
    ...box,
    version: 2,
    migrate: { 1: ({ kilos }: { kilos: number }) => ({ grams: kilos * 1_000 }) },
    state: z.object({ grams: z.number() }),
    initial: () => ({ grams: 0 }),
    on: {
      put(c, { amount }) {
        c.state.grams += amount * 1_000;
      },
      *weigh(c) {
        c.state.grams = 1_000 * (yield* c.effect("scale", (): number => 0));
      },
      drop() {
        throw new Error("dropped");
      },
    },
  });
  const migrated = { kind: "migrated", from: 1, to: 2, state: { grams: 1_000 } };

  /** A box with one kilo, before its code is replaced. */
  function deployed(): MemoryJournal {
    const journal = new MemoryJournal(V1, ["a"]);
    journal.send("put", { amount: 1 });
    return journal;
  }

  test.each([
    ["turn", "put", { amount: 2 }, []],
    ["attempt_failed", "drop", {}, []],
    ["received", "weigh", {}, []],
  ])("is migrated ahead of the next entry, once: %s", (kind, command, payload, effects) => {
    const journal = deployed();
    journal.restart(V2);
    expect(kinds(journal)).toEqual(["turn"]);
    journal.send(command, payload, effects);
    expect(bodies(journal).slice(1)).toMatchObject([migrated, { kind }]);
    expect(journal.folded()).toMatchObject({ seq: 3, version: 2 });
    journal.restart(V2);
    if (kind === "received") journal.resume([{ result: 3 }]);
    else journal.send("put", { amount: 1 });
    expect(kinds(journal).filter((one) => one === "migrated")).toHaveLength(1);
    expect(journal.folded().state).toEqual(journal.state);
  });

  test("is migrated ahead of an effect, when the code was replaced while a turn waited for it", () => {
    const journal = deployed();
    journal.send("weigh");
    journal.restart(V2);
    journal.resume([{ result: 5 }]);
    expect(kinds(journal)).toEqual(["turn", "received", "migrated", "effect", "turn"]);
    expect(journal.entries.map((entry) => entry.seq)).toEqual([1, 2, 3, 4, 5]);
    expect(journal.folded()).toMatchObject({ seq: 5, state: { grams: 5_000 }, version: 2 });
    expect(journal.send("put", { amount: 1 })).toMatchObject({ seq: 6 });
  });
});
