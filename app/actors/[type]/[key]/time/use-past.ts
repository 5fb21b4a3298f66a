"use client";

import { useEffect, useRef, useState } from "react";
import type { Entry } from "../../../../../server/protocol/journal.ts";
import type { FoldProgress } from "../../../../../server/protocol/past.ts";
import type { HistorySource } from "../../../../history/history-source.ts";
import { KnownPast } from "../../../../history/past.ts";

/** How long to wait before a window that could not be read is asked for again, in milliseconds. */
const RETRY_MS = 2_000;

/** As many entries are far, to fold one after the other. */
const FAR = 5_000;

/** An actor's past as far as it is known, and what is being read of it. */
export interface PastReading {
  past: KnownPast;
  /** How far the making of the window has come that is waited for; null while there is nothing to tell. */
  progress: FoldProgress | null;
  /** How many entries the newest window was made of that no checkpoint was near; null where one was near all. */
  far: number | null;
  problem: string | null;
}

/**
 * Reads windows of a journal, one at a time: the one that `at` lies in, then what comes soon ahead and behind of
 * it; then the one of each of `others`. `tail` are the entries that the stream told.
 */
export function usePast(
  history: HistorySource,
  { at, others, begins, head }: { at: number; others: readonly number[]; begins: number; head: number },
  tail: readonly Entry[],
): PastReading {
  const past = useRef(new KnownPast()).current;
  const [, setVersion] = useState(0);
  const [progress, setProgress] = useState<FoldProgress | null>(null);
  const [far, setFar] = useState<number | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const changed = () => setVersion((before) => before + 1);
  const now = useRef({ at, others, begins, head });
  now.current = { at, others, begins, head };
  past.append(tail);

  const goOn = useRef(() => {});
  // biome-ignore lint/correctness/useExhaustiveDependencies: the setters and the known past stay the same
  useEffect(() => {
    const abort = new AbortController();
    let isReading = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const wanted = () => {
      const { at, others, begins, head } = now.current;
      const missing = others.find((other) => past.headAt(other) === null);
      const next = past.wanted(at, begins, head);
      return next !== null && (past.headAt(at) === null || missing === undefined) ? next : (missing ?? next);
    };
    const read = async (seq: number) => {
      const told = (progress: FoldProgress) => {
        setProgress(progress);
        const count = progress.wanted - progress.from;
        if (count >= FAR) setFar(count);
      };
      past.add(await history.window(seq, abort.signal, told), now.current.at);
    };
    const pump = () => {
      const seq = wanted();
      if (isReading || seq === null || abort.signal.aborted) return;
      isReading = true;
      const over = (message: string | null) => {
        isReading = false;
        if (abort.signal.aborted) return;
        setProgress(null);
        setProblem(message);
        changed();
        if (message === null) pump();
        else timer = setTimeout(pump, RETRY_MS);
      };
      read(seq).then(
        () => over(null),
        ({ message }: Error) => over(message),
      );
    };
    goOn.current = pump;
    return () => {
      abort.abort();
      clearTimeout(timer);
      goOn.current = () => {};
    };
  }, [history]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another place may want another window
  useEffect(() => goOn.current(), [at, others, begins, head]);

  return { past, progress, far, problem };
}
