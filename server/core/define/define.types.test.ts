import { expectTypeOf, test } from "vitest";
import { z } from "zod";
import { type Contract, contract } from "./contract.ts";
import { type ActorType, type AskOptions, defineActor } from "./define.ts";
import { effect } from "./effects.ts";

const none = z.object({});
const state = z.object({ value: z.number(), tags: z.array(z.string()) });
const initial = () => ({ value: 0, tags: [] });
const base = { persistence: "state", state, initial, queries: {}, passivateAfter: "30m" } as const;

type ClientOf<T> = T extends ActorType<infer C> ? C : never;

const Counter = defineActor({
  ...base,
  type: "counter",
  key: ["shop", "id"],
  commands: {
    increment: z.object({ by: z.number().default(1) }),
    parse: z.object({ at: z.string().transform((text) => text.length) }),
    label: z.object({ tag: z.string().optional() }),
    clear: none,
    maybe: none,
  },
  queries: { value: none, tags: z.object({ from: z.number() }) },
  on: {
    increment(c, { by }) {
      expectTypeOf(by).toEqualTypeOf<number>();
      expectTypeOf(c.state).toEqualTypeOf<{ value: number; tags: string[] }>();
      expectTypeOf(c.key).toEqualTypeOf<{ readonly shop: string; readonly id: string }>();
      expectTypeOf(c.now).toEqualTypeOf<string>();
      c.state.value += by;
      return c.state.value;
    },
    parse: (_, { at }) => ({ length: at, kind: "text" as const }),
    label(c, { tag }) {
      if (tag === undefined) return c.reject("no tag");
      c.state.tags.push(tag);
    },
    clear(c) {
      c.state.tags = [];
    },
    maybe: (c) => (c.random() < 0.5 ? "yes" : undefined),
    value: (c) => c.state.value,
    tags: (c, { from }) => c.state.tags.slice(from),
  },
});
type Client = ClientOf<typeof Counter>;

test("a client has a method for each command and query, and no others", () => {
  expectTypeOf<keyof Client>().toEqualTypeOf<
    "increment" | "parse" | "label" | "clear" | "maybe" | "value" | "tags" | "tell"
  >();
  expectTypeOf<keyof Client["tell"]>().toEqualTypeOf<"increment" | "parse" | "label" | "clear" | "maybe">();
});

test("a client sends the schema's input, which can differ from the handler's payload", () => {
  expectTypeOf<Client["increment"]>().parameters.toEqualTypeOf<
    [payload: { by?: number | undefined }, options?: AskOptions]
  >();
  expectTypeOf<Client["parse"]>().parameter(0).toEqualTypeOf<{ at: string }>();
  expectTypeOf<Client["tags"]>().parameter(0).toEqualTypeOf<{ from: number }>();
});

test("a client receives the handler's return value, or null if there is none", () => {
  expectTypeOf<Client["increment"]>().returns.resolves.toEqualTypeOf<number>();
  expectTypeOf<Client["parse"]>().returns.resolves.toEqualTypeOf<{ length: number; kind: "text" }>();
  expectTypeOf<Client["clear"]>().returns.resolves.toEqualTypeOf<null>();
  expectTypeOf<Client["maybe"]>().returns.resolves.toEqualTypeOf<"yes" | null>();
  expectTypeOf<Client["value"]>().returns.resolves.toEqualTypeOf<number>();
  expectTypeOf<Client["tags"]>().returns.resolves.toEqualTypeOf<string[]>();
});

