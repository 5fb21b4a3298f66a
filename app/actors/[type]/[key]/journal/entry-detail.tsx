"use client";

import { useId } from "react";
import { isFailure } from "../../../../../server/protocol/entry-words.ts";
import type { Entry, EntryBody } from "../../../../../server/protocol/journal.ts";
import { Button, CloseButton, Fact, Facts } from "../../../../components/controls/controls.tsx";
import { CopyButton, Id } from "../../../../components/controls/copy.tsx";
import { Empty, LoadingRows, Problem } from "../../../../components/controls/states.tsx";
import { KindBadge } from "../../../../components/facts/event-kind.tsx";
import { ErrorText, MessageFacts } from "../../../../components/facts/message-facts.tsx";
import { EditAndResend } from "../../../../components/facts/resend.tsx";
import { Ago, At } from "../../../../components/facts/time.tsx";
import { type HistorySource, useServerHistory } from "../../../../history/history-source.ts";
import type { ActorAddress } from "../../../../read/read.ts";
import { JsonValue } from "../../../../tree/json-tree.tsx";
import { isOver, type Story } from "../../../../words/entries.ts";
import { formatCount, formatNumber } from "../../../../words/format.ts";
import { Effects, PatchList, Sent } from "./turn-facts.tsx";
import { useEntry } from "./use-entry.ts";

/** `EntryDetail` of an actor on the server. */
export function ActorEntry({
  address,
  ...rest
}: { address: ActorAddress } & Omit<Parameters<typeof EntryDetail>[0], "history">) {
  return <EntryDetail history={useServerHistory(address)} {...rest} />;
}

/** One entry and the message that it belongs to. `known` is the entry, if it is loaded. */
export function EntryDetail({
  history,
  seq,
  known,
  head,
  onOpen,
  stays = false,
}: {
  history: HistorySource;
  seq: number;
  known: Entry | undefined;
  head: number;
  onOpen: (seq: number | null) => void;
  /** Whether it cannot be closed. */
  stays?: boolean;
}) {
  const id = useId();
  const { read, problem, again } = useEntry(history, seq, known, head);
  const entry = read?.entry ?? null;
  return (
    <section aria-labelledby={id} className="border-t border-line">
      <div className="flex min-h-10 items-center gap-1 border-b border-line py-1 pr-1.5 pl-3">
        <div className="flex flex-1 flex-wrap items-baseline gap-x-3">
          <h2 id={id} className="font-medium">
            Entry <span className="mono">{formatNumber(seq)}</span>
          </h2>
          {entry !== null && (
            <>
              <KindBadge kind={entry.body.kind} isError={isFailure(entry)} />
              <span className="text-dim">
                <At at={entry.at} />, <Ago at={entry.at} />
              </span>
            </>
          )}
        </div>
        {entry !== null && <CopyButton text={() => JSON.stringify(entry, null, 2)} what="Entry as JSON" />}
        {!stays && <CloseButton label="Close the entry" onClick={() => onOpen(null)} />}
      </div>
      {problem !== null && (
        <div className="p-3">
          <Problem title="Could not read the whole entry." action={<Button onClick={again}>Retry</Button>}>
            {problem}
          </Problem>
        </div>
      )}
      {read === null && problem === null && <LoadingRows widths={["w-48", "w-64"]} />}
      {read !== null && entry === null && <NoEntry seq={seq} head={head} />}
      {entry !== null && (
        <Body entry={entry} story={read?.story ?? null} leads={history.actor !== null} onOpen={onOpen} />
      )}
      {entry !== null && read?.story != null && history.actor !== null && (
        <div className="flex justify-end border-t border-line p-1.5">
          <EditAndResend address={history.actor} message={read.story.message} />
        </div>
      )}
    </section>
  );
}

function NoEntry({ seq, head }: { seq: number; head: number }) {
  if (seq > head) {
    return <Empty title="This entry does not exist yet.">The journal ends at {formatNumber(head)}.</Empty>;
  }
  return <Empty title="This entry was deleted.">Entries before a stored checkpoint can be pruned.</Empty>;
}

