import { describe, expect, test } from "vitest";
import {
  cutMiddle,
  formatAgo,
  formatBytes,
  formatClock,
  formatCount,
  formatDuration,
  formatLatency,
  formatLatencyScale,
  formatTime,
  formatUntil,
} from "./format.ts";

test.each([
  [0, "0 ms"],
  [850, "850 ms"],
  [3200, "3 s"],
  [59_999, "59 s"],
  [12 * 60_000, "12 min"],
  [2 * 3_600_000, "2 h"],
  [2 * 3_600_000 + 5 * 60_000, "2 h 5 min"],
  [76 * 3_600_000, "3 d 4 h"],
  [16 * 365 * 24 * 3_600_000, "16 years"],
])("formats %i ms as %s", (ms, text) => expect(formatDuration(ms)).toBe(text));

test("less than a second ago, or in the future, is now", () => {
  expect(formatAgo(1000, 1400)).toBe("now");
  expect(formatAgo(5000, 1000)).toBe("now");
  expect(formatAgo(1000, 4000)).toBe("3 s ago");
});

test("a due time is now, any other is in at least a second", () => {
  expect([1000, 1400, 5000].map((at) => formatUntil(at, 1000))).toEqual(["now", "in 1 s", "in 4 s"]);
});

describe("a time", () => {
  const at = Date.parse("2026-11-22T14:03:20.123Z");

  test("is formatted in UTC", () => {
    expect(formatTime(at, "utc")).toBe("2026-11-22 14:03:20");
    expect(formatClock(at, "utc")).toBe("14:03:20");
  });

  test("is formatted in the local zone", () => {
    const local = new Date(2026, 10, 22, 9, 5, 7).getTime();
    expect(formatTime(local, "local")).toBe("2026-11-22 09:05:07");
  });
});

test("latencies have two or three significant digits", () => {
  expect([0.416, 3.14, 28.4, 128.4, 1520].map(formatLatency)).toEqual([
    "0.42 ms",
    "3.1 ms",
    "28 ms",
    "128 ms",
    "1.5 s",
  ]);
});

test("the latencies of a scale have the same unit and digits", () => {
  expect(formatLatencyScale([0, 50, 100, 150])).toEqual(["0", "50 ms", "100 ms", "150 ms"]);
  expect(formatLatencyScale([0, 0.5, 1])).toEqual(["0", "0.5 ms", "1.0 ms"]);
  expect(formatLatencyScale([0, 0.1 + 0.2, 0.6])).toEqual(["0", "0.3 ms", "0.6 ms"]);
  expect(formatLatencyScale([0, 500, 1000])).toEqual(["0", "0.5 s", "1.0 s"]);
  expect(formatLatencyScale([])).toEqual([]);
});

test("sizes are in bytes, kilobytes and megabytes", () => {
  expect([231, 12_700, 3_250_586].map(formatBytes)).toEqual(["231 B", "12.4 KB", "3.1 MB"]);
});

test("counts agree with their noun", () => {
  expect([formatCount(1, "actor"), formatCount(1200, "actor")]).toEqual(["1 actor", "1,200 actors"]);
  expect([formatCount(1, "entry", "entries"), formatCount(2, "entry", "entries")]).toEqual(["1 entry", "2 entries"]);
});

test("a long id is shortened in the middle, never inside a character", () => {
  expect(cutMiddle("0123456789abcdef", 16)).toBe("0123456789abcdef");
  expect(cutMiddle("0123456789abcdef", 9)).toBe("0123…cdef");
  expect(cutMiddle("😀😀😀😀😀😀", 3)).toBe("😀…😀");
});