const Caller = defineActor({
  ...base,
  persistence: "journal",
  type: "caller",
  key: ["id"],
  commands: {
    plain: z.object({ by: z.number() }),
    quote: z.object({ symbol: z.string() }),
    forget: none,
    either: none,
    catching: none,
  },
  queries: { value: none },
  on: {
    plain(c, { by }) {
      c.state.value += by;
      return { value: c.state.value };
    },
    *quote(c, { symbol }) {
      expectTypeOf(symbol).toEqualTypeOf<string>();
      const price = yield* c.effect("price", ({ signal, idempotencyKey, attempt }) => {
        expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
        expectTypeOf(idempotencyKey).toEqualTypeOf<string>();
        expectTypeOf(attempt).toEqualTypeOf<number>();
        return Promise.resolve({ price: 1 });
      });
      expectTypeOf(price).toEqualTypeOf<{ price: number }>();
      const name = yield* c.effect("name", () => symbol, { timeout: "5s", attempts: 3 });
      expectTypeOf(name).toEqualTypeOf<string>();
      return [price.price, name] as const;
    },
    *forget(c) {
      const nothing = yield* c.effect("forget", async () => undefined);
      expectTypeOf(nothing).toEqualTypeOf<null>();
    },
    *either(c) {
      if (c.random() < 0.5) return "none";
      return yield* c.effect("some", () => 1);
    },
    *catching(c) {
      try {
        return yield* c.effect("risky", () => true);
      } catch {
        return "failed";
      }
    },
    value: (c) => c.state.value,
  },
});
type CallerClient = ClientOf<typeof Caller>;

test("a client of an actor with a journal receives the generator's return value, not its effects", () => {
  expectTypeOf<CallerClient["plain"]>().returns.resolves.toEqualTypeOf<{ value: number }>();
  expectTypeOf<CallerClient["quote"]>().returns.resolves.toEqualTypeOf<readonly [number, string]>();
  expectTypeOf<CallerClient["quote"]>().parameter(0).toEqualTypeOf<{ symbol: string }>();
  expectTypeOf<CallerClient["forget"]>().returns.resolves.toEqualTypeOf<null>();
  expectTypeOf<CallerClient["either"]>().returns.resolves.toEqualTypeOf<number | "none">();
  expectTypeOf<CallerClient["catching"]>().returns.resolves.toEqualTypeOf<boolean | "failed">();
  expectTypeOf<CallerClient["value"]>().returns.resolves.toEqualTypeOf<number>();
});

/** What the compiler must refuse of an actor with a journal. It is checked and never run. */
function _refusedJournal(caller: CallerClient) {
  const one = {
    ...base,
    persistence: "journal",
    type: "one",
    key: ["id"],
    commands: { add: z.object({ by: z.number() }) },
  } as const;
  function* asking() {
    yield* effect("x", () => 1);
  }
  function* misreading(_: unknown, payload: { by: string }) {
    yield* effect("x", () => 1);
    return payload.by;
  }
  function* dated() {
    yield* effect("x", () => 1);
    return new Date();
  }
  async function* awaiting() {
    yield* effect("x", await Promise.resolve(() => 1));
  }
  function* counting() {
    yield 5;
  }

  defineActor({ ...one, on: { add: asking } });
  // @ts-expect-error A command has no handler.
  defineActor({ ...one, on: {} });
  // @ts-expect-error A handler has no command.
  defineActor({ ...one, on: { add: () => null, remove: asking } });
  // @ts-expect-error A handler is asynchronous.
  defineActor({ ...one, on: { add: async () => null } });
  // @ts-expect-error A handler awaits.
  defineActor({ ...one, on: { add: async (c) => await c.effect("x", () => 1) } });
  // @ts-expect-error A generator awaits.
  defineActor({ ...one, on: { add: awaiting } });
  // @ts-expect-error A generator takes another payload.
  defineActor({ ...one, on: { add: misreading } });
  // @ts-expect-error A generator returns what JSON cannot hold.
  defineActor({ ...one, on: { add: dated } });
  // @ts-expect-error A generator yields what is no effect.
  defineActor({ ...one, on: { add: counting } });
  // @ts-expect-error A query is a generator.
  defineActor({ ...one, queries: { read: none }, on: { add: () => null, read: asking } });
  // @ts-expect-error A query has effects.
  defineActor({ ...one, queries: { read: none }, on: { add: () => null, read: (c) => void c.effect("x", () => 1) } });

  defineActor({
    ...one,
    on: {
      *add(c, { by }) {
        // @ts-expect-error An effect gives what JSON cannot hold.
        yield* c.effect("date", () => new Date());
        // @ts-expect-error An effect resolves to what JSON cannot hold.
        yield* c.effect("map", () => Promise.resolve({ map: new Map() }));
        // @ts-expect-error A time to wait has a unit.
        yield* c.effect("slow", () => 1, { timeout: "30" });
        // @ts-expect-error An effect gives another type.
        const text: string = yield* c.effect("number", () => by);
        // @ts-expect-error The state has no such member.
        c.state.count = text;
      },
    },
  });

  const state = { ...one, persistence: "state" } as const;
  // @ts-expect-error An actor that keeps its newest state alone has no effects.
  defineActor({ ...state, on: { add: (c) => void c.effect("x", () => 1) } });
  // @ts-expect-error Nor has it handlers that are generators.
  defineActor({ ...state, on: { add: asking } });
  // @ts-expect-error Nor has it checkpoints.
  defineActor({ ...state, checkpointEvery: 10, on: { add: () => null } });

  // @ts-expect-error There is no such command.
  caller.remove({});
  // @ts-expect-error A payload has another type.
  caller.quote({ symbol: 1 });
}

