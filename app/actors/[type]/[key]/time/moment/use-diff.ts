"use client";

import { useEffect, useRef, useState } from "react";
import type { Json } from "../../../../../../server/protocol/json.ts";
import type { DiffAnswer, DiffQuestion } from "../../../../../history/diff.worker.ts";

/** How long two states may take to be compared, in milliseconds. */
const LIMIT_MS = 5_000;

/** How two states differ; `isTooLarge` when it takes too long to find out, and null while it is not known. */
export type Difference = DiffAnswer | "too large" | null;

/** Compares two states beside the page, so that it can be worked with meanwhile. Null for one that is not known. */
export function useDiff(was: Json | undefined, is: Json | undefined): Difference {
  const [found, setFound] = useState<{ was: Json; is: Json; difference: Difference } | null>(null);
  const worker = useRef<Worker | null>(null);
  useEffect(() => () => worker.current?.terminate(), []);

  useEffect(() => {
    if (was === undefined || is === undefined) return;
    worker.current ??= new Worker(new URL("../../../../../history/diff.worker.ts", import.meta.url));
    const own = worker.current;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const answered = ({ data }: MessageEvent<DiffAnswer>) => {
      clearTimeout(timer);
      setFound({ was, is, difference: data });
    };
    const giveUp = () => {
      own.terminate();
      worker.current = null;
      setFound({ was, is, difference: "too large" });
    };
    timer = setTimeout(giveUp, LIMIT_MS);
    own.addEventListener("message", answered);
    own.postMessage({ was, is } satisfies DiffQuestion);
    return () => {
      clearTimeout(timer);
      own.removeEventListener("message", answered);
    };
  }, [was, is]);

  return found !== null && found.was === was && found.is === is ? found.difference : null;
}
