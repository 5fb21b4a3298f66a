import { describe, expect, test } from "vitest";
import { VirtualClock } from "../../testing/virtual-clock.ts";
import { Batcher } from "./batcher.ts";

/** Calls that a test ends one by one; each item's result is the item doubled. */
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
  test("makes one call of all that is asked for at once, and gives each its own result", async () => {
    const { batcher, call, calls } = held(100);
    const asked = [3, 1, 2].map((item) => batcher.ask(item));
    (await call(0)).end();
    expect(await Promise.all(asked)).toEqual([6, 2, 4]);
    expect(calls.map(({ items }) => items)).toEqual([[3, 1, 2]]);
  });

  test("has one call under way; what is asked for meanwhile goes together in the next", async () => {
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

  test("asks for no more at a time than it may", async () => {
    const { batcher, call, calls } = held(2);
    const asked = [1, 2, 3, 4, 5].map((item) => batcher.ask(item));
    for (const n of [0, 1, 2]) (await call(n)).end();
    expect(await Promise.all(asked)).toEqual([2, 4, 6, 8, 10]);
    expect(calls.map(({ items }) => items)).toEqual([[1, 2], [3, 4], [5]]);
  });

  test("tells of a failed call those who were part of it, and goes on", async () => {
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

  test("tells of a call that throws at once as of any other", async () => {
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
