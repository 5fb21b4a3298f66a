import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Watchdog } from "../runtime/ports/clock.ts";

/** The most bytes that say what runs: a command, a message's id, a type, and most of a key. */
const MAX_TEXT = 1_024;

/** What a watchdog and its thread share, besides how long code may run. */
export interface Note {
  /** One number. It grows whenever code of an actor begins or ends, and is odd while it runs. */
  count: Int32Array;
  /** One number: the length of the text. */
  length: Int32Array;
  /** What runs, in UTF-8. */
  text: Uint8Array;
}

/**
 * Starts a thread that ends this process with SIGKILL, and a line on standard error that names the actor and the
 * message, when code of an actor has run for `timeoutMs` without coming to an end. Resolves when it watches; `failed`
 * hears when it can do so no more.
 */
export async function startWatchdog(timeoutMs: number, failed: (error: Error) => void): Promise<Watchdog> {
  const { note, watchdog } = makeNote();
  // Plain JavaScript: the loader of TypeScript is not there in other threads.
  const thread = new Worker(new URL("./thread.js", import.meta.url), { workerData: { ...note, timeoutMs } });
  await once(thread, "message");
  thread.on("error", failed);
  // It does not keep the process from ending.
  thread.unref();
  return watchdog;
}

/** A watchdog, and the memory in which it notes what runs. Every turn passes here: a note takes about 0.1 µs. */
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
