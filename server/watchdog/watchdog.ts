import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Watchdog } from "../runtime/ports/clock.ts";

/** Maximum size of the text that describes what runs, in bytes. */
const MAX_TEXT = 1_024;

/** The memory that a watchdog shares with its thread. */
export interface Note {
  /** One number. It increases when an actor's code starts and ends, and is odd while code runs. */
  count: Int32Array;
  /** One number: the length of `text`. */
  length: Int32Array;
  /** The text, in UTF-8. */
  text: Uint8Array;
}

/**
 * Starts a thread that kills this process with SIGKILL when an actor's code has run for `timeoutMs` without ending. It
 * first writes a line that names the actor and the message to standard error. Resolves when the thread watches;
 * `failed` is called when it no longer can.
 */
export async function startWatchdog(timeoutMs: number, failed: (error: Error) => void): Promise<Watchdog> {
  const { note, watchdog } = makeNote();
  // Plain JavaScript, because worker threads do not inherit the TypeScript loader.
  const thread = new Worker(new URL("./thread.js", import.meta.url), { workerData: { ...note, timeoutMs } });
  await once(thread, "message");
  thread.on("error", failed);
  // The thread must not keep the process alive.
  thread.unref();
  return watchdog;
}

/** Makes a watchdog and its shared memory. Every turn notes itself here, which takes about 0.1 µs. */
function makeNote(): { note: Note; watchdog: Watchdog } {
  const number = () => new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const [count, length, text] = [number(), number(), Buffer.from(new SharedArrayBuffer(MAX_TEXT))];
  let passed = 0;
  const watchdog: Watchdog = {
    enter: ({ type, keyText }, { id, command }) => {
      length[0] = text.write(`${command}, message ${id}, of ${type} ${keyText}`);
      count[0] = ++passed;
    },
    leave: () => {
      count[0] = ++passed;
    },
  };
  return { note: { count, length, text }, watchdog };
}
