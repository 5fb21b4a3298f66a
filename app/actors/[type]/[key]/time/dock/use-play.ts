"use client";

import { useEffect, useState } from "react";
import type { KnownPast } from "../../../../../history/past.ts";

/** The playback speed: a multiple of the normal rate, or the recorded times. */
export type Speed = "1" | "4" | "real";

/** The duration of an entry at 1×, and its max in real time, in milliseconds. */
const STEP_MS = 200;
const MAX_STEP_MS = 5_000;

/** The playback controls. */
export interface Play {
  isPlaying: boolean;
  speed: Speed;
  setSpeed: (speed: Speed) => void;
  toggle: () => void;
}

/** Moves from entry to entry while playing; waits for entries that are not loaded yet. */
export function usePlay(at: number, head: number, past: KnownPast, go: (seq: number) => void): Play {
  const [isPlaying, setPlaying] = useState(false);
  const [speed, setSpeed] = useState<Speed>("1");
  const isThere = past.headAt(at) !== null;
  const pause = pauseAfter(past, at, speed);

  // biome-ignore lint/correctness/useExhaustiveDependencies: one step for each entry
  useEffect(() => {
    if (!isPlaying || !isThere) return;
    if (at >= head) {
      setPlaying(false);
      return;
    }
    const timer = setTimeout(() => go(at + 1), pause);
    return () => clearTimeout(timer);
  }, [isPlaying, isThere, at, head, pause]);

  return { isPlaying, speed, setSpeed, toggle: () => setPlaying((before) => !before) };
}

function pauseAfter(past: KnownPast, at: number, speed: Speed): number {
  if (speed !== "real") return STEP_MS / Number(speed);
  const [now, next] = [past.entry(at), past.entry(at + 1)];
  return now === undefined || next === undefined ? STEP_MS : Math.min(Math.max(0, next.at - now.at), MAX_STEP_MS);
}
