"use client";

import { useEffect, useRef, useState } from "react";
import type { Result } from "../../../../../../server/protocol/errors.ts";
import type { CheckpointsWritten } from "../../../../../../server/protocol/past.ts";
import { writeCheckpoints } from "../../../../../actions.ts";
import { Button } from "../../../../../components/controls/controls.tsx";
import { type ActorAddress, unanswered } from "../../../../../read/read.ts";
import { formatCount, formatNumber } from "../../../../../words/format.ts";

/** The progress: checkpoints written so far, and the last seq that they cover. */
interface Writing {
  written: number;
  upTo: number;
  head: number;
  state: "busy" | "done" | "stopped";
  problem: string | null;
}

/**
 * Says that a state needed a fold of `folded` entries, and offers to write checkpoints, a few at a time, so that the next
 * ones do not. Calls `onWritten` at the end.
 */
export function CheckpointOffer({
  address,
  folded,
  onWritten,
}: {
  address: ActorAddress;
  folded: number;
  onWritten: () => void;
}) {
  const [writing, setWriting] = useState<Writing | null>(null);
  const stopped = useRef(false);
  useEffect(
    () => () => {
      stopped.current = true;
    },
    [],
  );
  const write = async () => {
    stopped.current = false;
    await writeAll(address, () => stopped.current, setWriting);
    onWritten();
  };
  const isBusy = writing?.state === "busy";
  return (
    <section
      aria-label="Checkpoints"
      className="flex flex-wrap items-center gap-2 rounded border border-line px-3 py-1"
    >
      <p role="status" className="min-w-0 flex-1 text-dim">
        {writing === null
          ? `No checkpoint nearby: this state took a fold of ${formatCount(folded, "entry", "entries")}.`
          : textOf(writing)}
      </p>
      {isBusy && (
        <progress aria-label="Checkpoints written" value={writing.upTo} max={writing.head} className="progress w-40" />
      )}
      {writing?.problem != null && (
        <p role="alert" className="text-red">
          {writing.problem}
        </p>
      )}
      {isBusy && (
        <Button
          onClick={() => {
            stopped.current = true;
          }}
        >
          Stop
        </Button>
      )}
      {!isBusy && writing?.state !== "done" && <Button onClick={write}>Write checkpoints</Button>}
    </section>
  );
}

function textOf({ written, upTo, head, state }: Writing): string {
  const count = formatCount(written, "checkpoint");
  if (state === "done") return `${count} written. States now load from the nearest one.`;
  return `${count} written, up to seq ${formatNumber(upTo)} of ${formatNumber(head)}${state === "busy" ? "…" : "; stopped."}`;
}

/** Writes checkpoints until none is missing, it is stopped, or the server refuses. */
async function writeAll(address: ActorAddress, isStopped: () => boolean, report: (writing: Writing) => void) {
  const writing: Writing = { written: 0, upTo: 0, head: 1, state: "busy", problem: null };
  report(writing);
  for (let after: number | null = 0; after !== null; ) {
    const result: Result<CheckpointsWritten> = await writeCheckpoints({ ...address, after }).catch(unanswered);
    if (!result.ok) return report({ ...writing, state: "stopped", problem: result.error.message });
    after = result.value.next;
    writing.written += result.value.seqs.length;
    writing.head = result.value.head;
    writing.upTo = after ?? writing.head;
    if (after !== null && isStopped()) return report({ ...writing, state: "stopped" });
    report({ ...writing, state: after === null ? "done" : "busy" });
  }
}
