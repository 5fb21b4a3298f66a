import { beforeEach, describe, expect, test } from "vitest";
import { LATENCY_BOUNDS_MS, RATE_SECONDS } from "../../protocol/overview.ts";
import { VirtualClock } from "../../testing/virtual-clock.ts";
import { TypeMetrics } from "./type-metrics.ts";

let clock: VirtualClock;
let metrics: TypeMetrics;

beforeEach(() => {
  clock = new VirtualClock();
  metrics = new TypeMetrics(clock);
});

describe("a command", () => {
  test("is counted per second for a minute, and in total", () => {
    for (let i = 0; i < 3; i++) metrics.answered("counter", "increment", 1, false);
    clock.advance(10_000);
    metrics.answered("counter", "increment", 1, true);
    const [stats] = metrics.read("counter").commands;
    expect(stats).toMatchObject({ name: "increment", total: 4, failed: 1 });
    expect(stats?.perSecond).toHaveLength(RATE_SECONDS);
    expect([stats?.perSecond.at(-1), stats?.perSecond.at(-2), stats?.perSecond.at(-11)]).toEqual([1, 0, 3]);

    clock.advance(RATE_SECONDS * 1000);
    expect(metrics.read("counter").commands[0]).toMatchObject({ total: 4, perSecond: new Array(RATE_SECONDS).fill(0) });
  });

  test("is counted by its latency", () => {
    for (const ms of [0, 1, 3, 5, 6, 5_000, 5_001]) metrics.answered("counter", "increment", ms, false);
    const latency = metrics.read("counter").commands[0]?.latency ?? [];
    expect(latency).toHaveLength(LATENCY_BOUNDS_MS.length + 1);
    expect(latency.slice(0, 4)).toEqual([2, 0, 2, 1]);
    expect(latency.slice(-2)).toEqual([1, 1]);
  });

  test("of another type is counted separately", () => {
    metrics.answered("a", "run", 1, false);
    expect(metrics.read("b").commands).toEqual([]);
  });
});

test("recoveries are listed up to the newest ten, with percentiles of a thousand", () => {
  const note = (i: number) => ({
    type: "counter",
    keyText: `c${i}`,
    at: "",
    ms: i,
    checkpoint: 0,
    entries: i,
    damaged: 0,
  });
  expect(metrics.read("counter").recovery).toEqual({ total: 0, p50: null, p95: null, max: null });
  for (let i = 1; i <= 1_100; i++) metrics.recovered(note(i));
  expect(metrics.notes.map(({ keyText }) => keyText)).toEqual(Array.from({ length: 10 }, (_, i) => `c${1_100 - i}`));
  expect(metrics.read("counter").recovery).toEqual({ total: 1_100, p50: 601, p95: 1_051, max: 1_100 });
});
