import { expectTypeOf, test } from "vitest";
import { z } from "zod";
import { type ActorType, type AskOptions, defineActor } from "./define.ts";

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

test("a client has a method for each command and query, and no other", () => {
  expectTypeOf<keyof Client>().toEqualTypeOf<"increment" | "parse" | "label" | "clear" | "maybe" | "value" | "tags">();
});

test("a client sends what the schema takes, which may be other than what the handler gets", () => {
  expectTypeOf<Client["increment"]>().parameters.toEqualTypeOf<
    [payload: { by?: number | undefined }, options?: AskOptions]
  >();
  expectTypeOf<Client["parse"]>().parameter(0).toEqualTypeOf<{ at: string }>();
  expectTypeOf<Client["tags"]>().parameter(0).toEqualTypeOf<{ from: number }>();
});

test("a client gets what the handler returns, and null where it returns nothing", () => {
  expectTypeOf<Client["increment"]>().returns.resolves.toEqualTypeOf<number>();
  expectTypeOf<Client["parse"]>().returns.resolves.toEqualTypeOf<{ length: number; kind: "text" }>();
  expectTypeOf<Client["clear"]>().returns.resolves.toEqualTypeOf<null>();
  expectTypeOf<Client["maybe"]>().returns.resolves.toEqualTypeOf<"yes" | null>();
  expectTypeOf<Client["value"]>().returns.resolves.toEqualTypeOf<number>();
  expectTypeOf<Client["tags"]>().returns.resolves.toEqualTypeOf<string[]>();
});

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
