import { existsSync } from "node:fs";
import { chown, mkdtemp, open, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import type { Binaries } from "./binaries.ts";
import type { Layout } from "./directories.ts";
import { spawnTethered } from "./tethered.ts";

/** The name of our database in the cluster. */
export const DATABASE = "greenroom";

const initOptions = [
  "--username=postgres",
  // Access to the socket is enough to connect; its directory is private.
  "--auth=trust",
  // The same sort order and characters on every machine, independent of its locale.
  "--encoding=UTF8",
  "--locale-provider=builtin",
  "--builtin-locale=C.UTF-8",
  "--locale=C",
];

/**
 * Creates the database cluster if there is none: under another name, and renamed when complete, so that an existing
 * cluster is never partial.
 * @throws Error with Postgres' message when it cannot be created
 */
export async function ensureCluster(layout: Layout, { initdb, postgres }: Binaries, durable: boolean): Promise<void> {
  const { account, home, data } = layout;
  if (existsSync(data)) return;
  await removeUnfinished(layout);
  const unfinished = await mkdtemp(`${data}.unfinished-`);
  if (account !== undefined) await chown(unfinished, account.uid, account.gid);
  await run([initdb, "-D", unfinished, ...initOptions, ...(durable ? [] : ["--no-sync"])], layout);
  // In single-user mode the server reads statements from standard input.
  const single = `"$0" --single -D "$1" -c fsync=${durable ? "on" : "off"} postgres`;
  await run(["/bin/sh", "-c", `echo "CREATE DATABASE ${DATABASE}" | ${single}`, postgres, unfinished], layout);
  await rename(unfinished, data);
  await syncDirectory(home);
}

/** Removes what a killed start left behind. */
async function removeUnfinished({ home, data }: Layout): Promise<void> {
  const prefix = `${path.basename(data)}.unfinished-`;
  for (const name of await readdir(home)) {
    if (name.startsWith(prefix)) await rm(path.join(home, name), { recursive: true, maxRetries: 5 });
  }
}

async function run(command: readonly string[], { account, data }: Layout): Promise<void> {
  const { code, lines } = await spawnTethered(command, account).ended;
  const complaint = lines.find((line) => /\b(error|fatal|panic):/i.test(line));
  if (code === 0 && complaint === undefined) return;
  throw new Error(`The database could not be created in ${data}: ${complaint ?? lines.at(-1) ?? `code ${code}`}.`);
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
