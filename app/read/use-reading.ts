"use client";

import { useEffect, useRef, useState } from "react";
import { readPath } from "./read.ts";
import { throttle } from "./throttle.ts";
import { useInterval } from "./use-interval.ts";

/** The least time between two readings, and how long to wait after one that failed. In milliseconds. */
const INTERVAL_MS = 250;
const RETRY_MS = 2000;

/** What was read last, and why nothing newer could be. */
export interface Reading<T> {
  value: T | null;
  /** True while what is wanted now was not read yet, and `value` is what was wanted before. */
  isBehind: boolean;
  problem: string | null;
}

/** What was read at a path before the page came. */
export interface FirstReading<T> {
  path: string;
  value: T;
}

/**
 * What the server's API has at a path, read again whenever `version` becomes another one. `first` is what is shown
 * until then, of this path or another one; without a path nothing is read.
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

  // biome-ignore lint/correctness/useExhaustiveDependencies: it is read for each path and each version
  useEffect(() => ask.current(), [path, version]);

  const { value, problem } = read;
  useInterval(problem !== null, RETRY_MS, () => ask.current());

  return { value, problem, isBehind: read.path !== path };
}
