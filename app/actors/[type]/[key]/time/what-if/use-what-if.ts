"use client";

import { useEffect, useState } from "react";
import type { Edit, WhatIf } from "../../../../../../server/protocol/what-if.ts";
import { type ActorAddress, pathOf, postPath } from "../../../../../read/read.ts";

/** A what-if that is being edited, and its result. */
export interface Trial {
  edits: readonly Edit[];
  /** Runs it with other edits. */
  edit: (edits: readonly Edit[]) => void;
  /** The result of the last edits that ran; null before the first run. */
  result: WhatIf | null;
  /** Whether `result` includes all edits. */
  isCurrent: boolean;
  /** Why the newest edits did not run. */
  problem: string | null;
  /** Runs the same edits again. */
  again: () => void;
  /** Restores the last edits that ran; null if they are current. */
  undo: (() => void) | null;
}

/** The outcome of edits: a result, or an error. */
interface Ran<T> {
  of: readonly Edit[];
  outcome: T;
}

const none: readonly Edit[] = [];

/** Runs a what-if from a seq, and again after each edit. Only this page holds the edits. */
export function useWhatIf({ type, keyText }: ActorAddress, at: number): Trial {
  const [edits, setEdits] = useState(none);
  const [ran, setRan] = useState<Ran<WhatIf> | null>(null);
  const [failed, setFailed] = useState<Ran<string> | null>(null);
  const [tries, setTries] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: it is run for each try
  useEffect(() => {
    const abort = new AbortController();
    postPath<WhatIf>(pathOf({ type, keyText }, "what-ifs"), { at, edits }, abort.signal).then(
      (outcome) => {
        setRan({ of: edits, outcome });
        setFailed(null);
      },
      ({ message }: Error) => {
        if (!abort.signal.aborted) setFailed({ of: edits, outcome: message });
      },
    );
    return () => abort.abort();
  }, [type, keyText, at, edits, tries]);

  const good = ran?.of ?? none;
  const again = () => {
    setFailed(null);
    setTries((before) => before + 1);
  };
  return {
    edits,
    edit: setEdits,
    result: ran?.outcome ?? null,
    isCurrent: ran?.of === edits,
    problem: failed?.of === edits ? failed.outcome : null,
    again,
    undo: good === edits ? null : () => setEdits(good),
  };
}
