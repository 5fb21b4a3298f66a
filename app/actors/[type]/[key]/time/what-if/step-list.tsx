"use client";

import { useEffect } from "react";
import type { WhatIfStep } from "../../../../../../server/protocol/what-if.ts";
import { useRows } from "../../../../../components/controls/use-rows.ts";
import type { Line } from "../../../../../history/what-if.ts";
import { preview } from "../../../../../tree/tree.ts";
import { formatNumber } from "../../../../../words/format.ts";

const ROW = 28;

const MAX_PAYLOAD = 60;

/** How each outcome of a message is drawn. */
export const outcomeLooks: Record<WhatIfStep["outcome"], { glyph: string; colour: string; word: string }> = {
  done: { glyph: "✓", colour: "text-emerald", word: "ok" },
  rejected: { glyph: "⊘", colour: "text-amber", word: "rejected" },
  threw: { glyph: "✕", colour: "text-red", word: "threw" },
  skipped: { glyph: "−", colour: "text-faint", word: "skipped" },
  "done earlier": { glyph: "−", colour: "text-faint", word: "done earlier" },
  wants: { glyph: "◷", colour: "text-amber", word: "needs an effect" },
};

/** The key of the row for the starting point of a what-if. */
export const START = "start";

/** The starting point of a what-if and its messages in order. */
export function StepList({
  at,
  lines,
  chosen,
  unrun,
  onChoose,
}: {
  at: number;
  lines: readonly Line[];
  chosen: string;
  /** The number of messages that did not run. */
  unrun: number;
  onChoose: (key: string) => void;
}) {
  const { scroller, virtual } = useRows(lines.length + 1, ROW, 560);
  const index = lines.findIndex(({ key }) => key === chosen) + 1;
  // biome-ignore lint/correctness/useExhaustiveDependencies: it follows the selection, not each render
  useEffect(() => virtual.scrollToIndex(index), [index]);

  return (
    <div ref={scroller} className="h-full overflow-auto max-lg:h-[50dvh]">
      <ol aria-label="Messages" className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const line = lines[index - 1];
          const key = line?.key ?? START;
          return (
            <li key={key} className="absolute w-full" style={{ top: start, height: ROW }}>
              <button
                type="button"
                aria-current={key === chosen ? "true" : undefined}
                onClick={() => onChoose(key)}
                className="mono flex h-full w-full items-center gap-2 border-b border-line px-3 text-left hover:bg-raised/60 focus-visible:-outline-offset-2 aria-[current]:bg-indigo/15"
              >
                {line === undefined ? <Start at={at} /> : <Words line={line} />}
              </button>
            </li>
          );
        })}
      </ol>
      {unrun > 0 && (
        <p className="px-3 py-2 text-amber">
          ◷ Stopped here: {formatNumber(unrun)} recorded {unrun === 1 ? "message" : "messages"} did not run.
        </p>
      )}
    </div>
  );
}

function Start({ at }: { at: number }) {
  return (
    <>
      <span className="w-14 shrink-0 text-right text-dim">{formatNumber(at)}</span>
      <span aria-hidden className="w-3 text-center text-indigo">
        ◇
      </span>
      <span className="font-sans text-dim">starting point</span>
    </>
  );
}

function Words({ line: { step } }: { line: Line }) {
  const { glyph, colour, word } = outcomeLooks[step.outcome];
  return (
    <>
      <span className="w-14 shrink-0 text-right text-dim">{step.seq === null ? "added" : formatNumber(step.seq)}</span>
      <span aria-hidden className={`w-3 shrink-0 text-center ${colour}`}>
        {glyph}
      </span>
      <span className={`shrink-0 ${step.outcome === "skipped" ? "line-through" : ""}`}>{step.message.command}</span>
      <span className="min-w-0 flex-1 truncate text-dim">{preview(step.message.payload, MAX_PAYLOAD)}</span>
      {step.outcome === "done" ? (
        <span className="sr-only">done</span>
      ) : (
        <span className={`shrink-0 ${colour}`}>{word}</span>
      )}
      {step.edit === "changed" && (
        <span className="shrink-0 rounded border border-indigo px-1 text-mini text-indigo">edited</span>
      )}
      {step.differs !== null && (
        <span className="shrink-0 text-diff-gone" title={`Differs: ${step.differs}`}>
          ≠<span className="sr-only"> differs in {step.differs}</span>
        </span>
      )}
    </>
  );
}
