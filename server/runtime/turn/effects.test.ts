import { beforeEach, describe, expect, test, vi } from "vitest";
import type { EffectCall, EffectCallContext } from "../../core/define/effects.ts";
import { TerminalError } from "../../core/define/effects.ts";
import { createLog } from "../../process/log.ts";
import type { RecordedEffect } from "../../protocol/journal.ts";
import { eventually } from "../../testing/eventually.ts";
import { ledgerType, World } from "../../testing/types/ledger.ts";
import { VirtualClock } from "../../testing/virtual-clock.ts";
import { Actor } from "../actor/actor.ts";
import { Delivery } from "../actor/delivery.ts";
import type { OpenTurn } from "../actor/staged-turn.ts";
import { MAX_RESULT } from "../shared/limits.ts";
import { Effects } from "./effects.ts";

const MINUTE = 60_000;
const Ledger = ledgerType(new World());

let clock: VirtualClock;
let effects: Effects;
/** The turns whose newest effect has finished. */
let over: OpenTurn[];
/** The effect that an actor waits for and its start, reported at the start of each attempt. */
let began: unknown[][];

beforeEach(() => {
  clock = new VirtualClock();
  over = [];
  began = [];
  effects = new Effects(clock, createLog("silent"), {
    started: ({ open, waitsFor }) => began.push([waitsFor, open?.running?.since]),
    finished: (_, turn) => over.push(turn),
  });
});

/** An actor whose turn waits for an effect. */
function waiting(id = "m-1"): { actor: Actor; turn: OpenTurn } {
  const actor = new Actor(Ledger, ["a"], "a", 0);
  const message = { id, command: "ask", payload: {}, now: 0 };
  const delivery = Delivery.resumed(message, null, () => undefined);
  const turn: OpenTurn = { delivery, message, effects: [], state: "busy" };
  actor.open = turn;
  return { actor, turn };
}

