import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "../../process/log.ts";
import { listens } from "./lock.ts";

const POLL_MS = 25;
/** A Postgres that was just started listens within this time. */
const STARTING_MS = 2_000;
/** After this a Postgres that does not stop is ended without a shutdown; it recovers at its next start. */
const PATIENCE_MS = 8_000;
const LIMIT_MS = 15_000;

/**
 * Ends a Postgres that still uses the directory after its server has died, and removes a stale pid file. Only the
 * holder of the lock may call it. A wrong guess costs no data: Postgres itself does not start beside another one, which
 * it detects by the shared memory.
 * @throws Error when it does not stop
 */
export async function endLeftover(data: string, log: Log): Promise<void> {
  const pidFile = path.join(data, "postmaster.pid");
  for (let waited = 0; ; waited += POLL_MS) {
    const leftover = await readPidFile(pidFile);
    if (leftover === undefined) return;
    if (leftover.socket !== undefined && (await listens(leftover.socket))) {
      if (waited > LIMIT_MS) throw new Error(`Postgres (process ${leftover.pid}) uses ${data} and does not stop.`);
      if (waited === 0) log.warn({ pid: leftover.pid }, "stopping a Postgres whose server was killed");
      signal(leftover.pid, waited > PATIENCE_MS ? "SIGQUIT" : "SIGINT");
    } else if (waited > STARTING_MS || !signal(leftover.pid, 0)) {
      log.info({ pid: leftover.pid }, "removing the pid file of a killed Postgres");
      await rm(pidFile, { force: true });
      return;
    }
    await sleep(POLL_MS);
  }
}

/** The file's lines: pid, data directory, start time, port, socket directory (empty while starting), and more. */
async function readPidFile(file: string): Promise<{ pid: number; socket: string | undefined } | undefined> {
  try {
    const [pid, , , port, directory] = (await readFile(file, "utf8")).split("\n");
    return { pid: Number(pid), socket: directory ? `${directory}/.s.PGSQL.${port}` : undefined };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Sends a signal (0 only checks); false if there is no such process that we may signal. */
function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
