import { rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "../../process/log.ts";
import { type Binaries, prepareBinaries } from "./binaries.ts";
import { DATABASE, ensureCluster } from "./cluster.ts";
import { directoriesOf, type Place, preparePlace } from "./directories.ts";
import { endLeftover } from "./leftover.ts";
import { takeLock } from "./lock.ts";
import { spawnTethered, type Tethered } from "./tethered.ts";

/** A Postgres of our own, which ends when our process does. */
export interface EmbeddedPostgres {
  /** Of the database `greenroom`, over a unix socket. */
  url: string;
  /** The directory that the data are in: `dataDir`, unless Postgres cannot get there. */
  home: string;
  /** Resolves when Postgres ended without having been asked to. */
  failed: Promise<Error>;
  /** Stops it; what was committed is kept. Resolves when it is gone. */
  stop(): Promise<void>;
}

/** What differs from the settings that `initdb` chose: with those, 128 MB of shared buffers and 1 GB of WAL. */
const ownSettings = {
  // Nobody but who gets to the private socket.
  listen_addresses: "",
  unix_socket_permissions: "0700",
  // The time is the log's.
  log_line_prefix: "",
  // Every five minutes, and nothing to be learnt from them.
  log_checkpoints: "off",
  // A statement can be large, and who sent it has the error.
  log_min_error_statement: "panic",
};

/** How often a start is tried, 100 ms apart, while parts of a Postgres that was killed are still dying. */
const MAX_ATTEMPTS = 100;
/** After this a shutdown is cut short; Postgres recovers at its next start. */
const PATIENCE_MS = 6_000;

/**
 * Starts a Postgres on `dataDir`, which it makes when it is not there. `settings` are Postgres' own, as in
 * `{ fsync: "off" }` for tests.
 * @throws Error with one line to show: directory in use by another server, or not to be used; no binaries for this
 * machine; whatever Postgres refused
 */
export async function startPostgres(options: {
  dataDir: string;
  log: Log;
  settings?: Record<string, string>;
}): Promise<EmbeddedPostgres> {
  const { dataDir, log, settings = {} } = options;
  const place = await preparePlace(dataDir, log);
  const unlock = await takeLock(path.join(place.run, "lock"));
  if (unlock === undefined) {
    throw new Error(`${dataDir} is in use by another Greenroom server. Stop it, or set DATA_DIR to another directory.`);
  }
  try {
    const binaries = await prepareBinaries(place, log);
    await ensureCluster(place, binaries, settings.fsync !== "off");
    const postgres = await launchPatiently(place, binaries, { ...ownSettings, ...settings }, log);
    return supervise(postgres, place, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

/**
 * Deletes `dataDir` and all that a Postgres on it has put elsewhere, also by a start that failed. It must not run any more.
 * @throws Error when something cannot be deleted
 */
export async function removePostgres(dataDir: string): Promise<void> {
  for (const directory of await directoriesOf(dataDir)) await rm(directory, { recursive: true, force: true });
}

function supervise(postgres: Tethered, place: Place, unlock: () => void): EmbeddedPostgres {
  let asked = false;
  const failed = new Promise<Error>((resolve) => {
    void postgres.ended.then(({ code, lines }) => {
      if (!asked) resolve(new Error(`Postgres ended with code ${code}: ${lines.at(-1)}`));
    });
  });
  const stop = async () => {
    asked = true;
    postgres.release();
    const patience = sleep(PATIENCE_MS, "late" as const, { ref: false });
    if ((await Promise.race([postgres.ended, patience])) === "late") postgres.kill("SIGQUIT");
    await postgres.ended;
    unlock();
  };
  // Says all that a client would otherwise take from the environment.
  const socket = `host=${encodeURIComponent(place.run)}&sslmode=disable`;
  return { url: `postgresql://postgres@localhost:5432/${DATABASE}?${socket}`, home: place.home, failed, stop };
}

async function launchPatiently(
  place: Place,
  binaries: Binaries,
  settings: Record<string, string>,
  log: Log,
): Promise<Tethered> {
  for (let attempt = 1; ; attempt++) {
    await endLeftover(place.data, log);
    const { postgres, complaint } = await launch(place, binaries, settings, log);
    if (complaint === undefined) return postgres;
    const isHeld = /lock file|shared memory block/.test(complaint);
    if (!isHeld || attempt === MAX_ATTEMPTS) throw new Error(`Postgres did not start: ${complaint}.`);
    await sleep(100);
  }
}

/** Starts Postgres and waits until it takes connections (after its recovery, if any), or says why it does not. */
async function launch(
  { account, data, run }: Place,
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
      tell(log, line);
    });
  });
  const ended = await Promise.race([ready, postgres.ended]);
  if (ended === undefined) return { postgres };
  const complaint = ended.lines.find((line) => /^(FATAL|PANIC):/.test(line)) ?? ended.lines.at(-1);
  return { postgres, complaint: complaint?.replace(/^[A-Z]+: +/, "") ?? `it ended with code ${ended.code}` };
}

/** Passes a line of Postgres' log on. Errors of statements are those who sent them are told of. */
function tell(log: Log, line: string): void {
  const isTrouble = /^(WARNING|FATAL|PANIC):/.test(line);
  log[isTrouble ? "warn" : "debug"](`postgres: ${line}`);
}