/** What the compiler must refuse. It is checked and never run: some of it would throw. */
function _refused(counter: Client, text: string) {
  const one = { ...base, type: "one", key: ["id"], commands: { add: z.object({ by: z.number() }) } } as const;

  // @ts-expect-error A command has no handler.
  defineActor({ ...one, on: {} });
  // @ts-expect-error A query has no handler.
  defineActor({ ...one, queries: { read: none }, on: { add: () => null } });
  // @ts-expect-error A handler has no command.
  defineActor({ ...one, on: { add: () => null, remove: () => null } });
  // @ts-expect-error A handler takes another payload.
  defineActor({ ...one, on: { add: (_: unknown, payload: { by: string }) => payload.by } });
  // @ts-expect-error A handler reads what its payload does not have.
  defineActor({ ...one, on: { add: (_, { of }) => of } });
  // @ts-expect-error A handler is asynchronous.
  defineActor({ ...one, on: { add: async () => null } });
  // @ts-expect-error A handler returns what JSON cannot hold.
  defineActor({ ...one, on: { add: () => new Date() } });
  // @ts-expect-error A handler returns a member that JSON cannot hold.
  defineActor({ ...one, on: { add: () => ({ at: new Map() }) } });

  // @ts-expect-error The first state does not fit the schema.
  defineActor({ ...one, initial: () => ({ value: "0", tags: [] }), on: { add: () => null } });
  // @ts-expect-error A state is an object or a list: what is changed in place.
  defineActor({ ...one, state: z.number(), initial: () => 0, on: { add: () => null } });
  // @ts-expect-error There is no such way to persist.
  defineActor({ ...one, persistence: "disk", on: { add: () => null } });
  // @ts-expect-error A key has at least one segment.
  defineActor({ ...one, key: [], on: { add: () => null } });
  // @ts-expect-error A duration has a unit.
  defineActor({ ...one, passivateAfter: "30", on: { add: () => null } });
  // @ts-expect-error A duration is written where the compiler sees it.
  defineActor({ ...one, passivateAfter: text, on: { add: () => null } });
  // @ts-expect-error The time to stay in memory is missing.
  defineActor({ ...one, passivateAfter: undefined, on: { add: () => null } });

  defineActor({
    ...one,
    queries: { read: none },
    on: {
      add(c, { by }) {
        // @ts-expect-error The state has no such member.
        c.state.count = by;
        // @ts-expect-error A member has another type.
        c.state.value = "1";
        // @ts-expect-error The state is changed in place, not replaced.
        c.state = initial();
        // @ts-expect-error The key has no such segment.
        c.key.shop;
        // @ts-expect-error The key is what it is.
        c.key.id = "other";
      },
      read(c) {
        // @ts-expect-error A query changes nothing.
        c.state.value = 1;
        // @ts-expect-error A query changes nothing, however deep.
        c.state.tags.push("tag");
        // @ts-expect-error A query has no chance.
        c.random();
      },
    },
  });

  // @ts-expect-error There is no such command.
  counter.remove({});
  // @ts-expect-error A payload is needed.
  counter.increment();
  // @ts-expect-error A payload has another type.
  counter.increment({ by: "1" });
  // @ts-expect-error A payload has no such member.
  counter.increment({ of: 1 });
  // @ts-expect-error There is no such option.
  counter.increment({ by: 1 }, { key: "k" });
}

