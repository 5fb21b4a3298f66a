"use client";

import { type ReactNode, useState } from "react";
import type { MailboxInfo, MailInfo, ReminderInfo } from "../../../../../server/protocol/mail.ts";
import { Button, Disclosure, Fact, Facts } from "../../../../components/controls/controls.tsx";
import { Empty, RowsPanel } from "../../../../components/controls/states.tsx";
import { ErrorText, MessageFacts } from "../../../../components/facts/message-facts.tsx";
import { EditAndResend } from "../../../../components/facts/resend.tsx";
import { SenderName } from "../../../../components/facts/sender.tsx";
import { Ago, At } from "../../../../components/facts/time.tsx";
import { type ActorAddress, pathOf } from "../../../../read/read.ts";
import { type Reading, useReading } from "../../../../read/use-reading.ts";
import { JsonValue } from "../../../../tree/json-tree.tsx";
import { formatCount, formatDepth, formatDuration, formatNumber, formatUntil } from "../../../../words/format.ts";
import { useNow } from "../../../../words/time.tsx";

/** An actor's mailbox in order of processing. Reading it does not wake the actor. */
export function MailboxPanel({ mailbox, address }: { mailbox: Mailbox; address: ActorAddress }) {
  const { value, problem, isBehind } = mailbox;
  const items = value?.items ?? [];
  const isLoading = isBehind && problem === null;
  const first = mailbox.cursor === 0;
  return (
    <RowsPanel
      title="Mailbox"
      note={value === null ? null : waiting(value.depth)}
      problem={problem}
      isRead={value !== null}
      isLoading={isLoading}
      empty={
        <Empty title={first ? "The mailbox is empty." : "No more messages."}>
          {first ? "Queued commands, sends and due reminders wait here." : null}
        </Empty>
      }
      rows={items.map((mail) => (
        <li key={mail.mailSeq}>
          <Row mail={mail} address={address} />
        </li>
      ))}
    >
      {value !== null && <Pages mailbox={mailbox} next={isBehind ? null : value.next} />}
    </RowsPanel>
  );
}

function waiting(depth: number): string {
  return depth === 0 ? "empty" : `${formatDepth(depth)} ${depth === 1 ? "message" : "messages"}, next first`;
}

function Row({ mail, address }: { mail: MailInfo; address: ActorAddress }) {
  const { mailSeq, messageId, command, payload, sender, sentAt, attempts, nextAt, error } = mail;
  return (
    <Disclosure
      summary={
        <span className="grid min-w-0 flex-1 items-baseline gap-x-4 md:grid-cols-[56px_minmax(0,1fr)_minmax(0,1.6fr)_72px]">
          <span className="mono text-faint max-md:hidden">{formatNumber(mailSeq)}</span>
          <span className="flex min-w-0 flex-wrap items-baseline gap-x-2">
            <span className="mono font-medium">{command}</span>
            <SenderName sender={sender} />
          </span>
          <Progress mail={mail} />
          <span className="text-right text-dim max-md:hidden">
            <Ago at={sentAt} />
          </span>
        </span>
      }
    >
      {/* Above the facts that an attempt changes, so that it does not move. */}
      <div className="flex justify-end border-b border-line p-1.5">
        <EditAndResend address={address} message={{ id: messageId, command, payload }} />
      </div>
      <Facts>
        <Fact name="Mailbox seq">
          <span className="mono">{formatNumber(mailSeq)}</span>
        </Fact>
        <MessageFacts message={mail} />
        <Fact name="Attempts">
          <span className="mono">{formatNumber(attempts)}</span>
        </Fact>
        <Fact name="Next attempt">{nextAt === null ? "in turn" : <At at={nextAt} />}</Fact>
        <Fact name="Last error">
          {error === null ? <span className="text-dim">none</span> : <ErrorText error={error} />}
        </Fact>
      </Facts>
    </Disclosure>
  );
}

