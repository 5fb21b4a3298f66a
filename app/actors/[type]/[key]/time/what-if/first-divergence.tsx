"use client";

import type { WhatIf } from "../../../../../../server/protocol/what-if.ts";
import { formatPath, preview } from "../../../../../tree/tree.ts";
import { formatNumber } from "../../../../../words/format.ts";

const MAX_VALUE = 160;

/** The first difference between a what-if and the recorded history, with both values and a link. */
export function FirstDivergence({ result: { first }, onOpen }: { result: WhatIf; onOpen: (seq: number) => void }) {
  if (first === null) {
    return (
      <p className="text-dim">
        <span className="text-emerald">✓</span> No difference from the recorded history.
      </p>
    );
  }
  const { seq, kind, path, recorded, actual } = first;
  return (
    <button
      type="button"
      onClick={() => onOpen(seq)}
      className="mono flex max-w-full flex-wrap gap-x-2 rounded text-left hover:bg-raised/60"
    >
      <span className="font-sans text-dim">First divergence at</span>
      <span>{formatNumber(seq)}</span>
      <span>
        {kind} <span className="text-dim">{formatPath(path)}</span>
      </span>
      <span className="break-words text-diff-gone">recorded {preview(recorded, MAX_VALUE)}</span>
      <span className="break-words text-diff">what-if {preview(actual, MAX_VALUE)}</span>
    </button>
  );
}