const messages = contract({
  type: "sorter",
  key: ["room", "id"],
  commands: { put: z.object({ n: z.number(), label: z.string().default("") }), clear: none },
});
const Sorter = defineActor({
  ...messages,
  persistence: "journal",
  state,
  initial,
  queries: { value: none },
  on: {
    put(c, { n, label }) {
      expectTypeOf(n).toEqualTypeOf<number>();
      expectTypeOf(label).toEqualTypeOf<string>();
      c.send(messages, ["room", "id"], "put", { n });
      c.send(Counter, ["shop", "id"], "increment", { by: n });
      c.send(Counter, ["shop", "id"], "clear", {});
      c.remind("again", { every: "1h" }, "put", { n });
      c.remind("then", { at: c.now }, "clear", {});
      c.cancelReminder("again");
      return n;
    },
    clear: () => undefined,
    value: (c) => c.state.value,
  },
  passivateAfter: "30m",
});

test("a client queues the schema's input, and receives the message's id", () => {
  type Queued = { messageId: string; repeated: boolean };
  type Teller = ClientOf<typeof Sorter>["tell"];
  expectTypeOf<Teller["put"]>().parameters.toEqualTypeOf<
    [payload: { n: number; label?: string | undefined }, options?: AskOptions]
  >();
  expectTypeOf<Teller["put"]>().returns.resolves.toEqualTypeOf<Queued>();
});

test("a contract has its literal types, and an actor type is a contract", () => {
  expectTypeOf(messages.commands.put).toEqualTypeOf<(typeof Sorter)["commands"]["put"]>();
  expectTypeOf(Sorter).toExtend<Contract<typeof messages.commands>>();
});

/** What the compiler must refuse in sends, reminders and queued commands. It is checked and never run. */
function _refusedMessages(sorter: ClientOf<typeof Sorter>) {
  defineActor({
    ...messages,
    ...base,
    on: {
      put(c) {
        // @ts-expect-error The receiver has no such command.
        c.send(messages, ["room", "id"], "take", {});
        // @ts-expect-error A query is not sent.
        c.send(Counter, ["shop", "id"], "value", {});
        // @ts-expect-error The payload has another type.
        c.send(messages, ["room", "id"], "put", { n: "1" });
        // @ts-expect-error The payload is that of another command.
        c.send(Counter, ["shop", "id"], "increment", { n: 1 });
        // @ts-expect-error A payload is needed.
        c.send(messages, ["room", "id"], "clear");
        // @ts-expect-error A key is a list of segments.
        c.send(messages, "room:id", "clear", {});
        // @ts-expect-error A receiver is given by its type, not its name.
        c.send("sorter", ["room", "id"], "clear", {});
        // @ts-expect-error There is no such command.
        c.remind("r", { after: "1s" }, "take", {});
        // @ts-expect-error The payload has another type.
        c.remind("r", { after: "1s" }, "put", { n: "1" });
        // @ts-expect-error A time to wait has a unit.
        c.remind("r", { after: "1" }, "clear", {});
        // @ts-expect-error There is no such way to say when.
        c.remind("r", { before: "1s" }, "clear", {});
        // @ts-expect-error A send returns nothing.
        c.send(messages, ["room", "id"], "clear", {}).messageId;
      },
      clear: () => undefined,
      // @ts-expect-error A query sends nothing.
      value: (c) => c.send(messages, ["room", "id"], "clear", {}),
    },
    queries: { value: none },
  });

  // @ts-expect-error A query cannot be queued.
  sorter.tell.value({});
  // @ts-expect-error There is no such command.
  sorter.tell.take({});
  // @ts-expect-error A payload has another type.
  sorter.tell.put({ n: "1" });
  // @ts-expect-error A payload is needed.
  sorter.tell.put();
}
