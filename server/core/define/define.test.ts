import { describe, expect, test } from "vitest";
import { z } from "zod";
import { defineActor } from "./define.ts";

const none = z.object({});

/** A valid definition except for `odd`, which the compiler would refuse. */
function define(odd: object = {}) {
  const good = {
    type: "counter",
    key: ["id"],
    persistence: "state",
    state: z.object({ value: z.number() }),
    initial: () => ({ value: 0 }),
    commands: { increment: none },
    queries: { value: none },
    on: { increment: () => null, value: () => null },
    passivateAfter: "30m",
  };
  return defineActor({ ...good, ...odd } as never);
}

const names = (count: number) => Array.from({ length: count }, (_, i) => `part${i}`);

test("an actor type knows its commands and queries by name, and the rest of its definition", () => {
  const type = define();
  expect([...type.operations.values()]).toEqual([
    { kind: "command", name: "increment", schema: none },
    { kind: "query", name: "value", schema: none },
  ]);
  expect([...type.handlers.keys()]).toEqual(["increment", "value"]);
  expect(type).toMatchObject({
    type: "counter",
    key: ["id"],
    persistence: "state",
    version: 1,
    passivateAfterMs: 1_800_000,
    checkpointEvery: 100,
  });
  expect(type.initial({}, "")).toEqual({ value: 0 });
});

describe("a definition is refused", () => {
  test.each(["", "Counter", "1st", "-x", "a_b", "a b", "a/b", "a".repeat(65)])("with the type %j", (type) => {
    expect(() => define({ type })).toThrow(
      new TypeError(`The actor type "${type}" must match /^[a-z][a-z0-9-]{0,63}$/.`),
    );
  });

  test.each([[[]], [["id", "id"]], [names(9)]])("with the key %j", (key) => {
    expect(() => define({ key })).toThrow("counter: a key must have one to eight segments with different names.");
  });

  test.each(["", "add-one", "add one", "1st", "_x", "a".repeat(65)])("with the command or query %j", (name) => {
    const on = { [name]: () => null };
    expect(() => define({ commands: { [name]: none }, queries: {}, on })).toThrow(`counter: "${name}" must match`);
    expect(() => define({ commands: {}, queries: { [name]: none }, on })).toThrow(`counter: "${name}" must match`);
  });

  test("with a name that is both a command and a query", () => {
    expect(() => define({ queries: { increment: none } })).toThrow(
      'counter: "increment" is both a command and a query.',
    );
  });

  test.each(["increment", "value"])("without a handler for %s", (name) => {
    const on = { increment: () => null, value: () => null, [name]: undefined };
    expect(() => define({ on })).toThrow(`counter: "${name}" has no handler.`);
  });

  test.each([0, -1, 1.5, Number.NaN])("with the version %s", (version) => {
    expect(() => define({ version })).toThrow("counter: version must be an integer from 1.");
  });

  test("without a migration of each version before its own", () => {
    const migrate = { 2: (state: object) => state };
    expect(() => define({ version: 3, migrate })).toThrow("counter: the migration from version 1 is missing.");
  });

  test.each([0, -1, 1.5, Number.NaN])("with a checkpoint every %s entries", (checkpointEvery) => {
    expect(() => define({ checkpointEvery })).toThrow("counter: checkpointEvery must be an integer from 1.");
  });

  test("with a command or query named tell", () => {
    const on = { increment: () => null, value: () => null, tell: () => null };
    const message = 'counter: the name "tell" is reserved: clients use it to put commands into the mailbox.';
    expect(() => define({ commands: { increment: none, tell: none }, on })).toThrow(message);
    expect(() => define({ queries: { value: none, tell: none }, on })).toThrow(message);
  });

  test.each([{ entries: 0 }, { days: 1.5 }, {}, { entries: 1, days: 1 }, { weeks: 1 }, "some"])(
    "with a retention of %j",
    (retention) => {
      expect(() => define({ persistence: "journal", retention } as never)).toThrow(
        'counter: retention must be "all", { entries: N } or { days: N }, where N is an integer from 1.',
      );
    },
  );

  test("with a retention but no history", () => {
    expect(() => define({ persistence: "state", retention: { days: 1 } } as never)).toThrow(
      "counter: retention needs a journal, or a durable state with history: true.",
    );
  });

  test.each([0, -1, 1.5, 101, Number.NaN])("with %s attempts of a message", (attempts) => {
    expect(() => define({ attempts })).toThrow("counter: attempts must be an integer from 1 to 100.");
  });

  test("with an invalid duration", () => {
    expect(() => define({ passivateAfter: "1.5h" })).toThrow(TypeError);
  });
});

test("a type's code digest depends on the source of its handlers", () => {
  const adding = (by: number) => define({ on: { increment: by === 1 ? () => 1 : () => 2, value: () => null } }).code;
  expect(adding(1)).toMatch(/^[\da-f]{8}$/);
  expect(adding(1)).toBe(adding(1));
  expect(adding(1)).not.toBe(adding(2));
});

test.each([names(1), names(8)])("a key can have one to eight segments", (...key) => {
  expect(define({ key }).key).toEqual(key);
});
