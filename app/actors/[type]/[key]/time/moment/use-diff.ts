"use client";

import type { Remote } from "comlink";
import { useEffect, useRef, useState } from "react";
import type { Json } from "../../../../../../server/protocol/journal.ts";
import type { DiffCalls } from "../../../../../history/diff.worker.ts";
import { callsOf } from "../../../../../read/worker-calls.ts";

/** The time limit of a comparison, in milliseconds. */
const LIMIT_MS = 5_000;

/** The differences of two states; "too large" after the time limit; null while unknown. */
export type Difference = ReturnType<DiffCalls["diff"]> | "too large" | null;

/** Compares two states in a worker. Null while unknown. */
export function useDiff(was: Json | undefined, is: Json | undefined): Difference {
  const [found, setFound] = useState<{ was: Json; is: Json; difference: Difference } | null>(null);
  const differ = useRef<{ worker: Worker; calls: Remote<DiffCalls> } | null>(null);
  useEffect(() => () => differ.current?.worker.terminate(), []);

  useEffect(() => {
    if (was === undefined || is === undefined) return;
    differ.current ??= openDiffer();
    const { worker, calls } = differ.current;
    let isWanted = true;
    const show = (difference: Difference) => {
      if (isWanted) setFound({ was, is, difference });
    };
    const timer = setTimeout(() => {
      worker.terminate();
      differ.current = null;
      show("too large");
    }, LIMIT_MS);
    calls.diff(was, is).then(
      (difference) => {
        clearTimeout(timer);
        show(difference);
      },
      () => {},
    );
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [was, is]);

  return found !== null && found.was === was && found.is === is ? found.difference : null;
}

function openDiffer() {
  const worker = new Worker(new URL("../../../../../history/diff.worker.ts", import.meta.url));
  return { worker, calls: callsOf<DiffCalls>(worker) };
}
