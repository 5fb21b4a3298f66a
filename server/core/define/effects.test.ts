import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { Json, RecordedEffect } from "../../protocol/journal.ts";
import { namedKey, runTurn } from "../turn/turn.ts";
import { defineActor } from "./define.ts";
import { EffectFailed, type EffectOptions, effect } from "./effects.ts";

/** The calls that the effects of these tests would make. */
let called = 0;
let seen: unknown[] = [];
let options: EffectOptions | undefined;
const touch = (): number => {
  called += 1;
  return called;
};

const Caller = defineActor({
  type: "caller",
  key: ["id"],
  persistence: "journal",
  state: z.object({ answers: z.array(z.unknown()) }),
  initial: () => ({ answers: [] }),
  commands: {
    two: z.object({ list: z.array(z.number()) }),
    either: z.object({}),
    catching: z.object({}),
    tuned: z.object({}),
    touching: z.object({}),
    changing: z.object({}),
    keeping: z.object({}),
    refusing: z.object({}),
    refusingEarly: z.object({}),
    plain: z.object({}),
    random: z.object({}),
  },
  queries: {},
  on: {
    *two(c, { list }) {
      list.push(0);
      const first = yield* c.effect("first", touch);
      const second = yield* c.effect("second", touch);
      c.state.answers.push(first, second);
      return list;
    },
    *either(c) {
      const first = yield* c.effect("first", touch);
      if (first > 10) yield* c.effect("large", touch);
    },
    *catching(c) {
      try {
        c.state.answers.push(yield* c.effect("risky", touch));
      } catch (error) {
        seen.push(error);
        c.state.answers.push("failed");
      }
    },
    *tuned(c) {
      yield* c.effect("tuned", touch, options);
    },
    *touching(c) {
      yield* c.effect("touching", () => c.state.answers.length);
    },
    *changing(c) {
      c.state.answers.push("before");
      yield* c.effect("changing", touch);
      c.state.answers.push("after");
    },
    *keeping(c) {
      const answer = yield* c.effect("keeping", (): { n: number } => ({ n: touch() }));
      answer.n += 1;
      c.state.answers.push(answer);
    },
    *refusing(c) {
      yield* c.effect("refusing", touch);
      c.reject("no");
    },
    // biome-ignore lint/correctness/useYield: it refuses before it asks
    *refusingEarly(c) {
      c.reject("no");
    },
    plain() {
      throw new Error("broken");
    },
    *random(c) {
      const before = c.random();
      yield* c.effect("random", touch);
      return [before, c.random(), c.uuid()];
    },
  },
  passivateAfter: "1m",
});

const key = namedKey(Caller, ["1"]);
const over = (name: string, result: Json): RecordedEffect => ({ name, attempts: 1, result });
const failed = (name: string, message: string): RecordedEffect => ({
  name,
  attempts: 3,
  error: { name: "TimeoutError", message },
});

function turn(command: string, effects: RecordedEffect[] = [], payload: Json = {}, answers: Json = []) {
  seen = [];
  return runTurn(Caller, key, { answers }, { id: "m-1", command, payload, now: 0 }, effects);
}

/** The context of a call, which no test looks at. */
const context = { signal: new AbortController().signal, idempotencyKey: "k", attempt: 1 };

