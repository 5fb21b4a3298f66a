import { expect, test } from "vitest";
import { durationMs } from "./time.ts";

test.each([
  ["0s", 0],
  ["500ms", 500],
  ["30s", 30_000],
  ["5m", 300_000],
  ["30m", 1_800_000],
  ["2h", 7_200_000],
  ["7d", 604_800_000],
])("%s is %i milliseconds", (text, ms) => {
  expect(durationMs(text)).toBe(ms);
});

test.each(["", "30", "m", "30 m", "30M", "30min", "1.5h", "-1s", "+1s", "1e3s", "1h30m", "1234567890s", "30m\n"])(
  "%j is no duration",
  (text) => {
    expect(() => durationMs(text)).toThrow(TypeError);
  },
);
