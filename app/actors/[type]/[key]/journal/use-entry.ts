"use client";

import { useEffect, useState } from "react";
import type { Entry } from "../../../../../server/protocol/journal.ts";
import type { HistorySource } from "../../../../history/history-source.ts";
import { isOver, type Story, wholeStory } from "../../../../words/entries.ts";

/** The most entries that the story of one message is looked for in: its effects. */
const MAX_STORY = 200;

/** An entry, and all that the journal says of its message; null for what there is not. */
export interface EntryRead {
  entry: Entry | null;
  story: Story | null;
}

/**
 * The entry of a seq with its message's story, which is read unless `known`, the entry, tells all; and read again while
 * the message is not over. `read` is null at first; `problem` says why it could not be read.
 */
export function useEntry(
  history: HistorySource,
  seq: number,
  known: Entry | undefined,
  head: number,
): { read: EntryRead | null; problem: string | null; again: () => void } {
  const [last, setLast] = useState<{ seq: number; read: EntryRead | null; problem: string | null } | null>(null);
  const [tries, setTries] = useState(0);
  const current = last?.seq === seq ? last : null;
  const told = known === undefined ? null : { entry: known, story: wholeStory(known) };
  const isTold = told !== null && told.story !== null;
  const isThere = seq <= head;
  const newest = isFinal(current?.read ?? null) ? 0 : head;

  // biome-ignore lint/correctness/useExhaustiveDependencies: it is read anew for each try, and for a new head unless final
  useEffect(() => {
    if (isTold || !isThere || newest === 0) return;
    const abort = new AbortController();
    readEntry(history, seq, abort.signal).then(
      (read) => setLast({ seq, read, problem: null }),
      ({ message }: Error) => {
        if (!abort.signal.aborted) setLast({ seq, read: null, problem: message });
      },
    );
    return () => abort.abort();
  }, [history, seq, isTold, isThere, newest, tries]);

  const again = () => setTries((before) => before + 1);
  if (isTold) return { read: told, problem: null, again };
  const unread = told ?? (isThere ? null : { entry: null, story: null });
  return { read: current?.read ?? unread, problem: current?.problem ?? null, again };
}

/** Whether reading it again would tell nothing more. */
function isFinal(read: EntryRead | null): boolean {
  return read !== null && read.entry !== null && (read.story === null || isOver(read.story));
}

async function readEntry(history: HistorySource, seq: number, signal: AbortSignal): Promise<EntryRead> {
  const { items } = await history.entries({ before: seq + 1, limit: 1 }, signal);
  const entry = items[0];
  if (entry?.seq !== seq) return { entry: null, story: null };
  return { entry, story: wholeStory(entry) ?? (await readStory(history, entry, signal)) };
}

/** While a message is received and not over, no other is: the newest that was received before an entry is its own. */
async function readStory(history: HistorySource, entry: Entry, signal: AbortSignal): Promise<Story | null> {
  const { body } = entry;
  if (!("messageId" in body)) return null;
  const received =
    body.kind === "received"
      ? entry
      : (await history.entries({ kind: "received", before: entry.seq, limit: 1 }, signal)).items[0];
  if (received?.body.kind !== "received" || received.body.messageId !== body.messageId) return null;
  const { messageId, message } = received.body;
  const { items } = await history.entries({ after: received.seq, limit: MAX_STORY }, signal);
  const others = items.filter((other) => "messageId" in other.body && other.body.messageId === messageId);
  return { message, entries: [received, ...others] };
}
