import { rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "../../process/log.ts";
import { type Binaries, prepareBinaries } from "./binaries.ts";
import { DATABASE, ensureCluster } from "./cluster.ts";
import { directoriesOf, type Layout, prepareLayout } from "./directories.ts";
import { endLeftover } from "./leftover.ts";
import { takeLock } from "./lock.ts";
import { spawnTethered, type Tethered } from "./tethered.ts";

/** A Postgres that ends when our process does. */
export interface EmbeddedPostgres {
  /** The URL of the database `greenroom`, over a unix socket. */
  url: string;
  /** The directory of the data: `dataDir`, unless Postgres cannot access it. */
  home: string;
  /** Resolves when Postgres ends unexpectedly. */
  failed: Promise<Error>;
  /** Stops Postgres and keeps the data. Resolves when it has ended. */
  stop(): Promise<void>;
}

/** Differences from the settings of `initdb`, with which it has 128 MB of shared buffers and 1 GB of WAL. */
const ownSettings = {
  // Only the private socket accepts connections.
  listen_addresses: "",
  unix_socket_permissions: "0700",
  // Our log adds the time.
  log_line_prefix: "",
  // Every five minutes, and of no use.
  log_checkpoints: "off",
  // A statement can be large, and its sender gets the error.
  log_min_error_statement: "panic",
};

/** Attempts to start, 100 ms apart, while processes of a killed Postgres are still ending. */
const MAX_ATTEMPTS = 100;
/** After this time a shutdown becomes immediate; Postgres recovers at its next start. */
const PATIENCE_MS = 6_000;

/**
 * Starts a Postgres on `dataDir`, which is created if necessary. `settings` are Postgres' own, such as
 * `{ fsync: "off" }` for tests.
 * @throws Error with one line for the user: the directory is in use or cannot be used, there are no binaries for this
 * machine, or Postgres does not start
 */
export async function startPostgres(options: {
  dataDir: string;
  log: Log;
  settings?: Record<string, string>;
}): Promise<EmbeddedPostgres> {
  const { dataDir, log, settings = {} } = options;
  const layout = await prepareLayout(dataDir, log);
  const unlock = await takeLock(path.join(layout.run, "lock"));
  if (unlock === undefined) {
    throw new Error(`${dataDir} is in use by another Greenroom server. Stop it, or set DATA_DIR to another directory.`);
  }
  try {
    const binaries = await prepareBinaries(layout, log);
    await ensureCluster(layout, binaries, settings.fsync !== "off");
    const postgres = await launchPatiently(layout, binaries, { ...ownSettings, ...settings }, log);
    return supervise(postgres, layout, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

/**
 * Deletes `dataDir` and everything that a Postgres on it, which must have ended, has put elsewhere.
 * @throws Error when something cannot be deleted
 */
export async function removePostgres(dataDir: string): Promise<void> {
  for (const directory of await directoriesOf(dataDir)) await rm(directory, { recursive: true, force: true });
}

function supervise(postgres: Tethered, layout: Layout, unlock: () => void): EmbeddedPostgres {
  let stopping = false;
  const failed = new Promise<Error>((resolve) => {
    void postgres.ended.then(({ code, lines }) => {
      if (!stopping) resolve(new Error(`Postgres ended with code ${code}: ${lines.at(-1)}`));
    });
  });
  const stop = async () => {
    stopping = true;
    postgres.release();
    const patience = sleep(PATIENCE_MS, "late" as const, { ref: false });
    if ((await Promise.race([postgres.ended, patience])) === "late") postgres.kill("SIGQUIT");
    await postgres.ended;
    unlock();
  };
  // Complete, so that a client takes nothing from the environment.
  const socket = `host=${encodeURIComponent(layout.run)}&sslmode=disable`;
  return { url: `postgresql://postgres@localhost:5432/${DATABASE}?${socket}`, home: layout.home, failed, stop };
}

async function launchPatiently(
  layout: Layout,
  binaries: Binaries,
  settings: Record<string, string>,
  log: Log,
): Promise<Tethered> {
  for (let attempt = 1; ; attempt++) {
    await endLeftover(layout.data, log);
    const { postgres, complaint } = await launch(layout, binaries, settings, log);
    if (complaint === undefined) return postgres;
    const isHeld = /lock file|shared memory block/.test(complaint);
    if (!isHeld || attempt === MAX_ATTEMPTS) throw new Error(`Postgres did not start: ${complaint}.`);
    await sleep(100);
  }
}

/** Starts Postgres. Returns when it accepts connections (after a recovery, if any), or with a complaint. */
async function launch(
  { account, data, run }: Layout,
  { postgres: program }: Binaries,
  settings: Record<string, string>,
  log: Log,
): Promise<{ postgres: Tethered; complaint?: string }> {
  const all = { ...settings, unix_socket_directories: `"${run.replaceAll('"', '""')}"` };
  const args = Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const postgres = spawnTethered([program, "-D", data, ...args], account);
  const ready = new Promise<undefined>((resolve) => {
    postgres.messages.on("line", (line: string) => {
      if (line.includes("ready to accept connections")) resolve(undefined);
      forward(log, line);
    });
  });
  const ended = await Promise.race([ready, postgres.ended]);
  if (ended === undefined) return { postgres };
  const complaint = ended.lines.find((line) => /^(FATAL|PANIC):/.test(line)) ?? ended.lines.at(-1);
  return { postgres, complaint: complaint?.replace(/^[A-Z]+: +/, "") ?? `it ended with code ${ended.code}` };
}

/** Passes a line of Postgres' log on. Errors of statements are not warnings: their senders get them. */
function forward(log: Log, line: string): void {
  const isTrouble = /^(WARNING|FATAL|PANIC):/.test(line);
  log[isTrouble ? "warn" : "debug"](`postgres: ${line}`);
}
