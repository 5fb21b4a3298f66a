import type { Page } from "../../../server/protocol/actors.ts";
import type { Entry, JournalQuery } from "../../../server/protocol/journal.ts";
import type { ChangesQuery, PastWindow, PathChange } from "../../../server/protocol/past.ts";
import { WorkerCalls } from "../../read/worker-calls.ts";
import type { HistorySource } from "../history-source.ts";
import type { FileInfo, OpenProgress } from "./file-history.ts";

/** What a page asks the worker that has a history's file open: what `FileHistory` can do. */
export interface FileCalls {
  /** Tells an `OpenProgress` meanwhile. */
  open(file: Blob): FileInfo;
  /** Tells a `FoldProgress` meanwhile. */
  window(at: number): PastWindow;
  changes(query: ChangesQuery): Page<PathChange>;
  seqAt(time: number): number;
  entries(query: Partial<JournalQuery>): Page<Entry>;
}

/** A file that is open, and what can be asked of it until it is closed. */
export interface OpenedFile {
  name: string;
  info: FileInfo;
  history: HistorySource;
  close: () => void;
}

/**
 * Opens a history's file in a worker of the browser: nothing of it goes to a server.
 * @param told hears how far it has been read
 * @throws Error with a message for people; also when the signal is aborted
 */
export async function openFile(
  file: File,
  signal: AbortSignal,
  told: (progress: OpenProgress) => void,
): Promise<OpenedFile> {
  const worker = new WorkerCalls<FileCalls>(new Worker(new URL("./file-history.worker.ts", import.meta.url)));
  const close = () => worker.close();
  signal.addEventListener("abort", close);
  try {
    const info = await Promise.race([worker.callAndHear("open", told, file), whenAborted(signal)]);
    return { name: file.name, info, history: historyOf(worker), close };
  } catch (error) {
    close();
    throw error;
  } finally {
    signal.removeEventListener("abort", close);
  }
}

function historyOf(worker: WorkerCalls<FileCalls>): HistorySource {
  return {
    actor: null,
    window: (at, _signal, told) => worker.callAndHear("window", told, at),
    changes: (query) => worker.call("changes", query),
    seqAt: (time) => worker.call("seqAt", time),
    entries: (query) => worker.call("entries", query),
  };
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(new Error("It was given up.")), { once: true });
  });
}
