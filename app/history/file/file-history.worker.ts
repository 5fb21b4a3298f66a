import { expose } from "comlink";
import { z } from "zod";
import type { JournalQuery } from "../../../server/protocol/journal.ts";
import type { ChangesQuery, FoldProgress } from "../../../server/protocol/past.ts";
import { FileHistory, type OpenProgress } from "./file-history.ts";

// The content security policy forbids `eval`.
z.config({ jitless: true });

let opened: FileHistory | null = null;

function history(): FileHistory {
  if (opened === null) throw new Error("No file is open.");
  return opened;
}

const calls = {
  async open(file: Blob, onProgress: (progress: OpenProgress) => void) {
    opened = await FileHistory.open(file, onProgress);
    return opened.info;
  },
  window: (at: number, onProgress: (progress: FoldProgress) => void) => history().window(at, onProgress),
  changes: (query: ChangesQuery) => history().changes(query),
  seqAt: (time: number) => history().seqAt(time),
  entries: (query: Partial<JournalQuery>) => history().entries(query),
};

/** The calls of the worker that holds an open history file. */
export type FileCalls = typeof calls;

expose(calls);
