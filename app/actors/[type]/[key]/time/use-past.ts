"use client";

import { useEffect, useRef, useState } from "react";
import type { Entry } from "../../../../../server/protocol/journal.ts";
import type { FoldProgress } from "../../../../../server/protocol/past.ts";
import type { HistorySource } from "../../../../history/history-source.ts";
import { KnownPast } from "../../../../history/past.ts";

/** The delay before a failed read is retried, in milliseconds. */
const RETRY_MS = 2_000;

/** The number of entries from which a fold counts as long. */
const FAR = 5_000;

/** The known part of an actor's past, and what is being read. */
export interface PastReading {
  past: KnownPast;
  /** The progress of the awaited window; null without news. */
  progress: FoldProgress | null;
  /** The length of the last long fold, in entries; null if a checkpoint was near each window. */
  far: number | null;
  problem: string | null;
}

/**
 * Reads windows of a journal, one at a time: the one around `at`, then those of `others`, then those before and after.
 * `tail` is what the stream reported.
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
      const onProgress = (progress: FoldProgress) => {
        setProgress(progress);
        const count = progress.wanted - progress.from;
        if (count >= FAR) setFar(count);
      };
      past.add(await history.window(seq, abort.signal, onProgress), now.current.at);
    };
    const pump = () => {
      const seq = wanted();
      if (isReading || seq === null || abort.signal.aborted) return;
      isReading = true;
      const finish = (message: string | null) => {
        isReading = false;
        if (abort.signal.aborted) return;
        setProgress(null);
        setProblem(message);
        changed();
        if (message === null) pump();
        else timer = setTimeout(pump, RETRY_MS);
      };
      read(seq).then(
        () => finish(null),
        ({ message }: Error) => finish(message),
      );
    };
    goOn.current = pump;
    return () => {
      abort.abort();
      clearTimeout(timer);
      goOn.current = () => {};
    };
  }, [history]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another seq may need another window
  useEffect(() => goOn.current(), [at, others, begins, head]);

  return { past, progress, far, problem };
}