function Body({
  entry,
  story,
  leads,
  onOpen,
}: {
  entry: Entry;
  story: Story | null;
  leads: boolean;
  onOpen: (seq: number) => void;
}) {
  const { body } = entry;
  return (
    <Facts>
      {story !== null && <Message story={story} seq={entry.seq} leads={leads} onOpen={onOpen} />}
      <Content body={body} />
      {body.kind !== "effect" && story !== null && story.entries.some((other) => other.body.kind === "effect") && (
        <Fact name="Effects">
          <Effects entries={story.entries} onOpen={onOpen} />
        </Fact>
      )}
      {"code" in body && (
        <Fact name="Code">
          <Id value={body.code} what="Digest of the code" max={20} />
          {"version" in body && (
            <span className="text-dim">
              {" "}
              state version <span className="mono">{body.version}</span>
            </span>
          )}
          {"revision" in body && body.revision !== undefined && (
            <span className="text-dim">
              , revision <span className="mono">{formatNumber(body.revision)}</span>
            </span>
          )}
        </Fact>
      )}
    </Facts>
  );
}

function Content({ body }: { body: EntryBody }) {
  switch (body.kind) {
    case "turn":
      return (
        <>
          <Fact name="Changes">
            {body.state === undefined ? (
              <PatchList patches={body.patches ?? []} />
            ) : (
              <>
                <p className="pb-1 text-dim">Recorded as the whole state.</p>
                <JsonValue label="Recorded state" value={body.state} />
              </>
            )}
          </Fact>
          <Fact name="Reply">
            <JsonValue label="Reply" value={body.reply} />
          </Fact>
          <Sent turn={body} />
        </>
      );
    case "effect":
      return (
        <Fact name="Effect">
          <Effects entries={[{ seq: 0, at: 0, body }]} onOpen={null} />
        </Fact>
      );
    case "attempt_failed":
      return (
        <Fact name="Error">
          <ErrorText error={body.error}>
            <p className="text-dim">
              Attempt <span className="mono">{body.attempt}</span>; the state is unchanged.
            </p>
          </ErrorText>
        </Fact>
      );
    case "migrated":
      return (
        <Fact name="State">
          <p className="pb-1 text-dim">
            Migrated from version <span className="mono">{body.from}</span> to <span className="mono">{body.to}</span>.
          </p>
          <JsonValue label="Migrated state" value={body.state} />
        </Fact>
      );
    case "forked":
      return (
        <Fact name="State">
          <p className="pb-1 text-dim">
            The state of <span className="mono">{body.from.key}</span> at seq{" "}
            <span className="mono">{formatNumber(body.from.seq)}</span>.
            {body.whatIf !== undefined &&
              ` The next ${formatCount(body.whatIf, "entry comes", "entries come")} from a what-if.`}
          </p>
          {body.state !== undefined && <JsonValue label="Forked state" value={body.state} />}
        </Fact>
      );
    case "adopted":
      return (
        <Fact name="State">
          <p className="pb-1 text-dim">
            The state at revision <span className="mono">{formatNumber(body.revision)}</span>. Earlier changes were not
            recorded: the type had no history then.
          </p>
          <JsonValue label="Adopted state" value={body.state} />
        </Fact>
      );
    case "received":
      return null;
  }
}

function Message({
  story,
  seq,
  leads,
  onOpen,
}: {
  story: Story;
  seq: number;
  leads: boolean;
  onOpen: (seq: number) => void;
}) {
  const { id: messageId, command, payload, now, idempotencyKey = null, from: sender = null } = story.message;
  return (
    <>
      <MessageFacts
        message={{ messageId, command, payload, idempotencyKey, sender, sentAt: new Date(now).toISOString() }}
        leads={leads}
      />
      {(story.entries.length > 1 || !isOver(story)) && (
        <Fact name="Entries">
          <ol className="flex flex-wrap gap-x-3 gap-y-1">
            {story.entries.map((entry) => (
              <li key={entry.seq}>
                <button
                  type="button"
                  aria-current={entry.seq === seq ? "true" : undefined}
                  onClick={() => onOpen(entry.seq)}
                  className="flex items-baseline gap-1.5 rounded underline-offset-2 hover:underline aria-[current]:font-semibold"
                >
                  <span className="mono">{formatNumber(entry.seq)}</span>
                  <KindBadge kind={entry.body.kind} isError={isFailure(entry)} />
                </button>
              </li>
            ))}
            {!isOver(story) && <li className="text-amber">◷ in progress</li>}
          </ol>
        </Fact>
      )}
    </>
  );
}
