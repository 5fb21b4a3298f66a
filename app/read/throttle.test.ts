import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { throttle } from "./throttle.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("calls at once, and merges later calls within the interval into one at its end", async () => {
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

test("waits for a call that takes longer than the interval", async () => {
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

test("calls nothing after it was stopped", async () => {
  let calls = 0;
  const throttled = throttle(() => ++calls, 100);
  throttled.call();
  throttled.call();
  throttled.stop();
  await vi.advanceTimersByTimeAsync(1000);
  expect(calls).toBe(1);
});
