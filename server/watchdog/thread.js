// @ts-check
import { writeSync } from "node:fs";
import process from "node:process";
import { parentPort, workerData } from "node:worker_threads";

// The thread of a watchdog. It counts how often it finds the same code running: a process that is paused, however long,
// pauses this thread too, and is found running once.

/** How often the same code is to be found running: the time that it may take is that many waits. */
const SAMPLES = 20;
const STDERR = 2;

/** @type {import("./watchdog.ts").Note & { timeoutMs: number }} */
const { count, length, text, timeoutMs } = workerData;
/** Nobody changes it: to wait until somebody does is to wait for the time to pass. */
const unchanged = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

/** Returns when something has run for too long. */
function watch() {
  let seen = 0;
  for (let found = 0; found < SAMPLES; ) {
    Atomics.wait(unchanged, 0, 0, timeoutMs / SAMPLES);
    const now = Atomics.load(count, 0);
    found = now % 2 !== 0 && now === seen ? found + 1 : 0;
    seen = now;
  }
}

parentPort?.postMessage("watches");
watch();
const what = Buffer.from(text).toString("utf8", 0, Atomics.load(length, 0));
writeSync(STDERR, `Greenroom ends at once: ${what}, did not end within ${timeoutMs} ms and let nothing else run.\n`);
process.kill(process.pid, "SIGKILL");
