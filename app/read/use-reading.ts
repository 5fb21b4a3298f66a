"use client";

import { useEffect, useRef, useState } from "react";
import { readPath } from "./read.ts";
import { throttle } from "./throttle.ts";

/** The min time between two reads, and the delay after a failed one, in milliseconds. */
const INTERVAL_MS = 250;
const RETRY_MS = 2000;

/** The last value that was read, and the error of the last read. */
export interface Reading<T> {
  value: T | null;
  /** True while `value` belongs to the previous path. */
  isBehind: boolean;
  problem: string | null;
}

/** A value that the server rendered. */
export interface FirstReading<T> {
  path: string;
  value: T;
}

/**
 * Reads a path of the server's API, and again for each `version`. `first` is the value before the first read. Without a
 * path nothing is read.
 */
export function useReading<T>(path: string | null, version: string, first: FirstReading<T> | null): Reading<T> {
  const [read, setRead] = useState<{ path: string | null; value: T | null; problem: string | null }>({
    ...(first ?? { path, value: null }),
    problem: null,
  });
  const ask = useRef(() => {});

  useEffect(() => {
    if (path === null) return;
    const abort = new AbortController();
    const reader = throttle(
      () =>
        readPath<T>(path, abort.signal).then(
          (value) => setRead({ path, value, problem: null }),
          ({ message }: Error) => {
            if (!abort.signal.aborted) setRead((before) => ({ ...before, problem: message }));
          },
        ),
      INTERVAL_MS,
    );
    ask.current = reader.call;
    return () => {
      abort.abort();
      reader.stop();
      ask.current = () => {};
    };
  }, [path]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: reads for each path and version
  useEffect(() => ask.current(), [path, version]);

  const { value, problem } = read;
  useInterval(problem !== null, RETRY_MS, () => ask.current());

  return { value, problem, isBehind: read.path !== path };
}

/** Calls `act` every `ms` milliseconds while `isOn` and the page is visible. */
export function useInterval(isOn: boolean, ms: number, act: () => void): void {
  const latest = useRef(act);
  latest.current = act;
  useEffect(() => {
    if (!isOn) return;
    const timer = setInterval(() => {
      if (!document.hidden) latest.current();
    }, ms);
    return () => clearInterval(timer);
  }, [isOn, ms]);
}
