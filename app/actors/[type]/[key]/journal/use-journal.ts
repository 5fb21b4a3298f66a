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

/** Entries of one page, and of what fills a hole. The server allows as many as the latter. */
const PAGE = 100;
const HOLE_PAGE = 500;
/** How many entries of a part that is opened come after the one that is looked for. */
const ABOVE = 20;
/** How long to wait before a reading that failed is tried again, in milliseconds. */
const RETRY_MS = 2000;

/** A journal as its reader sees it, and what the reader can do. */
export interface Journal {
  view: JournalView;
  /** Why entries could not be read, and how to try again; null for `again` says that it is tried by itself. */
  problem: NotReadYet | null;
  /** Reads on where the shown part ends, unless that is under way. */
  readOlder: () => void;
  /** Goes on towards the head: reads what comes next or, back at where the head was left, follows it again. */
  goOn: (isAtTop: boolean) => void;
  /** Stands still; with `isHeld` until it is told to go on. */
  freeze: (isHeld: boolean) => void;
  resume: () => void;
  /** Shows the part of the journal that a seq is in. */
  openPart: (seq: number) => void;
}

/** A journal, live. `tail` are the entries that the stream told, and `head` is the highest seq. */
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

/** Reads pages into a view: any number at a time by `page`, by `turn` one at a time until the reader is gone. */
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
      // What the stream has told of before the question is in the answer.
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
    const over = (told: Journal["problem"]) => {
      if (signal.aborted) return;
      isTurning.current = false;
      setProblem(told);
    };
    page(query, apply, signal).then(
      () => over(null),
      ({ message }: Error) => over({ message, again: () => turn(query, apply) }),
    );
  };
  return { page, turn, problem };
}

/** Reads what the view misses to follow the head, until it has it. Returns why that does not go, if so. */
function useFollowing(view: JournalView, head: number, read: ReadPage): string | null {
  const [problem, setProblem] = useState<string | null>(null);
  const [tries, setTries] = useState(0);
  const wanted = missing(view, head);
  const after = view.live?.upTo ?? 0;

  // biome-ignore lint/correctness/useExhaustiveDependencies: it is read anew for each try
  useEffect(() => {
    if (wanted === null) return;
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const reading =
      wanted === "newest"
        ? read({ limit: PAGE }, withNewest, abort.signal)
        : read({ after, limit: HOLE_PAGE }, (now, page, upTo) => withBetween(now, page, after, upTo), abort.signal);
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

/** A page, and the entries by which those of its messages were received that it tells only the end of. */
async function readPage(
  address: ActorAddress,
  query: Partial<JournalQuery>,
  signal: AbortSignal,
): Promise<{ page: Page<Entry>; received: readonly Entry[] }> {
  const page = await readEntries(address, query, signal);
  const without = withoutCommand(page.items);
  if (without.length === 0) return { page, received: [] };
  const before = Math.max(...without.map(({ seq }) => seq));
  // As many again, since some that were received between them ended otherwise.
  const limit = Math.min(2 * without.length, HOLE_PAGE);
  const { items } = await readEntries(address, { kind: "received", before, limit }, signal);
  return { page, received: items };
}
