"use client";

import { useEffect, useState } from "react";
import type { Edit, WhatIf } from "../../../../../../server/protocol/what-if.ts";
import { type ActorAddress, pathOf, postPath } from "../../../../../read/read.ts";

/** A what-if that is being edited: what was done to the messages, and what came of it. */
export interface Trial {
  edits: readonly Edit[];
  /** Tries it with other edits. */
  edit: (edits: readonly Edit[]) => void;
  /** What came of the newest edits that could be run; null while nothing did. */
  result: WhatIf | null;
  /** Whether that is what comes of all edits. */
  isCurrent: boolean;
  /** Why the newest edits could not be run. */
  problem: string | null;
  /** Runs the same once more. */
  again: () => void;
  /** Goes back to the edits that could be run; null where that changes nothing. */
  takeBack: (() => void) | null;
}

/** What came of edits; or why nothing did. */
interface Ran<T> {
  of: readonly Edit[];
  told: T;
}

const none: readonly Edit[] = [];

/** Runs a what-if from a seq on, and again with each edit. The edits are on this page alone. */
export function useWhatIf({ type, keyText }: ActorAddress, at: number): Trial {
  const [edits, setEdits] = useState(none);
  const [ran, setRan] = useState<Ran<WhatIf> | null>(null);
  const [failed, setFailed] = useState<Ran<string> | null>(null);
  const [tries, setTries] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: it is run for each try
  useEffect(() => {
    const abort = new AbortController();
    postPath<WhatIf>(pathOf({ type, keyText }, "what-ifs"), { at, edits }, abort.signal).then(
      (told) => {
        setRan({ of: edits, told });
        setFailed(null);
      },
      ({ message }: Error) => {
        if (!abort.signal.aborted) setFailed({ of: edits, told: message });
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
    result: ran?.told ?? null,
    isCurrent: ran?.of === edits,
    problem: failed?.of === edits ? failed.told : null,
    again,
    takeBack: good === edits ? null : () => setEdits(good),
  };
}
