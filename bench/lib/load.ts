import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
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

/** How often `pace` looks what is due, in milliseconds. */
const TICK_MS = 5;
/** The most that `pace` has under way at one time: beyond it, what is due waits, and the wait counts. */
const MAX_UNDER_WAY = 10_000;

/**
 * Asks so often a second, however long the answers take; times count from when a question was due. Resolves when all
 * are answered. `ask` gets the number of the question, from 0.
 */
export async function pace(
  perSecond: number,
  seconds: number,
  ask: (question: number) => Promise<unknown>,
): Promise<Loaded> {
  const times: number[] = [];
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const begunAt = performance.now();
  const begin = (question: number) => {
    const dueAt = begunAt + (question / perSecond) * 1_000;
    const one = ask(question)
      .then(
        () => void times.push(performance.now() - dueAt),
        (error: unknown) => void failures.push(error),
      )
      .then(() => void running.delete(one));
    running.add(one);
  };
  const count = Math.ceil(perSecond * seconds);
  for (let asked = 0; asked < count; await sleep(TICK_MS)) {
    if (failures.length > 0) throw failures[0];
    const due = Math.min(count, ((performance.now() - begunAt) / 1_000) * perSecond);
    while (asked < due && running.size < MAX_UNDER_WAY) begin(asked++);
  }
  await Promise.all(running);
  if (failures.length > 0) throw failures[0];
  return summarizeLoad(times, (performance.now() - begunAt) / 1_000);
}

/** Sums up how long answers took that came within so many seconds. There must be at least one. */
export function summarizeLoad(times: readonly number[], seconds: number): Loaded {
  const sorted = Float64Array.from(times).sort();
  return { perSecond: times.length / seconds, p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) };
}
