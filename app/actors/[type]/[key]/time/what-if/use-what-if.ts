"use client";

import { useCallback, useEffect, useState } from "react";
import type { Edit, WhatIf } from "../../../../../../server/protocol/what-if.ts";
import { type ActorAddress, pathOf, postPath } from "../../../../../lib/read.ts";

/** A what-if that is being edited: what was done to the messages, and what came of it. */
export interface Trial {
  edits: readonly Edit[];
  /** Tries it with other edits. */
  edit: (edits: readonly Edit[]) => void;
  /** What came of the newest edits that could be run; null while nothing did. */
  result: WhatIf | null;
  isRunning: boolean;
  /** Why the newest edits could not be run. */
  problem: string | null;
  again: () => void;
}

/** Runs a what-if from a seq on, and again with each edit. The edits are in this page alone. */
export function useWhatIf({ type, keyText }: ActorAddress, at: number): Trial {
  const [edits, setEdits] = useState<readonly Edit[]>([]);
  const [ran, setRan] = useState<{ of: object; problem: string | null } | null>(null);
  const [result, setResult] = useState<WhatIf | null>(null);
  const [tries, setTries] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: it is run for each try
  useEffect(() => {
    const abort = new AbortController();
    postPath<WhatIf>(pathOf({ type, keyText }, "what-ifs"), { at, edits }, abort.signal).then(
      (told) => {
        setResult(told);
        setRan({ of: edits, problem: null });
      },
      ({ message }: Error) => {
        if (!abort.signal.aborted) setRan({ of: edits, problem: message });
      },
    );
    return () => abort.abort();
  }, [type, keyText, at, edits, tries]);

  const again = useCallback(() => {
    setRan(null);
    setTries((before) => before + 1);
  }, []);
  const isRunning = ran?.of !== edits;
  return { edits, edit: setEdits, result, isRunning, problem: isRunning ? null : (ran?.problem ?? null), again };
}
