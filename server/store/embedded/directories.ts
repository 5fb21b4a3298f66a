import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, chown, lstat, mkdir, readFile, realpath, stat } from "node:fs/promises";
import path from "node:path";
import type { Log } from "../../process/log.ts";
import { type Account, spawnTethered } from "./tethered.ts";

/** The directories and the user of a Postgres. All paths are absolute. */
export interface Layout {
  /** `undefined` for the current user. */
  account: Account | undefined;
  home: string;
  /** The database cluster (`PGDATA`); absent before the first start. */
  data: string;
  /** The sockets' directory, private to the account. */
  run: string;
}

/** The limit of a socket's path is 104 bytes on macOS and 108 on Linux, with the final zero. */
const MAX_RUN_BYTES = 103 - "/.s.PGSQL.5432".length;

/**
 * Creates the directories of a Postgres under `dataDir`. If root has to run it as another user, who cannot access
 * `dataDir`, it creates them under `/var/tmp`, named by a hash of the path.
 * @throws Error when the directory cannot be used
 */
export async function prepareLayout(dataDir: string, log: Log): Promise<Layout> {
  const asked = await usable(dataDir);
  const elsewhere = elsewhereOf(asked);
  const account = await postgresAccount([dataIn(asked), dataIn(elsewhere)]);
  const home = account === undefined || (await isReachable(asked, elsewhere, account)) ? asked : elsewhere;
  if (account !== undefined && home === elsewhere) {
    await makeDirectory(elsewhere);
    await mustOwn(elsewhere, 0);
    log.warn(`Postgres runs as ${account.name}, who cannot access ${asked}: the data is in ${elsewhere}`);
  }
  const inside = path.join(home, "run");
  const run = Buffer.byteLength(inside) <= MAX_RUN_BYTES ? inside : shortRunOf(home);
  await makePrivate(run, account);
  return { account, home, data: dataIn(home), run };
}

/** All directories that a Postgres on `dataDir`, which exists, may have used. */
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
 * Creates a directory and its parents, which other users, such as Postgres', may pass through. Node's recursive `mkdir`
 * never returns where nothing can be created, as in `/proc`.
 */
async function makeDirectory(directory: string): Promise<void> {
  if (existsSync(directory)) return;
  await makeDirectory(path.dirname(directory));
  await mkdir(directory).then(() => chmod(directory, 0o711), unlessThere);
}

/** Existing data is used where it is: an empty database in another directory would look like lost data. */
async function isReachable(asked: string, elsewhere: string, account: Account): Promise<boolean> {
  const isHere = existsSync(dataIn(asked));
  if (!isHere && existsSync(dataIn(elsewhere))) return false;
  if (await canEnter(asked, account)) return true;
  if (!isHere) return false;
  throw new Error(`Postgres runs as ${account.name}, who can no longer access ${asked}. Open its parent directories.`);
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
  return new Error(`${directory} cannot be used: ${message}. Set DATA_DIR to a writable directory.`, {
    cause: error,
  });
}

/** Anyone can write to directories for temporary files, so another user's directory is not used. */
async function mustOwn(directory: string, uid: number): Promise<void> {
  const found = await lstat(directory);
  if (found.isDirectory() && found.uid === uid) return;
  throw new Error(`${directory} belongs to another user. Start as that user, or set DATA_DIR to another directory.`);
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/**
 * The user that Postgres runs as, because it refuses to run as root: the current user (`undefined`) unless that is
 * root; then the owner of the first existing data directory, else the user `postgres`, else `nobody`.
 * @throws Error when none of them exists
 */
async function postgresAccount(directories: readonly string[]): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const passwd = (await readFile("/etc/passwd", "utf8")).split("\n").map((line) => line.split(":"));
  const accounts = passwd.map(([name = "", , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }));
  const existing = directories.find((directory) => existsSync(directory));
  const owner = existing === undefined ? undefined : await stat(existing);
  if (owner !== undefined && owner.uid !== 0) {
    const { uid, gid } = owner;
    return { name: accounts.find((account) => account.uid === uid)?.name ?? `user ${uid}`, uid, gid };
  }
  const found = ["postgres", "nobody"].flatMap((name) => accounts.filter((account) => account.name === name)).at(0);
  if (found !== undefined) return found;
  throw new Error("Postgres does not run as root, and there is no user postgres or nobody. Start as another user.");
}
