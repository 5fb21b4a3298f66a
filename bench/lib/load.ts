import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { quantile } from "./stats.ts";

/** Answers per second, and their latencies in milliseconds. */
export interface Loaded {
  perSecond: number;
  p50: number;
  p99: number;
}

/**
 * Runs concurrent callers, each of which asks again as soon as it is answered. Counts the answers within the time, and
 * the first answer in any case. Resolves when all are answered. `ask` receives the number of the question, from 0.
 */
export async function load(
  callers: number,
  seconds: number,
  ask: (question: number) => Promise<unknown>,
): Promise<Loaded> {
  const times: number[] = [];
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1_000;
  let asked = 0;
  const call = async () => {
    for (let at = startedAt; at < endsAt; ) {
      const askedAt = performance.now();
      await ask(asked++);
      at = performance.now();
      if (at < endsAt || times.length === 0) times.push(at - askedAt);
    }
  };
  await Promise.all(Array.from({ length: callers }, call));
  return summarizeLoad(times, seconds);
}

/** How often `pace` checks which questions are due, in milliseconds. */
const TICK_MS = 5;
/** The maximum number of unanswered questions of `pace`. Further ones wait, and the wait counts. */
const MAX_IN_FLIGHT = 10_000;

/**
 * Asks at a fixed rate, however long the answers take. Latencies count from when a question was due. Resolves when all
 * are answered. `ask` receives the number of the question, from 0.
 */
export async function pace(
  perSecond: number,
  seconds: number,
  ask: (question: number) => Promise<unknown>,
): Promise<Loaded> {
  const times: number[] = [];
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const startedAt = performance.now();
  const start = (question: number) => {
    const dueAt = startedAt + (question / perSecond) * 1_000;
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
    const due = Math.min(count, ((performance.now() - startedAt) / 1_000) * perSecond);
    while (asked < due && running.size < MAX_IN_FLIGHT) start(asked++);
  }
  await Promise.all(running);
  if (failures.length > 0) throw failures[0];
  return summarizeLoad(times, (performance.now() - startedAt) / 1_000);
}

/** Summarizes the latencies of the answers within a time. There must be at least one. */
export function summarizeLoad(times: readonly number[], seconds: number): Loaded {
  const sorted = Float64Array.from(times).sort();
  return { perSecond: times.length / seconds, p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) };
}
