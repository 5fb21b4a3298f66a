"use client";

import type { Remote } from "comlink";
import { useEffect, useRef, useState } from "react";
import type { Json } from "../../../../../../server/protocol/json.ts";
import type { DiffCalls } from "../../../../../history/diff.worker.ts";
import { callsOf } from "../../../../../read/worker-calls.ts";

/** How long two states may take to be compared, in milliseconds. */
const LIMIT_MS = 5_000;

/** How two states differ; "too large" when it takes too long to find out, and null while it is not known. */
export type Difference = ReturnType<DiffCalls["diff"]> | "too large" | null;

/** Compares two states beside the page, so that it can be worked with meanwhile. Null for one that is not known. */
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
