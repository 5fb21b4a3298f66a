import { describe, expect, test } from "vitest";
import { VirtualClock } from "../../testing/virtual-clock.ts";
import { Batcher } from "./batcher.ts";

/** Calls that a test ends one by one. Each item's result is the item doubled. */
function held(max: number) {
  const calls: { items: number[]; end(error?: Error): void }[] = [];
  let called: () => void = () => undefined;
  const run = (items: number[]) =>
    new Promise<number[]>((resolve, reject) => {
      calls.push({ items, end: (error) => (error ? reject(error) : resolve(items.map((item) => item * 2))) });
      called();
    });
  const batcher = new Batcher(run, max, new VirtualClock());
  /** The call of that number, from 0, once it is made. */
  const call = async (n: number) => {
    while (calls.length <= n) {
      await new Promise<void>((resolve) => {
        called = resolve;
      });
    }
    return calls[n]!;
  };
  return { batcher, call, calls };
}

describe("a batcher", () => {
  test("makes one call for all items requested at once, and returns each its own result", async () => {
    const { batcher, call, calls } = held(100);
    const asked = [3, 1, 2].map((item) => batcher.ask(item));
    (await call(0)).end();
    expect(await Promise.all(asked)).toEqual([6, 2, 4]);
    expect(calls.map(({ items }) => items)).toEqual([[3, 1, 2]]);
  });

  test("makes one call at a time; items requested meanwhile go together in the next", async () => {
    const { batcher, call, calls } = held(100);
    const first = batcher.ask(1);
    const underWay = await call(0);
    const later = [batcher.ask(2), batcher.ask(3)];
    expect(calls).toHaveLength(1);
    underWay.end();
    expect(await first).toBe(2);
    (await call(1)).end();
    expect(await Promise.all(later)).toEqual([4, 6]);
    expect(calls.map(({ items }) => items)).toEqual([[1], [2, 3]]);
  });

  test("has at most `max` items in one call", async () => {
    const { batcher, call, calls } = held(2);
    const asked = [1, 2, 3, 4, 5].map((item) => batcher.ask(item));
    for (const n of [0, 1, 2]) (await call(n)).end();
    expect(await Promise.all(asked)).toEqual([2, 4, 6, 8, 10]);
    expect(calls.map(({ items }) => items)).toEqual([[1, 2], [3, 4], [5]]);
  });

  test("rejects the items of a failed call, and continues", async () => {
    const { batcher, call } = held(2);
    const asked = [1, 2, 3].map((item) => batcher.ask(item));
    const outcomes = Promise.allSettled(asked);
    (await call(0)).end(new Error("down"));
    (await call(1)).end();
    expect(await outcomes).toEqual([
      { status: "rejected", reason: new Error("down") },
      { status: "rejected", reason: new Error("down") },
      { status: "fulfilled", value: 6 },
    ]);
    const again = batcher.ask(4);
    (await call(2)).end();
    expect(await again).toBe(8);
  });

  test("treats a call that throws synchronously the same way", async () => {
    const batcher = new Batcher<number, number>(
      () => {
        throw new Error("no call");
      },
      2,
      new VirtualClock(),
    );
    await expect(batcher.ask(1)).rejects.toThrow("no call");
    await expect(batcher.ask(2)).rejects.toThrow("no call");
  });
});