/** The attempts of a message: how many, when the next one is, and the last error. */
function Progress({ mail: { attempts, nextAt, error } }: { mail: MailInfo }) {
  const now = useNow();
  if (attempts === 0) return <span className="text-dim">○ no attempt yet</span>;
  const next = nextAt === null ? "next in turn" : `next ${formatUntil(Date.parse(nextAt), now)}`;
  return (
    <span className="truncate text-amber" title={error?.message}>
      ◷ {formatCount(attempts, "attempt")}, {next}
      {error !== null && (
        <span className="mono text-dim">
          {" "}
          · {error.name}: {error.message}
        </span>
      )}
    </span>
  );
}

function Pages({ mailbox: { cursor, goTo }, next }: { mailbox: Mailbox; next: string | null }): ReactNode {
  if (cursor === 0 && next === null) return null;
  return (
    <div className="flex justify-end gap-2 border-t border-line p-1.5">
      <Button kind="quiet" disabled={cursor === 0} onClick={() => goTo(0)}>
        First page
      </Button>
      <Button disabled={next === null} onClick={() => next !== null && goTo(Number(next))}>
        Next
      </Button>
    </div>
  );
}

const PAGE = 50;

/** A page of a mailbox, live. */
interface Mailbox extends Reading<MailboxInfo> {
  /** The `mailSeq` before the page; 0 for the first page. */
  cursor: number;
  goTo: (cursor: number) => void;
}

/**
 * An actor's mailbox, read again for each `version`: a page of messages while its tab is open, otherwise only the first
 * message and the count. `first` is what the server rendered; null for an actor that was never used.
 */
export function useMailbox(
  address: ActorAddress,
  isUsed: boolean,
  isOpen: boolean,
  version: string,
  first: MailboxInfo | null,
): Mailbox {
  const [cursor, goTo] = useState(0);
  const firstPath = pathOf(address, "mailbox?limit=1");
  const wanted = isOpen ? pathOf(address, `mailbox?cursor=${cursor}&limit=${PAGE}`) : firstPath;
  const known = first === null ? null : { path: firstPath, value: first };
  return { ...useReading(isUsed ? wanted : null, version, known), cursor, goTo };
}

/** An actor's reminders, next first; read again for each `version`. */
export function RemindersPanel({
  address,
  version,
  first,
}: {
  address: ActorAddress;
  version: string;
  first: readonly ReminderInfo[] | null;
}) {
  const path = pathOf(address, "reminders");
  const { value, problem } = useReading(path, version, first === null ? null : { path, value: { items: first } });
  const items = value?.items ?? [];
  return (
    <RowsPanel
      title="Reminders"
      note={items.length === 0 ? null : `${formatCount(items.length, "reminder")}, next first`}
      problem={problem}
      isRead={value !== null}
      empty={<Empty title="No reminders.">Handlers set them with c.remind. A due reminder arrives as a message.</Empty>}
      rows={items.map((reminder) => (
        <li key={reminder.name}>
          <ReminderRow reminder={reminder} />
        </li>
      ))}
    />
  );
}

function ReminderRow({ reminder: { name, at, every, command, payload } }: { reminder: ReminderInfo }) {
  const now = useNow();
  const repeats = every === null ? "once" : `every ${formatDuration(every)}`;
  return (
    <Disclosure
      summary={
        <span className="grid min-w-0 flex-1 items-baseline gap-x-4 sm:grid-cols-[minmax(0,1fr)_minmax(0,1fr)_120px_96px]">
          <span className="mono min-w-0 truncate font-medium" title={name}>
            {name}
          </span>
          <span className="mono min-w-0 truncate">{command}</span>
          <span className="text-amber">◷ {formatUntil(Date.parse(at), now)}</span>
          <span className="text-dim">{repeats}</span>
        </span>
      }
    >
      <Facts>
        <Fact name="Due">
          <At at={at} />
        </Fact>
        <Fact name="Repeats">{repeats}</Fact>
        <Fact name="Payload">
          <JsonValue label={`Payload of ${name}`} value={payload} />
        </Fact>
      </Facts>
    </Disclosure>
  );
}
