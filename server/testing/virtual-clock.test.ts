import { beforeEach, describe, expect, test } from "vitest";
import { VirtualClock } from "./virtual-clock.ts";

let clock: VirtualClock;
let start: number;
let seen: string[];

/** A task that notes its name and the time that it runs at, from the start. */
const note = (name: string) => () => {
  seen.push(`${name} ${clock.now() - start}`);
};

beforeEach(() => {
  clock = new VirtualClock();
  start = clock.now();
  seen = [];
});

test("time stands still until it is moved", () => {
  expect(new Date(clock.now()).toISOString()).toBe("2026-01-01T00:00:00.000Z");
  clock.advance(1_500);
  expect(clock.now() - start).toBe(1_500);
  expect(new VirtualClock(42).now()).toBe(42);
});

describe("what is to happen every so often", () => {
  test("happens at its times, in the order of time, those of one time in the order they were asked for", () => {
    clock.every(300, note("slow"));
    clock.every(200, note("quick"));
    clock.every(300, note("late"));
    clock.advance(650);
    expect(seen).toEqual(["quick 200", "slow 300", "late 300", "quick 400", "slow 600", "quick 600", "late 600"]);
    expect(clock.now() - start).toBe(650);
    clock.advance(149);
    expect(seen).toHaveLength(7);
    clock.advance(1);
    expect(seen.at(-1)).toBe("quick 800");
  });

  test("happens no more once it is stopped, also by itself", () => {
    const stop = clock.every(100, () => {
      note("once")();
      stop();
    });
    const stopOther = clock.every(100, note("other"));
    clock.advance(100);
    stopOther();
    clock.advance(1_000);
    expect(seen).toEqual(["once 100", "other 100"]);
  });

  test("happens once, at the last of its times, when the clock skips them", () => {
    clock.every(100, note("often"));
    clock.every(250, note("seldom"));
    clock.skip(730);
    expect(seen).toEqual(["seldom 500", "often 700"]);
    expect(clock.now() - start).toBe(730);
    clock.skip(70);
    expect(seen.slice(2)).toEqual(["seldom 750", "often 800"]);
    clock.skip(49);
    expect(seen).toHaveLength(4);
  });

  test("may ask for more, which happens on the way too", () => {
    const stop = clock.every(100, () => {
      stop();
      clock.every(50, note("inner"));
    });
    clock.advance(200);
    expect(seen).toEqual(["inner 150", "inner 200"]);
  });
});

describe("a sleeper", () => {
  test("wakes when its time has come, and not before", async () => {
    const slept = clock.sleep(100).then(note("awake"));
    clock.advance(99);
    await Promise.resolve();
    expect(seen).toEqual([]);
    clock.advance(1);
    await slept;
    expect(seen).toEqual(["awake 100"]);
  });

  test("wakes at once when its signal is aborted, before or meanwhile", async () => {
    const meanwhile = new AbortController();
    const slept = clock.sleep(100, meanwhile.signal);
    meanwhile.abort();
    await slept;
    await clock.sleep(100, AbortSignal.abort());
    expect(clock.now()).toBe(start);
  });
});

test("soon is after the events that are already there, without any time passing", async () => {
  const later = new Promise<void>((resolve) => {
    clock.soon(() => {
      note("soon")();
      resolve();
    });
  });
  note("now")();
  await later;
  expect(seen).toEqual(["now 0", "soon 0"]);
});

test("a clock that is set back or forward shows another time, and nobody waits any longer or shorter for it", () => {
  clock.every(100, note("tick"));
  clock.set(start - 86_400_000);
  clock.advance(150);
  clock.set(start + 86_400_000);
  expect(clock.now() - start).toBe(86_400_000);
  clock.advance(50);
  expect(seen).toEqual(["tick -86399900", "tick 86400050"]);
});