describe("an effect", () => {
  test("that is not finished ends the step, and returns the call", () => {
    const before = called;
    const result = turn("two", [], { list: [] });
    expect(result).toMatchObject({ kind: "effect", n: 0, call: { name: "first", timeoutMs: 30_000, attempts: 5 } });
    expect(turn("two", [over("first", 1)], { list: [] })).toMatchObject({ n: 1, call: { name: "second" } });
    expect(called).toBe(before);
  });

  test("that is finished answers from the record, and is not called", () => {
    const before = called;
    expect(turn("two", [over("first", 1), over("second", "b")], { list: [] })).toMatchObject({
      kind: "done",
      state: { answers: [1, "b"] },
    });
    expect(called).toBe(before);
  });

  test("makes the handler run again from its start, with the same payload and random numbers", () => {
    const payload = { list: [7] };
    turn("two", [], payload);
    turn("two", [over("first", 1)], payload);
    expect(turn("two", [over("first", 1), over("second", 2)], payload)).toMatchObject({ reply: "[7,0]" });
    expect(payload).toEqual({ list: [7] });
    expect(turn("random", [over("random", 1)])).toEqual(turn("random", [over("random", 1)]));
  });

  test("hides the handler's changes until the turn is finished", () => {
    expect(turn("changing")).not.toHaveProperty("state");
    expect(turn("changing", [over("changing", 1)])).toMatchObject({
      state: { answers: ["before", "after"] },
      patches: [
        { op: "add", path: ["answers", 0], value: "before" },
        { op: "add", path: ["answers", 1], value: "after" },
      ],
    });
  });

  test("gives the handler a copy of the result: the record does not change", () => {
    const recorded = over("keeping", { n: 1 });
    expect(turn("keeping", [recorded])).toMatchObject({ kind: "done", state: { answers: [{ n: 2 }] } });
    expect(recorded).toEqual(over("keeping", { n: 1 }));
  });

  test("that failed is thrown where the handler requested it, and can be caught", () => {
    expect(turn("catching", [failed("risky", "no line")])).toMatchObject({ state: { answers: ["failed"] } });
    expect(seen).toEqual([expect.any(EffectFailed)]);
    expect(seen[0]).toMatchObject({
      name: "EffectFailed",
      effect: "risky",
      errorName: "TimeoutError",
      message: 'effect "risky" failed: no line',
    });
  });

  test("that failed and is not caught fails the turn", () => {
    expect(turn("two", [failed("first", "no line")], { list: [] })).toMatchObject({
      kind: "failed",
      error: { code: "handler_failed", message: 'caller.two failed: effect "first" failed: no line' },
    });
  });

  test("allows the handler to reject after it", () => {
    expect(turn("refusing", [over("refusing", 1)])).toMatchObject({ kind: "failed", error: { code: "rejected" } });
  });

  test("must not touch the state while it runs", async () => {
    const result = turn("touching");
    const run = result.kind === "effect" ? result.call.run : () => undefined;
    expect(() => run(context)).toThrow("c.state was used while an effect was running, or after the turn");
  });
});

test.each(["\u0000", "\ud800"])("an effect's name is refused when it cannot be recorded: %j", (name) => {
  const asked = effect(name, touch);
  expect(() => asked.next()).toThrow("the value holds");
});

describe("the options of an effect", () => {
  test("set the timeout and the attempts", () => {
    options = { timeout: "2m", attempts: 100 };
    expect(turn("tuned")).toMatchObject({ call: { timeoutMs: 120_000, attempts: 100 } });
  });

  test.each<[EffectOptions, string]>([
    [{ attempts: 0 }, 'effect "tuned": attempts must be an integer from 1 to 100'],
    [{ attempts: 101 }, "attempts must be"],
    [{ attempts: 1.5 }, "attempts must be"],
    [{ timeout: "soon" as "1s" }, '"soon" is not a duration'],
  ])("are refused if they are invalid: %j", (invalid, text) => {
    options = invalid;
    expect(turn("tuned")).toMatchObject({
      kind: "failed",
      error: { code: "handler_failed", message: expect.stringContaining(text) },
    });
  });
});

describe("a handler that differs from the record", () => {
  test("requests another effect", () => {
    expect(turn("two", [over("other", 1)], { list: [] })).toEqual({
      kind: "diverged",
      divergence: { kind: "other effect", n: 0, recorded: "other", actual: "first" },
    });
  });

  test("requests one effect less", () => {
    expect(turn("either", [over("first", 1), over("large", 2)])).toEqual({
      kind: "diverged",
      divergence: { kind: "missing effect", n: 1, recorded: "large", actual: null },
    });
  });

  test.each<[when: string, command: string, recorded: string[], n: number]>([
    ["before the first", "refusingEarly", ["refusing"], 0],
    ["between two", "refusing", ["refusing", "more"], 1],
    ["before the first, being no generator any more", "plain", ["refusing", "more"], 0],
  ])("throws, or refuses, %s", (_, command, recorded, n) => {
    const actual = command === "plain" ? "broken" : "no";
    expect(
      turn(
        command,
        recorded.map((name) => over(name, 1)),
      ),
    ).toEqual({
      kind: "diverged",
      divergence: { kind: "throw", n, recorded: recorded[n], actual },
    });
  });

  test("fails like any turn if it throws after the last recorded effect", () => {
    expect(turn("refusing", [over("refusing", 1)])).toMatchObject({ kind: "failed", error: { code: "rejected" } });
    expect(turn("two", [failed("first", "no line")], { list: [] })).toMatchObject({
      kind: "failed",
      error: { code: "handler_failed", message: expect.stringContaining("no line") },
    });
  });
});
