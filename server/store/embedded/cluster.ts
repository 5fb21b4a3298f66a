import { existsSync } from "node:fs";
import { chown, mkdtemp, open, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import type { Binaries } from "./binaries.ts";
import type { Place } from "./directories.ts";
import { spawnTethered } from "./tethered.ts";

/** The name of the one database in the cluster that is ours. */
export const DATABASE = "greenroom";

const initOptions = [
  "--username=postgres",
  // Whoever gets to the socket may connect; its directory is private.
  "--auth=trust",
  // The same order and the same letters on every machine, whatever its locale.
  "--encoding=UTF8",
  "--locale-provider=builtin",
  "--builtin-locale=C.UTF-8",
  "--locale=C",
];

/**
 * Makes the database cluster where there is none. It is made under another name and moved when it is whole, so a
 * cluster that is there is complete.
 * @throws Error with what Postgres said when it cannot be made
 */
export async function ensureCluster(place: Place, { initdb, postgres }: Binaries, durable: boolean): Promise<void> {
  if (existsSync(place.data)) return;
  await removeUnfinished(place);
  const unfinished = await mkdtemp(`${place.data}.unfinished-`);
  if (place.account !== undefined) await chown(unfinished, place.account.uid, place.account.gid);
  await run([initdb, "-D", unfinished, ...initOptions, ...(durable ? [] : ["--no-sync"])], place);
  // The server in its single-user mode takes statements from standard input.
  const create = `echo "CREATE DATABASE ${DATABASE}" | "$0" --single -D "$1" -c fsync=${durable ? "on" : "off"} postgres`;
  await run(["/bin/sh", "-c", create, postgres, unfinished], place);
  await rename(unfinished, place.data);
  await syncDirectory(place.home);
}

/** What a start left behind that was killed. */
async function removeUnfinished({ home, data }: Place): Promise<void> {
  const prefix = `${path.basename(data)}.unfinished-`;
  for (const name of await readdir(home)) {
    if (name.startsWith(prefix)) await rm(path.join(home, name), { recursive: true, maxRetries: 5 });
  }
}

async function run(command: readonly string[], { account, data }: Place): Promise<void> {
  const { code, lines } = await spawnTethered(command, account).ended;
  const complaint = lines.find((line) => /\b(error|fatal|panic):/i.test(line));
  if (code === 0 && complaint === undefined) return;
  throw new Error(`The database could not be made in ${data}: ${complaint ?? lines.at(-1) ?? `code ${code}`}.`);
}

/** Makes a new name in a directory survive a power cut. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
