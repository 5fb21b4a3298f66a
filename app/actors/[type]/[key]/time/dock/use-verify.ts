"use client";

import { useEffect, useRef, useState } from "react";
import type { Divergence, ReplayStep } from "../../../../../../server/protocol/what-if.ts";
import { type ActorAddress, pathOf, readLines } from "../../../../../read/read.ts";

const MAX_SHOWN = 50;

/** The progress of a replay and its divergences. */
export interface Verification {
  seq: number;
  to: number;
  turns: number;
  /** The number of divergences; `divergences` holds the first of them. */
  count: number;
  divergences: readonly Divergence[];
  isDone: boolean;
  problem: string | null;
}

const initial: Verification = { seq: 0, to: 0, turns: 0, count: 0, divergences: [], isDone: false, problem: null };

/** Replays an actor's whole journal with the current code. `found` is null before and after. Without an actor nothing runs. */
export function useVerify(actor: ActorAddress | null): {
  found: Verification | null;
  verify: () => void;
  close: () => void;
} {
  const [found, setFound] = useState<Verification | null>(null);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);

  const verify = () => {
    if (actor === null) return;
    running.current?.abort();
    const abort = new AbortController();
    running.current = abort;
    setFound(initial);
    const end = (problem: string | null) => {
      if (!abort.signal.aborted) setFound((before) => ({ ...(before ?? initial), isDone: true, problem }));
    };
    readAll(pathOf(actor, "replay"), abort.signal, (step) =>
      setFound((before) => withStep(before ?? initial, step)),
    ).then(
      () => end(null),
      ({ message }: Error) => end(message),
    );
  };
  const close = () => {
    running.current?.abort();
    setFound(null);
  };
  return { found, verify, close };
}

async function readAll(path: string, signal: AbortSignal, onStep: (step: ReplayStep) => void): Promise<void> {
  for await (const step of readLines<ReplayStep>(path, signal)) onStep(step);
}

function withStep(before: Verification, { seq, to, turns, divergences }: ReplayStep): Verification {
  return {
    ...before,
    seq,
    to,
    turns: before.turns + turns,
    count: before.count + divergences.length,
    divergences: [...before.divergences, ...divergences].slice(0, MAX_SHOWN),
  };
}
