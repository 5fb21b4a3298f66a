import fc from "fast-check";
import { expect, test } from "vitest";
import { backoffMs, DEFAULT_ATTEMPTS } from "./retry.ts";

test("each wait is twice as long, up to 30 s, and reduced by up to half", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100 }), fc.string(), (attempt, seed) => {
      const full = Math.min(100 * 2 ** (attempt - 1), 30_000);
      expect(backoffMs(attempt, seed)).toBeGreaterThanOrEqual(full / 2);
      expect(backoffMs(attempt, seed)).toBeLessThanOrEqual(full);
    }),
  );
});

test("the waits of a message are deterministic; those of other messages differ", () => {
  expect(backoffMs(5, "m1")).toBe(backoffMs(5, "m1"));
  const waits = Array.from({ length: 100 }, (_, i) => backoffMs(8, `m${i}`));
  expect(new Set(waits).size).toBeGreaterThan(90);
});

test("by default a message is retried for less than 60 s in all", () => {
  const longest = Array.from({ length: DEFAULT_ATTEMPTS - 1 }, (_, i) => Math.min(100 * 2 ** i, 30_000));
  expect(longest.reduce((sum, ms) => sum + ms, 0)).toBe(51_100);
});
