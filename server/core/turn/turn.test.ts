import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import type { Json } from "../../protocol/journal.ts";
import { type ActorType, defineActor } from "../define/define.ts";
import { initialState, type Message, namedKey, runQuery, runTurn, type TurnResult } from "./turn.ts";

interface Kept {
  state: { items: { name: string }[]; count: number };
  item: { name: string };
}

/** References that handlers of these tests retain, as no handler should. */
let retained: Kept | undefined;
const none = z.object({});

const Ledger = defineActor({
  type: "ledger",
  key: ["shop", "id"],
  persistence: "state",
  state: z.object({ items: z.array(z.object({ name: z.string() })), count: z.number(), any: z.unknown() }),
  initial: () => ({ items: [{ name: "first" }], count: 0, any: null }),
  commands: {
    add: z.object({ name: z.string() }),
    same: none,
    put: z.object({ what: z.string() }),
    reply: z.object({ what: z.string() }),
    seen: none,
    refuse: none,
    fail: z.object({ what: z.string() }),
    hold: none,
    useHeld: none,
    replace: none,
    rename: none,
  },
  queries: { read: none, peek: z.object({ what: z.string() }), write: z.object({ where: z.string() }) },
  on: {
    add(c, { name }) {
      c.state.items.push({ name });
      c.state.count += 1;
      return c.state.items;
    },
    same(c) {
      c.state.count = 0 + c.state.count;
      c.state.items.splice(0, 0);
    },
    put(c, { what }) {
      c.state.any = hostile[what]?.(c.state);
    },
    reply: (c, { what }) => hostile[what]?.(c.state) as Json,
    seen: (c) => [c.now, c.random(), c.uuid(), c.random(), c.uuid(), c.key],
    refuse(c) {
      c.state.count = 99;
      c.reject("not today");
    },
    fail(c, { what }) {
      c.state.count = 99;
      throw thrown[what];
    },
    hold(c) {
      const item = { name: "held" };
      c.state.items.push(item);
      retained = { state: c.state, item };
    },
    useHeld(c) {
      c.state.count += 1;
      (retained as Kept).state.count = 99;
    },
    replace(c) {
      (c as { state: unknown }).state = { items: [], count: 99, any: null };
    },
    rename(c) {
      (c.key as { shop: string }).shop = "other";
    },
    read: (c) => c.state as Json,
    peek: (c, { what }) => hostile[what]?.(c.state) as Json,
    write(c, { where }) {
      const state = c.state as unknown as Kept["state"];
      if (where === "root") state.count = 99;
      if (where === "item") (state.items[0] as { name: string }).name = "changed";
      if (where === "list") state.items.push({ name: "new" });
      if (where === "context") (c as { state: unknown }).state = null;
    },
  },
  passivateAfter: "1m",
});

/** Values that a handler must not produce. */
const hostile: Record<string, (state: unknown) => unknown> = {
  date: () => new Date(0),
  undefined: () => ({ a: undefined }),
  function: () => () => 1,
  map: () => new Map(),
  nan: () => [Number.NaN],
  nul: () => "\u0000",
  self: (state) => state,
  promise: () => Promise.resolve(1),
  rejection: () => Promise.reject(new Error("later")),
};

const thrown: Record<string, unknown> = {
  error: new TypeError("broken"),
  text: "a text",
  number: 5,
  undefined: undefined,
  bare: Object.create(null),
};

const key = namedKey(Ledger, ["de", "17850"]);
const NOW = Date.parse("2026-01-01T12:00:00Z");
const start = (): Json => initialState(Ledger, key, NOW);

const message = (command: string, payload: Json = {}): Message => ({ id: "m-1", command, payload, now: NOW });
const turn = (state: Json, operation: string, payload?: Json) =>
  runTurn(Ledger, key, state, message(operation, payload));
const query = (state: Json, operation: string, payload?: Json) =>
  runQuery(Ledger, key, state, message(operation, payload));

