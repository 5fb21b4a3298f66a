import { performance } from "node:perf_hooks";
import { quantile } from "./stats.ts";

/** What a load came to: answers a second, and how long each took, in milliseconds. */
export interface Loaded {
  perSecond: number;
  p50: number;
  p99: number;
}

/**
 * Lets so many callers ask, each again as soon as it is answered. Counts what is answered within the time, and the
 * first answer in any case; resolves when all are. `ask` gets the number of the question, from 0.
 */
export async function load(
  callers: number,
  seconds: number,
  ask: (question: number) => Promise<unknown>,
): Promise<Loaded> {
  const times: number[] = [];
  const begunAt = performance.now();
  const endsAt = begunAt + seconds * 1_000;
  let asked = 0;
  const call = async () => {
    for (let at = begunAt; at < endsAt; ) {
      const askedAt = performance.now();
      await ask(asked++);
      at = performance.now();
      if (at < endsAt || times.length === 0) times.push(at - askedAt);
    }
  };
  await Promise.all(Array.from({ length: callers }, call));
  return summarizeLoad(times, seconds);
}

/** Sums up how long answers took that came within so many seconds. There must be at least one. */
export function summarizeLoad(times: readonly number[], seconds: number): Loaded {
  const sorted = Float64Array.from(times).sort();
  return { perSecond: times.length / seconds, p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) };
}
