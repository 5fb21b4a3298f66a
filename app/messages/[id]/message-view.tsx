"use client";

import { parseAsString, useQueryState } from "nuqs";
import { useMemo, useState } from "react";
import type { Result } from "../../../server/protocol/errors.ts";
import type { MessageStatus, Trace } from "../../../server/protocol/messages.ts";
import { Problem, Skeleton } from "../../components/controls/states.tsx";
import { Badge, type Look } from "../../components/facts/badge.tsx";
import { ActorLink } from "../../components/facts/sender.tsx";
import { useRoom } from "../../live/use-room.ts";
import { type Reading, useInterval, useReading } from "../../read/use-reading.ts";
import { formatCount } from "../../words/format.ts";
import { BothEntries } from "./both-entries.tsx";
import { Envelope } from "./envelope.tsx";
import { sequenceOf } from "./sequence.ts";
import { Legend, SequenceDiagram } from "./sequence-diagram.tsx";

/** A message, its status, and its causes and consequences across actors. The address contains the open arrow. */
export function MessageView({ messageId, result }: { messageId: string; result: Result<Trace> }) {
  const { value: trace, problem } = useTrace(messageId, result);
  const [openId, setOpenId] = useQueryState("open", parseAsString);
  const sequence = useMemo(() => sequenceOf(trace?.messages ?? []), [trace]);
  const open = sequence.arrows.find(({ message }) => message.messageId === openId) ?? null;
  const failed = problem ?? (result.ok ? null : result.error.message);
  return (
    <div className="flex flex-col gap-3">
      <header className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <h1 className="text-title font-medium break-all">{trace?.message.command ?? "Message"}</h1>
        {trace?.message.actor && (
          <span>
            <span className="text-dim">for </span>
            <ActorLink type={trace.message.actor.type} keyText={trace.message.actor.keyText} />
          </span>
        )}
        {trace !== null && <StatusBadge status={trace.message.status} />}
      </header>
      {failed !== null && (trace === null || problem !== null) && (
        <Problem title="Could not read the message.">
          {failed} Retrying automatically.{trace !== null && " The page shows the last read."}
        </Problem>
      )}
      {trace === null ? (
        <div aria-busy={failed === null} className="panel p-3">
          <Skeleton width="w-64" />
        </div>
      ) : (
        <>
          <Envelope message={trace.message} />
          <section aria-label="Sequence" className="panel min-w-0">
            <div className="flex min-h-9 flex-wrap items-center justify-between gap-x-4 gap-y-1 border-b border-line px-3 py-1.5">
              <h2 className="font-medium">
                Sequence{" "}
                <span className="font-normal text-dim">
                  {formatCount(trace.messages.length, "message")}, {formatCount(sequence.lanes.length - 1, "actor")}
                </span>
              </h2>
              <Legend />
            </div>
            {trace.isCut && (
              <p className="border-b border-line px-3 py-1.5 text-amber">
                ◷ Not all messages are shown: max 200, and 50 causes of this one. Open one of the last to trace it
                further.
              </p>
            )}
            <SequenceDiagram sequence={sequence} ownId={messageId} openId={openId} onOpen={setOpenId} />
          </section>
          {open !== null && <BothEntries arrow={open} sequence={sequence} onClose={() => void setOpenId(null)} />}
        </>
      )}
    </div>
  );
}

const looks: Record<MessageStatus, Look> = {
  waiting: { glyph: "◷", text: "text-amber" },
  "backing off": { glyph: "◷", text: "text-amber" },
  running: { glyph: "▶", text: "text-sky" },
  done: { glyph: "●", text: "text-emerald" },
  failed: { glyph: "✕", text: "text-red" },
  dead: { glyph: "✕", text: "text-red" },
  unrecorded: { glyph: "○", text: "text-slate" },
};

function StatusBadge({ status }: { status: MessageStatus }) {
  return (
    <Badge look={looks[status]} className="inline-flex">
      {status === "dead" ? "dead letter" : status}
    </Badge>
  );
}

/** The interval at which an unfinished message is read again, in milliseconds. */
const POLL_MS = 1000;

const open: ReadonlySet<MessageStatus> = new Set(["waiting", "backing off", "running"]);

/** A message's trace, read again when it may have changed, and while one of its messages is unfinished and the page is visible. */
function useTrace(messageId: string, result: Result<Trace>): Reading<Trace> {
  const path = `/api/messages/${messageId}`;
  const [version, setVersion] = useState(0);
  // Any progress of a waiting message changes the counts of the mailboxes.
  const { view } = useRoom({ kind: "mail" }, POLL_MS, { view: null, since: null });
  const reading = useReading<Trace>(
    path,
    `${version} ${view?.waiting} ${view?.dead}`,
    result.ok ? { path, value: result.value } : null,
  );
  const isOpen = reading.value?.messages.some(({ status }) => open.has(status)) === true;
  useInterval(isOpen, POLL_MS, () => setVersion((before) => before + 1));
  return reading;
}
