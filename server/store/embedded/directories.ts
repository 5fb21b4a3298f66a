import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, chown, lstat, mkdir, realpath } from "node:fs/promises";
import path from "node:path";
import type { Log } from "../../process/log.ts";
import { type Account, postgresAccount } from "./account.ts";
import { spawnTethered } from "./tethered.ts";

/** Where a Postgres lives, and as whom. All paths are absolute. */
export interface Place {
  /** `undefined`: as our own user. */
  account: Account | undefined;
  home: string;
  /** The database cluster (`PGDATA`); absent before the first start. */
  data: string;
  /** Private to the account: the sockets. */
  run: string;
}

/** macOS takes 104 bytes for a socket's path, Linux 108, with the closing zero; Postgres' name is `.s.PGSQL.5432`. */
const MAX_RUN_BYTES = 103 - "/.s.PGSQL.5432".length;

/**
 * Makes the directories of a Postgres under `dataDir`; or, when root has to run it as another user who cannot get
 * there, under `/var/tmp`, named by `dataDir`'s path.
 * @throws Error when the directory cannot be used
 */
export async function preparePlace(dataDir: string, log: Log): Promise<Place> {
  const asked = await usable(dataDir);
  const elsewhere = elsewhereOf(asked);
  const account = await postgresAccount([dataIn(asked), dataIn(elsewhere)]);
  const home = account === undefined || (await isReachable(asked, elsewhere, account)) ? asked : elsewhere;
  if (account !== undefined && home === elsewhere) {
    await makeDirectory(elsewhere);
    await mustOwn(elsewhere, 0);
    log.warn(`Postgres runs as ${account.name}, who cannot get to ${asked}: the data are in ${elsewhere}`);
  }
  const inside = path.join(home, "run");
  const run = Buffer.byteLength(inside) <= MAX_RUN_BYTES ? inside : shortRunOf(home);
  await makePrivate(run, account);
  return { account, home, data: dataIn(home), run };
}

/** All directories that may hold something of a Postgres on `dataDir`, which is there. */
export async function directoriesOf(dataDir: string): Promise<string[]> {
  const asked = await realpath(dataDir);
  const homes = [asked, elsewhereOf(asked)];
  return [...homes.map(shortRunOf), ...homes];
}

const dataIn = (home: string) => path.join(home, "postgres");
const elsewhereOf = (asked: string) => `/var/tmp/greenroom-${digest(asked)}`;
const shortRunOf = (home: string) => `/tmp/greenroom-${digest(home)}`;

async function usable(dataDir: string): Promise<string> {
  try {
    await makeDirectory(dataDir);
    return await realpath(dataDir);
  } catch (error) {
    throw unusable(dataDir, error);
  }
}

/**
 * Makes a directory and those above it, for others to pass through: Postgres may be one of them. Node's own way never
 * returns where nothing can be made, as in `/proc`.
 */
async function makeDirectory(directory: string): Promise<void> {
  if (existsSync(directory)) return;
  await makeDirectory(path.dirname(directory));
  await mkdir(directory).then(() => chmod(directory, 0o711), unlessThere);
}

/** Data once put somewhere stay there: an empty database in another place would look like a lost one. */
async function isReachable(asked: string, elsewhere: string, account: Account): Promise<boolean> {
  const isHere = existsSync(dataIn(asked));
  if (!isHere && existsSync(dataIn(elsewhere))) return false;
  if (await canEnter(asked, account)) return true;
  if (!isHere) return false;
  throw new Error(
    `Postgres runs as ${account.name}, who can no longer get to ${asked}. Open the directories above it.`,
  );
}

async function canEnter(directory: string, account: Account): Promise<boolean> {
  return (await spawnTethered(["/bin/sh", "-c", 'cd "$0"', directory], account).ended).code === 0;
}

async function makePrivate(directory: string, account: Account | undefined): Promise<void> {
  try {
    await mkdir(directory, { mode: 0o700 }).then(
      () => account && chown(directory, account.uid, account.gid),
      unlessThere,
    );
  } catch (error) {
    throw unusable(directory, error);
  }
  await mustOwn(directory, account?.uid ?? process.getuid?.() ?? 0);
}

function unlessThere(error: NodeJS.ErrnoException): void {
  if (error.code !== "EEXIST") throw error;
}

function unusable(directory: string, error: unknown): Error {
  const { message } = error as Error;
  return new Error(`${directory} cannot be used: ${message}. Set DATA_DIR to a directory that may be written.`, {
    cause: error,
  });
}

/** Directories for temporary files are open to all: what somebody else put there is not ours to use. */
async function mustOwn(directory: string, uid: number): Promise<void> {
  const found = await lstat(directory);
  if (found.isDirectory() && found.uid === uid) return;
  throw new Error(`${directory} belongs to another user. Start as that user, or set DATA_DIR to another directory.`);
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
