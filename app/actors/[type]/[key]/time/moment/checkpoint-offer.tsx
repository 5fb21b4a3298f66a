"use client";

import { useEffect, useRef, useState } from "react";
import type { Result } from "../../../../../../server/protocol/errors.ts";
import type { CheckpointsWritten } from "../../../../../../server/protocol/past.ts";
import { writeCheckpoints } from "../../../../../actions.ts";
import { Button } from "../../../../../components/controls/controls.tsx";
import { type ActorAddress, unanswered } from "../../../../../read/read.ts";
import { formatCount, formatNumber } from "../../../../../words/format.ts";

/** How far the writing has come: checkpoints so far, and the seq up to which there are some. */
interface Writing {
  written: number;
  upTo: number;
  head: number;
  state: "busy" | "done" | "stopped";
  problem: string | null;
}

/**
 * Says that a state took a long fold, of so many entries, and offers to write checkpoints, a few at a time, so that the next
 * ones do not. `onWritten` is told when there are new ones.
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
          ? `No checkpoint is near: to make a state, ${formatCount(folded, "entry", "entries")} were folded.`
          : said(writing)}
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

function said({ written, upTo, head, state }: Writing): string {
  const so = formatCount(written, "checkpoint");
  if (state === "done") return `${so} written. From now on states are made from the nearest.`;
  return `${so} written, up to seq ${formatNumber(upTo)} of ${formatNumber(head)}${state === "busy" ? "…" : "; stopped."}`;
}

/** Asks for checkpoints until none is missing, or it is stopped, or refused. */
async function writeAll(address: ActorAddress, isStopped: () => boolean, tell: (writing: Writing) => void) {
  const so: Writing = { written: 0, upTo: 0, head: 1, state: "busy", problem: null };
  tell(so);
  for (let after: number | null = 0; after !== null; ) {
    const result: Result<CheckpointsWritten> = await writeCheckpoints({ ...address, after }).catch(unanswered);
    if (!result.ok) return tell({ ...so, state: "stopped", problem: result.error.message });
    after = result.value.next;
    so.written += result.value.seqs.length;
    so.head = result.value.head;
    so.upTo = after ?? so.head;
    if (after !== null && isStopped()) return tell({ ...so, state: "stopped" });
    tell({ ...so, state: after === null ? "done" : "busy" });
  }
}
