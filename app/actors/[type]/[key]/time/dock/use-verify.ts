"use client";

import { useEffect, useRef, useState } from "react";
import type { Divergence, ReplayStep } from "../../../../../../server/protocol/replay.ts";
import { type ActorAddress, pathOf, readLines } from "../../../../../read/read.ts";

/** The most divergences that are shown. */
const MAX_SHOWN = 50;

/** How far a replay has come, and what it found. */
export interface Verification {
  seq: number;
  to: number;
  turns: number;
  /** How many diverged in all, and the first of them. */
  count: number;
  divergences: readonly Divergence[];
  isOver: boolean;
  problem: string | null;
}

const begun: Verification = { seq: 0, to: 0, turns: 0, count: 0, divergences: [], isOver: false, problem: null };

/** Replays all of an actor's journal on the code that runs now, when it is told to. Null before, and when it was closed. Without an actor there is nothing to replay. */
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
    setFound(begun);
    const end = (problem: string | null) => {
      if (!abort.signal.aborted) setFound((before) => ({ ...(before ?? begun), isOver: true, problem }));
    };
    readAll(pathOf(actor, "replay"), abort.signal, (step) =>
      setFound((before) => withStep(before ?? begun, step)),
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

async function readAll(path: string, signal: AbortSignal, told: (step: ReplayStep) => void): Promise<void> {
  for await (const step of readLines<ReplayStep>(path, signal)) told(step);
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
