"use client";

import { useMemo } from "react";
import type { Page } from "../../../../../server/protocol/actors.ts";
import type { CheckpointInfo } from "../../../../../server/protocol/journal.ts";
import { type ActorAddress, pathOf } from "../../../../read/read.ts";
import { useReading } from "../../../../read/use-reading.ts";

/** An actor's checkpoints, newest first, and the error if they could not be read. */
export interface Checkpoints {
  list: readonly CheckpointInfo[];
  problem: string | null;
}

/**
 * An actor's checkpoints, live: those of the page (`first`), those that the stream `reported`, and those read after each
 * join of the stream (`joins` counts them), which repeats nothing, and after each recovery, which finds damaged ones.
 */
export function useCheckpoints(
  address: ActorAddress,
  first: readonly CheckpointInfo[],
  reported: readonly CheckpointInfo[],
  joins: number,
  recoveredAt: string | undefined,
): Checkpoints {
  const path = pathOf(address, "checkpoints");
  const { value, problem } = useReading<Pick<Page<CheckpointInfo>, "items">>(
    joins === 0 ? null : path,
    `${joins} ${recoveredAt}`,
    { path, value: { items: [...first] } },
  );
  const list = useMemo(() => mergeCheckpoints(value?.items ?? [], reported), [value, reported]);
  return { list, problem };
}

/** The number of valid checkpoints that the server stores besides the permanent ones. */
const LAST_STORED = 2;

/**
 * Checkpoints that were read and those that the stream reported, newest first, without those the server has deleted
 * since. Of two with the same seq the newer one wins. Only those that were read can be marked as damaged.
 */
export function mergeCheckpoints(
  read: readonly CheckpointInfo[],
  reported: readonly CheckpointInfo[],
): readonly CheckpointInfo[] {
  const bySeq = new Map<number, CheckpointInfo>();
  for (const checkpoint of [...reported, ...read]) {
    const known = bySeq.get(checkpoint.seq);
    if (known === undefined || checkpoint.at >= known.at) bySeq.set(checkpoint.seq, checkpoint);
  }
  const all = [...bySeq.values()].sort((a, b) => b.seq - a.seq);
  const last = all.filter(({ damaged }) => !damaged)[LAST_STORED - 1]?.seq ?? 0;
  return all.filter(({ seq, permanent }) => permanent || seq >= last);
}
