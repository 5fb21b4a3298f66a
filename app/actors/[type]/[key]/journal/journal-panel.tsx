"use client";

import { useEffect, useRef } from "react";
import type { Retention } from "../../../../../server/protocol/actors.ts";
import type { Entry, EntryKind } from "../../../../../server/protocol/journal.ts";
import { FilterSelect } from "../../../../components/controls/select.tsx";
import { Empty, FollowBar, LoadingRows, PanelProblem } from "../../../../components/controls/states.tsx";
import { entryKinds, KindBadge } from "../../../../components/facts/event-kind.tsx";
import { type JournalView, placeOf, shown, unseen } from "../../../../history/journal-view.ts";
import type { ActorAddress } from "../../../../read/read.ts";
import { formatCount, formatNumber, whatIsKept } from "../../../../words/format.ts";
import { useActorAddress } from "../use-actor-address.ts";
import { ActorEntry } from "./entry-detail.tsx";
import { JournalList } from "./journal-list.tsx";
import { type Journal, useJournal } from "./use-journal.ts";

/** How high the list is at most, in pixels: less while an entry is open below it. */
const HEIGHT = 644;
const HEIGHT_WITH_DETAIL = 308;

interface PanelProps {
  address: ActorAddress;
  tail: readonly Entry[];
  head: number;
  retention: Retention;
}

/** An actor's journal, or history. `tail` are the entries that the stream told, and `head` is the highest seq. */
export function JournalPanel(props: PanelProps) {
  const { kind } = useActorAddress();
  return <OfKind key={kind} {...props} kind={kind} />;
}

function OfKind({ address, tail, head, retention, kind }: PanelProps & { kind: EntryKind | null }) {
  const { seq: open, open: onOpen, filter } = useActorAddress();
  const journal = useJournal(address, kind, tail, head);
  const { view, problem } = journal;
  const window = shown(view);
  useSought(journal, open);
  return (
    <section aria-label="Journal" className="panel @container">
      <Toolbar journal={journal} head={head} filter={filter} />
      {problem !== null && <PanelProblem title="Entries could not be read." problem={problem} old={window !== null} />}
      {window === null && problem === null && <LoadingRows what="the journal" />}
      {window !== null && window.entries.length === 0 && <Empty title={`No entry of the kind ${kind} yet.`} />}
      {window !== null && window.entries.length > 0 && (
        <>
          <JournalList
            window={window}
            view={view}
            open={open}
            height={open === null ? HEIGHT : HEIGHT_WITH_DETAIL}
            onOpen={onOpen}
            onAway={() => journal.freeze(false)}
            onTop={journal.goOn}
            onBottom={() => problem === null && journal.readOlder()}
            onNewest={journal.resume}
          />
          <Extent view={view} retention={retention} />
        </>
      )}
      {open !== null && (
        <ActorEntry address={address} seq={open} known={find(view, open)} head={head} onOpen={onOpen} />
      )}
    </section>
  );
}

/** Which entries are shown, whether they stand still, and what came since. */
function Toolbar({
  journal: { view, freeze, resume },
  head,
  filter,
}: {
  journal: Journal;
  head: number;
  filter: (kind: EntryKind | null) => void;
}) {
  const { kind, frozen } = view;
  const came = unseen(view, head);
  return (
    <FollowBar
      follow={frozen === null ? "follows" : frozen.isHeld ? "paused" : "away"}
      follows="Follows the head."
      resume={came > 0 ? formatCount(came, "new entry", "new entries") : "Newest"}
      isBehind={came > 0}
      onPause={() => freeze(true)}
      onResume={resume}
    >
      <FilterSelect
        label="Kind"
        any="Any kind"
        value={kind}
        options={entryKinds.map((value) => ({ value, label: <KindBadge kind={value} /> }))}
        onChange={filter}
      />
    </FollowBar>
  );
}

/** How much of the journal is here. */
function Extent({ view, retention }: { view: JournalView; retention: Retention }) {
  const window = shown(view);
  if (window === null) return null;
  const oldest = window.entries.at(-1)?.seq ?? 0;
  const begins =
    view.kind === null && oldest > 1 ? `from seq ${formatNumber(oldest)} on: ${whatIsKept(retention)}` : "none older";
  return (
    <p className="px-3 py-1.5 text-mini text-dim">
      {formatCount(window.entries.length, "entry", "entries")} here, {window.from === 1 ? begins : "older on server"}
    </p>
  );
}

/** Looks for an entry that was opened from elsewhere, once for each: the part that it is in is shown. */
function useSought({ view, resume, openPart }: Journal, open: number | null): void {
  const sought = useRef<number | null>(null);
  useEffect(() => {
    if (open === null) sought.current = null;
    if (open === null || sought.current === open) return;
    const place = placeOf(view, open);
    if (place === null || place === "ahead") return;
    sought.current = open;
    if (place === "live") resume();
    if (place === "elsewhere") openPart(open);
  });
}

function find(view: JournalView, seq: number): Entry | undefined {
  return [shown(view), view.live].flatMap((window) => window?.entries ?? []).find((entry) => entry.seq === seq);
}
