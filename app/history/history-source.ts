import { useMemo } from "react";
import type { ActorState, Page } from "../../server/protocol/actors.ts";
import type { Entry, JournalQuery } from "../../server/protocol/journal.ts";
import type { ChangesQuery, FoldProgress, PastLine, PastWindow, PathChange } from "../../server/protocol/past.ts";
import { type ActorAddress, pathOf, readEntries, readLines, readPath } from "../read/read.ts";

/**
 * The source of a history: the server or a file. Methods throw an Error with a message for users; aborting the signal
 * cancels them.
 */
export interface HistorySource {
  /** The actor on the server; null for a file. */
  readonly actor: ActorAddress | null;
  /** The window that contains the entry of a seq. */
  window(at: number, signal: AbortSignal, onProgress: (progress: FoldProgress) => void): Promise<PastWindow>;
  /** The entries that changed the value at a path, newest first. */
  changes(query: ChangesQuery, signal: AbortSignal): Promise<Page<PathChange>>;
  /** The last seq that was committed at or before a time (milliseconds since 1970). */
  seqAt(time: number, signal: AbortSignal): Promise<number>;
  /** A page of the journal. */
  entries(query: Partial<JournalQuery>, signal: AbortSignal): Promise<Page<Entry>>;
}

/** The history of an actor on the server. The same object while the actor is the same. */
export function useServerHistory({ type, keyText }: ActorAddress): HistorySource {
  return useMemo(() => serverHistory({ type, keyText }), [type, keyText]);
}

function serverHistory(actor: ActorAddress): HistorySource {
  return {
    actor,
    async window(seq, signal, onProgress) {
      for await (const line of readLines<PastLine>(pathOf(actor, "past", { at: seq }), signal)) {
        if ("window" in line) return line.window;
        onProgress(line.progress);
      }
      throw new Error("The server's response ended too early.");
    },
    changes: (query, signal) => readPath(pathOf(actor, "changes", query), signal),
    entries: (query, signal) => readEntries(actor, query, signal),
    async seqAt(time, signal) {
      const { head } = await readPath<ActorState>(
        pathOf(actor, "state", { time: new Date(time).toISOString() }),
        signal,
      );
      return head;
    },
  };
}
