// @ts-check
import { writeSync } from "node:fs";
import process from "node:process";
import { parentPort, workerData } from "node:worker_threads";

// The thread of a watchdog. It counts how often it finds the same code running. If the process is suspended, this
// thread is too, so a suspended process is found running only once.

/** How many times the same code must be found running. The time limit is divided into as many waits. */
const SAMPLES = 20;
const STDERR = 2;

/** @type {import("./watchdog.ts").Note & { timeoutMs: number }} */
const { count, length, text, timeoutMs } = workerData;
/** Never changes: waiting for it is waiting for a timeout. */
const unchanged = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

/** Returns when code has run for too long. */
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
writeSync(
  STDERR,
  `Greenroom kills this process: ${what}, did not end within ${timeoutMs} ms and blocked everything else.\n`,
);
process.kill(process.pid, "SIGKILL");
