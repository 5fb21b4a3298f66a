"use client";

import { useEffect, useRef } from "react";
import type { Retention } from "../../../../../server/protocol/actors.ts";
import type { Entry, EntryKind } from "../../../../../server/protocol/journal.ts";
import { FilterSelect } from "../../../../components/controls/select.tsx";
import { Empty, FollowBar, LoadingRows, PanelProblem } from "../../../../components/controls/states.tsx";
import { entryKinds, KindBadge, kindName } from "../../../../components/facts/event-kind.tsx";
import { type JournalView, locate, shown, unseen } from "../../../../history/journal-view.ts";
import type { ActorAddress } from "../../../../read/read.ts";
import { formatCount, formatNumber, retained } from "../../../../words/format.ts";
import { useActorAddress } from "../use-actor-address.ts";
import { ActorEntry } from "./entry-detail.tsx";
import { JournalList } from "./journal-list.tsx";
import { type Journal, useJournal } from "./use-journal.ts";

/** The max height of the list, in pixels: lower while an entry is open below it. */
const HEIGHT = 644;
const HEIGHT_WITH_DETAIL = 308;

interface PanelProps {
  address: ActorAddress;
  tail: readonly Entry[];
  head: number;
  retention: Retention;
}

/** An actor's journal or history. `tail` is what the stream reported; `head` is the highest seq. */
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
      {problem !== null && <PanelProblem title="Could not read the entries." problem={problem} old={window !== null} />}
      {window === null && problem === null && <LoadingRows what="the journal" />}
      {window !== null && window.entries.length === 0 && (
        <Empty title={`No ${kind === null ? "" : `${kindName(kind)} `}entries yet.`} />
      )}
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

/** The filter, whether the list is live or paused, and the number of new entries. */
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
  const newer = unseen(view, head);
  return (
    <FollowBar
      follow={frozen === null ? "follows" : frozen.isHeld ? "paused" : "away"}
      resume={newer > 0 ? formatCount(newer, "new entry", "new entries") : "Newest"}
      isBehind={newer > 0}
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

/** How much of the journal is loaded. */
function Extent({ view, retention }: { view: JournalView; retention: Retention }) {
  const window = shown(view);
  if (window === null) return null;
  const oldest = window.entries.at(-1)?.seq ?? 0;
  const start =
    view.kind === null && oldest > 1
      ? `starts at seq ${formatNumber(oldest)}: ${retained(retention)}`
      : "no older ones";
  return (
    <p className="px-3 py-1.5 text-mini text-dim">
      {formatCount(window.entries.length, "entry", "entries")} loaded,{" "}
      {window.from === 1 ? start : "older ones on the server"}
    </p>
  );
}

/** Shows the part of the journal that contains an entry opened from elsewhere, once per entry. */
function useSought({ view, resume, openPart }: Journal, open: number | null): void {
  const sought = useRef<number | null>(null);
  useEffect(() => {
    if (open === null) sought.current = null;
    if (open === null || sought.current === open) return;
    const location = locate(view, open);
    if (location === null || location === "ahead") return;
    sought.current = open;
    if (location === "live") resume();
    if (location === "elsewhere") openPart(open);
  });
}

function find(view: JournalView, seq: number): Entry | undefined {
  return [shown(view), view.live].flatMap((window) => window?.entries ?? []).find((entry) => entry.seq === seq);
}
