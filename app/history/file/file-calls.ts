import { proxy, type Remote } from "comlink";
import { callsOf } from "../../read/worker-calls.ts";
import type { HistorySource } from "../history-source.ts";
import type { FileInfo, OpenProgress } from "./file-history.ts";
import type { FileCalls } from "./file-history.worker.ts";

/** An open file. */
export interface OpenedFile {
  name: string;
  info: FileInfo;
  history: HistorySource;
  close: () => void;
}

/**
 * Opens a history file in a worker. Nothing is sent to a server.
 * @param onProgress is called while the file is read
 * @throws Error with a message for users; also when the signal is aborted
 */
export async function openFile(
  file: File,
  signal: AbortSignal,
  onProgress: (progress: OpenProgress) => void,
): Promise<OpenedFile> {
  const worker = new Worker(new URL("./file-history.worker.ts", import.meta.url));
  const calls = callsOf<FileCalls>(worker);
  const close = () => worker.terminate();
  signal.addEventListener("abort", close);
  try {
    const info = await Promise.race([calls.open(file, proxy(onProgress)), whenAborted(signal)]);
    return { name: file.name, info, history: historyOf(calls), close };
  } catch (error) {
    close();
    throw error;
  } finally {
    signal.removeEventListener("abort", close);
  }
}

function historyOf(calls: Remote<FileCalls>): HistorySource {
  return {
    actor: null,
    window: (at, _signal, onProgress) => calls.window(at, proxy(onProgress)),
    changes: (query) => calls.changes(query),
    seqAt: (time) => calls.seqAt(time),
    entries: (query) => calls.entries(query),
  };
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(new Error("Cancelled.")), { once: true });
  });
}
