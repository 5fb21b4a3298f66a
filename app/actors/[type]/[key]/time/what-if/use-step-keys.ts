"use client";

import { useEffect, useRef } from "react";
import { isForPage } from "../../../../../components/shell/rows.ts";

/** Goes from message to message by `[` and `]`, as through time. `keys` are those of the rows, in order. */
export function useStepKeys(keys: readonly string[], chosen: string, choose: (key: string) => void): void {
  const now = useRef({ keys, chosen, choose });
  now.current = { keys, chosen, choose };
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const step = event.key === "[" ? -1 : event.key === "]" ? 1 : 0;
      if (step === 0 || !isForPage(event)) return;
      const { keys, chosen, choose } = now.current;
      const next = keys[keys.indexOf(chosen) + step];
      if (next === undefined) return;
      event.preventDefault();
      choose(next);
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}
