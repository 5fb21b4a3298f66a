"use client";

import type { ReactNode } from "react";
import type { CommandReply } from "../../../../../server/protocol/commands.ts";
import type { Json } from "../../../../../server/protocol/journal.ts";
import { CopyButton } from "../../../../components/controls/copy.tsx";
import { MessageId } from "../../../../components/facts/sender.tsx";
import { formatDuration, formatLatency, formatNumber } from "../../../../words/format.ts";
import { useActorAddress } from "../use-actor-address.ts";
import type { Sent } from "./send.ts";

/** The outcome of a message. `unplaced` are the issues of an error that no field shows. */
export type Outcome = Exclude<Sent, { kind: "error" }> | (Extract<Sent, { kind: "error" }> & { unplaced: string[] });

/** Shows the outcome of a form's last message. */
export function OutcomePanel({ outcome }: { outcome: Outcome }) {
  switch (outcome.kind) {
    case "answer":
      return (
        <Frame facts={formatLatency(outcome.durationMs)} title="Answer">
          <Value value={outcome.answer} />
        </Frame>
      );
    case "queued":
      return (
        <Frame facts={formatLatency(outcome.durationMs)} title={outcome.queued.repeated ? "Already queued" : "Queued"}>
          <p className="px-2 pb-1 text-dim">
            {outcome.queued.repeated
              ? "This idempotency key was used before: nothing was added."
              : "In the mailbox. It runs in order."}
          </p>
          <OwnMessage id={outcome.queued.messageId} />
        </Frame>
      );
    case "reply": {
      const { reply, messageId, repeated } = outcome.reply;
      return (
        <Frame
          title={repeated ? "Stored reply" : "Reply"}
          facts={
            <>
              <Head reply={outcome.reply} /> · {formatLatency(outcome.durationMs)}
            </>
          }
        >
          {repeated && <p className="px-2 pb-1 text-dim">This idempotency key was used before: nothing ran.</p>}
          <Value value={reply} />
          <OwnMessage id={messageId} />
        </Frame>
      );
    }
    case "error": {
      const { code, message, details } = outcome.error;
      return (
        <div role="alert" className="rounded border border-red/50 bg-red/8 px-2 py-1.5">
          <p className="flex justify-between gap-2">
            <span className="mono text-red">✕ {code}</span>
            <span className="mono text-mini text-dim">{formatLatency(outcome.durationMs)}</span>
          </p>
          <p className="break-words text-dim">{message}</p>
          {outcome.unplaced.map((issue) => (
            <p key={issue} className="mono break-words text-dim">
              {issue}
            </p>
          ))}
          {details?.retryAfterMs !== undefined && (
            <p className="text-dim">Retry in {formatDuration(details.retryAfterMs)}.</p>
          )}
        </div>
      );
    }
  }
}

/** The revision or seq of a reply. Links to the message's own journal entry. */
function Head({ reply: { revision = 0, seq = 0, unrecorded } }: { reply: CommandReply }) {
  const { goTo } = useActorAddress();
  const position = seq === 0 ? `revision ${formatNumber(revision)}` : `seq ${formatNumber(seq)}`;
  if (unrecorded) return `${position}, unchanged`;
  if (seq === 0) return position;
  return (
    <button type="button" onClick={() => goTo(seq)} className="rounded underline underline-offset-2 hover:text-ink">
      {position}
    </button>
  );
}

function OwnMessage({ id }: { id: string }) {
  return (
    <p className="flex items-baseline gap-1.5 px-2 pb-1.5 text-mini text-faint">
      message <MessageId value={id} />
    </p>
  );
}

function Frame({ title, facts, children }: { title: string; facts: ReactNode; children: ReactNode }) {
  return (
    <div className="rounded border border-line bg-canvas">
      <div className="flex items-baseline justify-between gap-2 px-2 pt-1.5 pb-1">
        <span className="text-dim">{title}</span>
        <span className="mono text-mini text-dim">{facts}</span>
      </div>
      {children}
    </div>
  );
}

function Value({ value }: { value: Json }) {
  const text = JSON.stringify(value, null, 2);
  return (
    <div className="flex items-start pr-1">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre tabIndex={0} className="mono max-h-64 min-w-0 flex-1 overflow-auto px-2 pb-1.5">
        {text}
      </pre>
      <CopyButton text={() => text} what="Reply" />
    </div>
  );
}
