"use client";

import { useEffect, useMemo, useState } from "react";
import type { CheckpointInfo } from "../../../../../server/protocol/journal.ts";
import { mergeCheckpoints } from "../../../../history/checkpoints.ts";
import { type ActorAddress, readCheckpoints } from "../../../../read/read.ts";

/** An actor's checkpoints, newest first, and why they could not be read if so. */
export interface Checkpoints {
  list: readonly CheckpointInfo[];
  problem: string | null;
}

/**
 * An actor's checkpoints, live: those that the page was made with, those that the stream `told` of, and those that are
 * read each time the stream was joined anew, since it does not tell what it told before (`joins` counts that), or the
 * actor was recovered, which finds the damaged ones.
 */
export function useCheckpoints(
  { type, keyText }: ActorAddress,
  first: readonly CheckpointInfo[],
  told: readonly CheckpointInfo[],
  joins: number,
  recoveredAt: string | undefined,
): Checkpoints {
  const [read, setRead] = useState<Checkpoints>({ list: first, problem: null });

  // biome-ignore lint/correctness/useExhaustiveDependencies: they are read anew after each recovery
  useEffect(() => {
    if (joins === 0) return;
    const abort = new AbortController();
    readCheckpoints({ type, keyText }, abort.signal).then(
      (list) => setRead({ list, problem: null }),
      ({ message }: Error) => {
        if (!abort.signal.aborted) setRead((before) => ({ ...before, problem: message }));
      },
    );
    return () => abort.abort();
  }, [type, keyText, joins, recoveredAt]);

  const list = useMemo(() => mergeCheckpoints(read.list, told), [read.list, told]);
  return { list, problem: read.problem };
}