/** The result of a finished turn. */
function done(result: TurnResult): Extract<TurnResult, { kind: "done" }> {
  if (result.kind !== "done") throw new Error(`The turn is not done: ${JSON.stringify(result)}`);
  return result;
}

/** A result with an error and no state. */
const refused = (code: string, text: string) => ({
  kind: "failed",
  error: expect.objectContaining({ code, message: expect.stringContaining(text) }),
});

afterEach(() => {
  retained = undefined;
});

describe("a command", () => {
  test("returns a new state and a reply, and does not change the given state", () => {
    const before = start();
    const result = turn(before, "add", { name: "second" });
    expect(result).toEqual({
      kind: "done",
      bytes: 67,
      state: { items: [{ name: "first" }, { name: "second" }], count: 1, any: null },
      patches: [],
      reply: '[{"name":"first"},{"name":"second"}]',
      sends: [],
      reminders: [],
    });
    expect(before).toEqual(start());
  });

  test("returns the same state object when it changed nothing", () => {
    const before = start();
    const result = turn(before, "same");
    expect(result).toEqual({
      kind: "done",
      state: before,
      bytes: 49,
      patches: [],
      sends: [],
      reminders: [],
      reply: "null",
    });
    expect(done(result).state).toBe(before);
  });

  test("reuses the objects that it did not change", () => {
    const before = start() as unknown as Kept["state"];
    const result = turn(before as unknown as Json, "add", { name: "second" });
    expect((done(result).state as unknown as Kept["state"]).items[0]).toBe(before.items[0]);
  });

  test("sees the key by name, the message's time, and random numbers seeded by the message's id", () => {
    const first = turn(start(), "seen");
    expect(first).toEqual(turn(start(), "seen"));
    expect(JSON.parse(done(first).reply)).toEqual([
      "2026-01-01T12:00:00.000Z",
      expect.any(Number),
      expect.stringMatching(/^[\da-f-]{36}$/),
      expect.any(Number),
      expect.stringMatching(/^[\da-f-]{36}$/),
      { shop: "de", id: "17850" },
    ]);
    const other = runTurn(Ledger, key, start(), { ...message("seen"), id: "m-2" });
    expect(other).not.toEqual(first);
  });

  test("that rejects changes nothing, and returns only the reason", () => {
    const before = start();
    expect(turn(before, "refuse")).toEqual(refused("rejected", "not today"));
    expect(before).toEqual(start());
  });

  test.each([
    ["error", "ledger.fail failed: broken"],
    ["text", "ledger.fail failed: a text"],
    ["number", "not an Error"],
    ["undefined", "not an Error"],
    ["bare", "not an Error"],
  ])("that throws changes nothing, whatever it throws: %s", (what, text) => {
    const before = start();
    const result = turn(before, "fail", { what });
    expect(result).toEqual(refused("handler_failed", text));
    expect(result.kind === "failed" && result.error.cause).toBe(thrown[what]);
    expect(before).toEqual(start());
  });

  test.each([
    ["date", ".any is a Date"],
    ["undefined", ".any.a is undefined"],
    ["function", ".any is a function"],
    ["map", ".any is a Map"],
    ["nan", ".any[0] is NaN"],
    ["nul", ".any holds the character U+0000"],
    ["self", ".any contains itself"],
    ["promise", ".any is a Promise"],
  ])("fails when its state is not JSON: %s", (what, text) => {
    expect(turn(start(), "put", { what })).toEqual(refused("handler_failed", text));
  });

  test.each([
    ["date", "the value is a Date"],
    ["undefined", ".a is undefined"],
    ["map", "the value is a Map"],
    ["nul", "U+0000"],
    ["promise", "must be synchronous"],
    ["rejection", "must be synchronous"],
  ])("fails when its reply is not JSON: %s", (what, text) => {
    expect(turn(start(), "reply", { what })).toEqual(refused("handler_failed", text));
  });

  test("cannot replace its state object or change its key", () => {
    expect(turn(start(), "replace")).toEqual(refused("handler_failed", "Cannot set property state"));
    expect(turn(start(), "rename")).toEqual(refused("handler_failed", "read only property 'shop'"));
    expect(key).toEqual({ shop: "de", id: "17850" });
  });

  test("that the type does not have only fails", () => {
    expect(turn(start(), "nothing")).toEqual(refused("handler_failed", "ledger.nothing failed"));
  });
});

