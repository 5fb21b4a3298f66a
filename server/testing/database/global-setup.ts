import { rmSync } from "node:fs";
import { chmod, mkdtemp } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { TestProject } from "vitest/node";
import { createLog } from "../../process/log.ts";
import { DATABASE } from "../../store/embedded/cluster.ts";
import { startPostgres } from "../../store/embedded/postgres.ts";
import { useMemoryDirectory } from "../memory-directory.ts";
import { copyCluster } from "./cluster.ts";
import { TEMPLATE, TEST_PREFIX } from "./database.ts";
import { databaseUrl, query } from "./sql.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The Postgres that all integration tests share. */
    postgresUrl: string;
  }
}

/** Each worker may run two runtimes and the pools of the code that it compares them with. */
const MAX_CONNECTIONS = "200";

/**
 * Starts the Postgres of all integration tests, with a migrated template. The returned function stops it, and throws
 * when a test has not dropped its database. No test covers a power failure, so Postgres does not sync to disk.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  useMemoryDirectory();
  const dataDir = await temporaryDirectory();
  await copyCluster(dataDir);
  const postgres = await startPostgres({
    dataDir,
    log: createLog("warn"),
    settings: { fsync: "off", full_page_writes: "off", max_connections: MAX_CONNECTIONS },
  });
  try {
    // A database that is copied must have no connections.
    const postgresDatabase = databaseUrl(postgres.url, "postgres");
    await query(postgresDatabase, `CREATE DATABASE ${TEMPLATE} TEMPLATE ${DATABASE}`);
    await query(postgresDatabase, `ALTER DATABASE ${TEMPLATE} WITH ALLOW_CONNECTIONS false IS_TEMPLATE true`);
    project.provide("postgresUrl", postgres.url);
  } catch (error) {
    await postgres.stop();
    throw error;
  }
  return async () => {
    const left = await query(postgres.url, "SELECT datname FROM pg_database WHERE starts_with(datname, $1)", [
      TEST_PREFIX,
    ]);
    await postgres.stop();
    if (left.length === 0) return;
    // Vitest prints the error, but exits with 0.
    process.exitCode = 1;
    throw new Error(`Tests left databases behind: ${left.map((row) => row.datname).join(", ")}`);
  };
}

/** An empty directory, deleted when the process exits. */
async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(path.join(os.tmpdir(), "greenroom-test-"));
  process.once("exit", () => rmSync(directory, { recursive: true, force: true }));
  // As root, Postgres runs as another user, who needs access to the directory.
  await chmod(directory, 0o711);
  return directory;
}
