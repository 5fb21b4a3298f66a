import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { throttle } from "./throttle.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("the first call is at once, and of those that follow within the interval one is left, at its end", async () => {
  let calls = 0;
  const throttled = throttle(() => ++calls, 100);
  for (let i = 0; i < 5; i++) throttled.call();
  expect(calls).toBe(1);
  await vi.advanceTimersByTimeAsync(99);
  expect(calls).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(calls).toBe(2);
  await vi.advanceTimersByTimeAsync(1000);
  expect(calls).toBe(2);
});

test("a call that takes longer than the interval is waited for", async () => {
  let calls = 0;
  let over = () => {};
  const throttled = throttle(() => {
    calls += 1;
    return new Promise<void>((resolve) => {
      over = resolve;
    });
  }, 100);
  throttled.call();
  throttled.call();
  await vi.advanceTimersByTimeAsync(500);
  expect(calls).toBe(1);
  over();
  await vi.advanceTimersByTimeAsync(0);
  expect(calls).toBe(2);
});

test("nothing is called after it was stopped", async () => {
  let calls = 0;
  const throttled = throttle(() => ++calls, 100);
  throttled.call();
  throttled.call();
  throttled.stop();
  await vi.advanceTimersByTimeAsync(1000);
  expect(calls).toBe(1);
});
