"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import type { Page } from "../../../../../server/protocol/actors.ts";
import type { Entry, EntryKind, JournalQuery } from "../../../../../server/protocol/journal.ts";
import type { NotReadYet } from "../../../../components/controls/states.tsx";
import {
  emptyView,
  freeze,
  isBack,
  type JournalView,
  missing,
  resume,
  shown,
  withBetween,
  withCommands,
  withNewer,
  withNewest,
  withOlder,
  withPart,
  withTail,
} from "../../../../history/journal-view.ts";
import { type ActorAddress, readEntries } from "../../../../read/read.ts";
import { withoutCommand } from "../../../../words/entries.ts";

/** Entries per page, and per page that fills a gap. The server allows no more than the latter. */
const PAGE = 100;
const GAP_PAGE = 500;
/** The number of entries shown after an entry that is opened from elsewhere. */
const ABOVE = 20;
/** The delay before a failed read is retried, in milliseconds. */
const RETRY_MS = 2000;

/** A journal as the viewer sees it, and the viewer's actions. */
export interface Journal {
  view: JournalView;
  /** Why entries could not be read. `again` retries; null if that happens automatically. */
  problem: NotReadYet | null;
  /** Reads the page before the oldest entry shown, unless a read is under way. */
  readOlder: () => void;
  /** Moves towards the head: reads the next page or, back where the view was paused, becomes live again. */
  goOn: (isAtTop: boolean) => void;
  /** Pauses; with `isHeld` until `resume` is called. */
  freeze: (isHeld: boolean) => void;
  resume: () => void;
  /** Shows the part of the journal that contains a seq. */
  openPart: (seq: number) => void;
}

/** A journal, live. `tail` is what the stream reported; `head` is the highest seq. */
export function useJournal(
  address: ActorAddress,
  kind: EntryKind | null,
  tail: readonly Entry[],
  head: number,
): Journal {
  const [known, setView] = useState(() => emptyView(kind));
  const view = withTail(known, tail);
  if (view !== known) setView(view);
  const read = useReading(address, kind, head, setView);
  const following = useFollowing(view, head, read.page);
  const window = shown(view);

  return {
    view,
    problem: following === null ? read.problem : { message: following, again: null },
    readOlder() {
      const before = window?.from ?? 1;
      if (before > 1) read.turn({ before, limit: PAGE }, (now, page) => withOlder(now, page, before));
    },
    goOn(isAtTop) {
      if (view.frozen === null) return;
      const { upTo: after } = view.frozen.window;
      if (isBack(view)) {
        if (isAtTop && !view.frozen.isHeld) setView(resume);
      } else read.turn({ after, limit: PAGE }, (now, page, upTo) => withNewer(now, page, after, upTo));
    },
    freeze: (isHeld) => setView((now) => freeze(now, isHeld)),
    resume: () => setView(resume),
    openPart(seq) {
      const before = Math.min(seq + ABOVE, view.live?.upTo ?? seq) + 1;
      read.turn({ before, limit: PAGE }, (now, page) => withPart(now, page, before));
    },
  };
}

type Query = Partial<Omit<JournalQuery, "kind">>;
type Apply = (view: JournalView, page: Page<Entry>, head: number) => JournalView;
type ReadPage = (query: Query, apply: Apply, signal: AbortSignal) => Promise<void>;

/** Reads pages into a view: `page` any number at once, `turn` one at a time until the component unmounts. */
function useReading(
  { type, keyText }: ActorAddress,
  kind: EntryKind | null,
  head: number,
  setView: (change: (view: JournalView) => JournalView) => void,
) {
  const newest = useRef(head);
  newest.current = head;
  const [problem, setProblem] = useState<Journal["problem"]>(null);
  const gone = useRef(new AbortController());
  const isTurning = useRef(false);
  useEffect(() => {
    const life = new AbortController();
    gone.current = life;
    isTurning.current = false;
    return () => life.abort();
  }, []);

  const page: ReadPage = useCallback(
    async (query, apply, signal) => {
      // The response contains everything that the stream reported before the request.
      const upTo = newest.current;
      const answer = await readPage({ type, keyText }, { ...query, ...(kind === null ? {} : { kind }) }, signal);
      setView((view) => withCommands(apply(view, answer.page, upTo), answer.received));
    },
    [type, keyText, kind, setView],
  );
  const turn = (query: Query, apply: Apply) => {
    if (isTurning.current) return;
    isTurning.current = true;
    const { signal } = gone.current;
    const finish = (outcome: Journal["problem"]) => {
      if (signal.aborted) return;
      isTurning.current = false;
      setProblem(outcome);
    };
    page(query, apply, signal).then(
      () => finish(null),
      ({ message }: Error) => finish({ message, again: () => turn(query, apply) }),
    );
  };
  return { page, turn, problem };
}

/** Reads the entries that the view misses up to the head, and retries. Returns the error of the last attempt, if any. */
function useFollowing(view: JournalView, head: number, read: ReadPage): string | null {
  const [problem, setProblem] = useState<string | null>(null);
  const [tries, setTries] = useState(0);
  const wanted = missing(view, head);
  const after = view.live?.upTo ?? 0;

  // biome-ignore lint/correctness/useExhaustiveDependencies: each try reads again
  useEffect(() => {
    if (wanted === null) return;
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const reading =
      wanted === "newest"
        ? read({ limit: PAGE }, withNewest, abort.signal)
        : read({ after, limit: GAP_PAGE }, (now, page, upTo) => withBetween(now, page, after, upTo), abort.signal);
    reading.then(
      () => setProblem(null),
      (error: Error) => {
        if (abort.signal.aborted) return;
        setProblem(error.message);
        timer = setTimeout(() => setTries((before) => before + 1), RETRY_MS);
      },
    );
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [wanted, after, read, tries]);

  return wanted === null ? null : problem;
}

/** A page, and the `received` entries of the messages whose start is not on it. */
async function readPage(
  address: ActorAddress,
  query: Partial<JournalQuery>,
  signal: AbortSignal,
): Promise<{ page: Page<Entry>; received: readonly Entry[] }> {
  const page = await readEntries(address, query, signal);
  const without = withoutCommand(page.items);
  if (without.length === 0) return { page, received: [] };
  const before = Math.max(...without.map(({ seq }) => seq));
  // Twice as many: some messages received in between ended otherwise.
  const limit = Math.min(2 * without.length, GAP_PAGE);
  const { items } = await readEntries(address, { kind: "received", before, limit }, signal);
  return { page, received: items };
}
