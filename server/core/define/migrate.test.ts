import { describe, expect, test } from "vitest";
import { z } from "zod";
import { defineActor, migrate } from "./define.ts";

/** A type of version 3: a number became an amount, and the amount a list. */
const Box = defineActor({
  type: "box",
  key: ["id"],
  persistence: "journal",
  version: 3,
  migrate: {
    1: ({ n }: { n: number }) => ({ amount: n }),
    2: ({ amount }: { amount: number }) => ({ amounts: [amount] }),
  },
  state: z.object({ amounts: z.array(z.number()) }),
  initial: () => ({ amounts: [] }),
  commands: {},
  queries: {},
  on: {},
  passivateAfter: "1m",
});

describe("a state is migrated", () => {
  test.each([
    [1, { n: 5 }],
    [2, { amount: 5 }],
    [3, { amounts: [5] }],
  ])("from version %i, step by step", (version, state) => {
    expect(migrate(Box, state, version)).toEqual({ amounts: [5] });
  });

  test("and stays the same object if it has the newest version", () => {
    const state = { amounts: [5] };
    expect(migrate(Box, state, 3)).toBe(state);
  });
});

test("a state is migrated only to the requested version", () => {
  expect(migrate(Box, { n: 5 }, 1, 2)).toEqual({ amount: 5 });
});

describe("a migration is refused", () => {
  test("of a state that is newer than the code", () => {
    expect(() => migrate(Box, {}, 4)).toThrow("its state has version 4, but the newest version this code knows is 3");
  });

  test("that throws", () => {
    const broken = {
      ...Box,
      migrate: {
        2: () => {
          throw new Error("no amount");
        },
      },
    };
    expect(() => migrate(broken, {}, 2)).toThrow("no amount");
  });

  test("that returns a value that is not JSON", () => {
    const broken = { ...Box, migrate: { 2: () => ({ at: new Date(0) }) } };
    expect(() => migrate(broken, {}, 2)).toThrow(".at is a Date");
  });
});
