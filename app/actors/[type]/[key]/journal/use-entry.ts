"use client";

import { useEffect, useState } from "react";
import type { Entry } from "../../../../../server/protocol/journal.ts";
import type { HistorySource } from "../../../../history/history-source.ts";
import { isOver, type Story, wholeStory } from "../../../../words/entries.ts";

/** The max number of entries that are searched for the effects of one message. */
const MAX_STORY = 200;

/** An entry and the story of its message; null where absent. */
export interface EntryRead {
  entry: Entry | null;
  story: Story | null;
}

/**
 * The entry of a seq and the story of its message. Reads both unless `known`, the entry, contains the whole story; reads
 * again until the message is finished. `read` is null at first; `problem` is the error of the last read.
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
  const local = known === undefined ? null : { entry: known, story: wholeStory(known) };
  const isWhole = local !== null && local.story !== null;
  const isThere = seq <= head;
  const newest = isFinal(current?.read ?? null) ? 0 : head;

  // biome-ignore lint/correctness/useExhaustiveDependencies: each try reads again, and each new head unless final
  useEffect(() => {
    if (isWhole || !isThere || newest === 0) return;
    const abort = new AbortController();
    readEntry(history, seq, abort.signal).then(
      (read) => setLast({ seq, read, problem: null }),
      ({ message }: Error) => {
        if (!abort.signal.aborted) setLast({ seq, read: null, problem: message });
      },
    );
    return () => abort.abort();
  }, [history, seq, isWhole, isThere, newest, tries]);

  const again = () => setTries((before) => before + 1);
  if (isWhole) return { read: local, problem: null, again };
  const unread = local ?? (isThere ? null : { entry: null, story: null });
  return { read: current?.read ?? unread, problem: current?.problem ?? null, again };
}

/** Whether another read cannot add anything. */
function isFinal(read: EntryRead | null): boolean {
  return read !== null && read.entry !== null && (read.story === null || isOver(read.story));
}

async function readEntry(history: HistorySource, seq: number, signal: AbortSignal): Promise<EntryRead> {
  const { items } = await history.entries({ before: seq + 1, limit: 1 }, signal);
  const entry = items[0];
  if (entry?.seq !== seq) return { entry: null, story: null };
  return { entry, story: wholeStory(entry) ?? (await readStory(history, entry, signal)) };
}

/** Messages do not overlap: the newest `received` entry before an entry belongs to the same message. */
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