describe("a reference that a handler retains", () => {
  test("to its draft cannot be used after its turn", () => {
    const after = done(turn(start(), "hold")).state;
    expect(() => {
      (retained as Kept).state.count = 99;
    }).toThrow(TypeError);
    expect(turn(after, "useHeld")).toEqual(refused("handler_failed", "revoked"));
    expect(after).toMatchObject({ count: 0 });
  });

  test("to a part of its state cannot be written to", () => {
    const held = turn(start(), "hold");
    expect(() => {
      (retained as Kept).item.name = "changed";
    }).toThrow(TypeError);
    expect(done(held).state).toMatchObject({ items: [{ name: "first" }, { name: "held" }] });
  });

  test("does not affect the reply, which was serialized when the turn ended", () => {
    const first = turn(start(), "add", { name: "second" });
    turn(done(first).state, "add", { name: "third" });
    expect(done(first).reply).toBe('[{"name":"first"},{"name":"second"}]');
  });
});

describe("a query", () => {
  test("is answered from the state, which stays the same object", () => {
    const before = start();
    const result = query(before, "read");
    expect(result).toEqual({ kind: "done", reply: JSON.stringify(start()) });
    expect(before).toEqual(start());
  });

  test.each(["root", "item", "list", "context"])("fails when it writes to the state: %s", (where) => {
    const before = start();
    expect(query(before, "write", { where })).toEqual(refused("handler_failed", "ledger.write failed: Cannot"));
    expect(before).toEqual(start());
  });

  test("fails when its reply is not JSON", () => {
    expect(query(start(), "peek", { what: "date" })).toEqual(refused("handler_failed", "the value is a Date"));
    expect(query(start(), "peek", { what: "promise" })).toEqual(refused("handler_failed", "must be synchronous"));
  });
});

describe("the initial state of an actor", () => {
  const beginning = (initial: ActorType["initial"]) => () => initialState({ ...Ledger, initial }, key, NOW);

  test("depends on the key and the time of the first message", () => {
    expect(beginning(({ shop, id }, now) => ({ shop, id, now }))()).toEqual({
      shop: "de",
      id: "17850",
      now: "2026-01-01T12:00:00.000Z",
    });
  });

  test.each([
    [
      "throws",
      () => {
        throw new Error("no beginning");
      },
      "ledger: initial failed: no beginning",
    ],
    ["makes what JSON cannot hold", () => ({ at: new Date(0) }), ".at is a Date"],
    ["makes nothing", () => undefined, "the value is undefined"],
  ])("is refused when `initial` %s", (_, initial, text) => {
    expect(beginning(initial)).toThrow(refused("handler_failed", text).error);
  });
});

describe("without access to clock and random numbers", () => {
  beforeEach(() => {
    const untouchable = () => {
      throw new Error("reached for the world");
    };
    vi.spyOn(Date, "now").mockImplementation(untouchable);
    vi.spyOn(Math, "random").mockImplementation(untouchable);
    vi.stubGlobal("crypto", new Proxy({}, { get: untouchable }));
    vi.stubGlobal(
      "Date",
      new Proxy(Date, {
        construct: (target, args) => (args.length === 0 ? untouchable() : Reflect.construct(target, args)),
      }),
    );
  });

  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
  });

  test("a turn, a query and an initial state work", () => {
    expect(() => new Date()).toThrow("reached for the world");
    expect(turn(start(), "seen").kind).toBe("done");
    expect(turn(start(), "add", { name: "second" }).kind).toBe("done");
    expect(query(start(), "read").kind).toBe("done");
  });
});