/** Runs an effect until it finishes, however long that takes. */
async function run(
  call: EffectCall["run"],
  options: Partial<EffectCall> = {},
  { actor, turn } = waiting(),
): Promise<RecordedEffect | undefined> {
  let ended = false;
  const running = effects.run(actor, turn, {
    n: 3,
    call: { name: "x", run: call, timeoutMs: MINUTE, attempts: 3, ...options },
  });
  void running.finally(() => {
    ended = true;
  });
  while (!ended) {
    clock.advance(1_000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return turn.effects[0];
}

/** Throws the given value on each call. */
const throwing = (what: unknown) => () => {
  throw what;
};

describe("an effect", () => {
  test("is called with its key, its attempt and a signal, and its result is recorded", async () => {
    const calls: EffectCallContext[] = [];
    const result = await run((context) => {
      calls.push(context);
      return Promise.resolve({ price: 1 });
    });
    expect(result).toEqual({ name: "x", attempts: 1, result: { price: 1 } });
    expect(calls).toEqual([{ idempotencyKey: "m-1/3", attempt: 1, signal: expect.any(AbortSignal) }]);
    expect(calls[0]?.signal.aborted).toBe(false);
    expect(over).toHaveLength(1);
  });

  test("may return its result synchronously, or nothing, which is null", async () => {
    expect(await run(() => 5)).toMatchObject({ result: 5 });
    expect(await run(() => undefined)).toMatchObject({ result: null });
    expect(await run(() => Promise.resolve())).toMatchObject({ result: null });
  });

  test("has the result that it returned, even if that object changes later", async () => {
    const given = { n: 1 };
    const result = await run(() => given);
    given.n = 2;
    expect(result).toMatchObject({ result: { n: 1 } });
  });

  test("that fails is called again under the same key with backoff, and finishes with its last error", async () => {
    const calls: { key: string; at: number }[] = [];
    const failing = ({ idempotencyKey }: EffectCallContext) => {
      calls.push({ key: idempotencyKey, at: clock.now() });
      throw new RangeError(`attempt ${calls.length}`);
    };
    expect(await run(failing, { attempts: 12 })).toEqual({
      name: "x",
      attempts: 12,
      error: { name: "RangeError", message: "attempt 12" },
    });
    expect(new Set(calls.map((call) => call.key))).toEqual(new Set(["m-1/3"]));
    const waits = calls.slice(1).map((call, i) => call.at - (calls[i]?.at ?? 0));
    // The waits double from 100 ms to 10 s, each shortened by up to a half. The test's clock advances by whole seconds.
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(50);
    expect(Math.max(...waits)).toBeGreaterThan(5_000);
    expect(Math.max(...waits)).toBeLessThanOrEqual(10_000);
  });

  test("is reported while it runs, with its attempt and its start, and not afterwards", async () => {
    const since = new Date(clock.now()).toISOString();
    let calls = 0;
    const flaky = () => {
      calls += 1;
      if (calls < 3) throw new Error("not yet");
    };
    const { actor, turn } = waiting();
    await run(flaky, {}, { actor, turn });
    expect(began).toEqual([1, 2, 3].map((n) => [`effect #3 "x" of ask runs, attempt ${n}`, since]));
    expect(actor.waitsFor).toBeNull();
  });

  test("that finally succeeds records the number of attempts", async () => {
    let calls = 0;
    const flaky = () => {
      calls += 1;
      if (calls < 3) throw new Error("not yet");
      return calls;
    };
    expect(await run(flaky)).toEqual({ name: "x", attempts: 3, result: 3 });
  });

  test("that throws a TerminalError is not called again", async () => {
    const terminal = vi.fn(throwing(new TerminalError("no such symbol")));
    expect(await run(terminal)).toEqual({
      name: "x",
      attempts: 1,
      error: { name: "TerminalError", message: "no such symbol" },
    });
    expect(terminal).toHaveBeenCalledTimes(1);
  });

  test("that exceeds its time is aborted, and counts as failed", async () => {
    const signals: AbortSignal[] = [];
    const stuck = ({ signal }: EffectCallContext) => {
      signals.push(signal);
      return new Promise(() => undefined);
    };
    expect(await run(stuck, { attempts: 2, timeoutMs: 5_000 })).toEqual({
      name: "x",
      attempts: 2,
      error: { name: "Error", message: 'effect "x" did not end within 5000 ms' },
    });
    expect(signals.map((signal) => signal.aborted)).toEqual([true, true]);
  });

  test("that fails after its time ran out has no effect", async () => {
    let fail: (error: Error) => void = () => undefined;
    const late = () =>
      new Promise((_, reject) => {
        fail = reject;
      });
    expect(await run(late, { attempts: 1, timeoutMs: 5_000 })).toMatchObject({ attempts: 1 });
    fail(new Error("too late"));
    await new Promise((resolve) => setImmediate(resolve));
  });
});

describe("any value that an effect throws is recorded as storable text", () => {
  const bare: unknown = Object.create(null);
  test.each<[what: string, thrown: unknown, recorded: object]>([
    ["a text", "no line", { name: "Error", message: "no line" }],
    ["nothing", undefined, { name: "Error", message: "what was thrown is not an Error" }],
    ["an object without text", bare, { name: "Error", message: "what was thrown is not an Error" }],
    ["a symbol", Symbol("x"), { name: "Error", message: "what was thrown is not an Error" }],
    ["U+0000", new Error("a\u0000b"), { name: "Error", message: "a\ufffdb" }],
    ["a lone surrogate", new Error("a\ud800b"), { name: "Error", message: "a\ufffdb" }],
    [
      "an error whose message is no text",
      Object.assign(new Error("x"), { message: 5 }),
      { name: "Error", message: "" },
    ],
    ["a long error", new Error("x".repeat(1_000_000)), { name: "Error", message: "x".repeat(8_192) }],
  ])("%s", async (_, thrown, error) => {
    expect(await run(throwing(thrown), { attempts: 1 })).toEqual({ name: "x", attempts: 1, error });
    expect(await run(() => Promise.reject(thrown), { attempts: 1 })).toMatchObject({ error });
  });
});

describe("an effect whose result is not JSON", () => {
  test.each<[unknown, string]>([
    [new Date(0), "the value is a Date; only plain objects and arrays can be stored"],
    [{ a: undefined }, ".a is undefined, which JSON cannot hold"],
    [[Number.NaN], "[0] is NaN, which JSON cannot hold"],
    ["\u0000", "the value holds the character U+0000"],
  ])("fails, and is not called again: %j", async (result, message) => {
    const call = vi.fn(() => result);
    expect(await run(call)).toEqual({ name: "x", attempts: 1, error: { name: "NotJson", message } });
    expect(call).toHaveBeenCalledTimes(1);
  });
});

test("an effect whose result is too large fails, and is not called again", async () => {
  const text = "é".repeat(MAX_RESULT / 2);
  const call = vi.fn(() => text);
  const message = "its result has 1048578 bytes of JSON; at most 1048576 are recorded";
  expect(await run(call)).toEqual({ name: "x", attempts: 1, error: { name: "TerminalError", message } });
  expect(call).toHaveBeenCalledTimes(1);
  expect(await run(() => text.slice(1))).toMatchObject({ result: text.slice(1) });
});

describe("effects", () => {
  test("run up to a thousand at a time; the others wait", async () => {
    const ends: ((value: null) => void)[] = [];
    const call: EffectCall = {
      name: "x",
      run: () => new Promise((resolve) => ends.push(resolve)),
      timeoutMs: MINUTE,
      attempts: 1,
    };
    const all = Array.from({ length: 1_500 }, (_, i) => {
      const { actor, turn } = waiting(`m-${i}`);
      return effects.run(actor, turn, { n: 0, call });
    });
    expect(ends).toHaveLength(1_000);
    for (let ended = 0; over.length < 1_500; ) {
      for (; ended < ends.length; ended++) ends[ended]?.(null);
      await new Promise((resolve) => setImmediate(resolve));
      expect(ends.length - ended).toBeLessThanOrEqual(1_000);
    }
    await Promise.all(all);
    expect(ends).toHaveLength(1_500);
  });

  test("of a turn that is no longer open are dropped", async () => {
    const { actor, turn } = waiting();
    let end: (value: number) => void = () => undefined;
    const call = {
      name: "x",
      run: () =>
        new Promise((resolve) => {
          end = resolve;
        }),
      timeoutMs: MINUTE,
      attempts: 1,
    };
    const running = effects.run(actor, turn, { n: 0, call });
    actor.open = null;
    end(1);
    await running;
    expect(over).toEqual([]);
    expect(turn.effects).toEqual([]);
  });

  test("that run when the node stops are aborted and unfinished: they will run again", async () => {
    const { actor, turn } = waiting();
    let signal: AbortSignal | undefined;
    const call: EffectCall = {
      name: "x",
      run: (context) => {
        signal = context.signal;
        return new Promise((_, reject) => context.signal.addEventListener("abort", () => reject(new Error("aborted"))));
      },
      timeoutMs: MINUTE,
      attempts: 5,
    };
    const running = effects.run(actor, turn, { n: 0, call });
    effects.stop();
    await running;
    expect(signal?.aborted).toBe(true);
    expect(over).toEqual([]);
    expect(turn.effects).toEqual([]);
  });

  test("that wait between two attempts when the node stops are not called again", async () => {
    const { actor, turn } = waiting();
    const call = vi.fn(throwing(new Error("no line")));
    const running = effects.run(actor, turn, { n: 0, call: { name: "x", run: call, timeoutMs: MINUTE, attempts: 5 } });
    await eventually(() => expect(call).toHaveBeenCalledTimes(1));
    await new Promise((resolve) => setImmediate(resolve));
    effects.stop();
    await running;
    expect(call).toHaveBeenCalledTimes(1);
    expect(over).toEqual([]);
  });
});
