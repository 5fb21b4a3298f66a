import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "../../process/log.ts";
import { listens } from "./lock.ts";

const POLL_MS = 25;
/** A Postgres that was just started listens within this time. */
const STARTING_MS = 2_000;
/** After this a Postgres that does not stop is told to drop everything; it recovers at its next start. */
const PATIENCE_MS = 8_000;
const LIMIT_MS = 15_000;

/**
 * Ends a Postgres that is still on the directory although the server that started it is dead, and removes a pid file
 * that names a process which is none. To be called by the holder of the lock alone. Postgres itself refuses to start
 * beside another one (by the shared memory), so that a wrong guess here costs no data.
 * @throws Error when it does not stop
 */
export async function endLeftover(data: string, log: Log): Promise<void> {
  const pidFile = path.join(data, "postmaster.pid");
  for (let waited = 0; ; waited += POLL_MS) {
    const leftover = await readPidFile(pidFile);
    if (leftover === undefined) return;
    if (leftover.socket !== undefined && (await listens(leftover.socket))) {
      if (waited > LIMIT_MS) throw new Error(`Postgres (process ${leftover.pid}) holds ${data} and does not stop.`);
      if (waited === 0) log.warn({ pid: leftover.pid }, "a Postgres whose server was killed is stopped first");
      signal(leftover.pid, waited > PATIENCE_MS ? "SIGQUIT" : "SIGINT");
    } else if (waited > STARTING_MS || !signal(leftover.pid, 0)) {
      log.info({ pid: leftover.pid }, "the pid file of a Postgres that was killed is removed");
      await rm(pidFile, { force: true });
      return;
    }
    await sleep(POLL_MS);
  }
}

/** Lines of the file: pid, data directory, start time, port, socket directory (empty while starting), and more. */
async function readPidFile(file: string): Promise<{ pid: number; socket: string | undefined } | undefined> {
  try {
    const [pid, , , port, directory] = (await readFile(file, "utf8")).split("\n");
    return { pid: Number(pid), socket: directory ? `${directory}/.s.PGSQL.${port}` : undefined };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Sends a signal (0: none, just asks); false when there is no such process of ours. */
function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
