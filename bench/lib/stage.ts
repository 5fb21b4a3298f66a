import { readFileSync } from "node:fs";
import { statfs } from "node:fs/promises";
import path from "node:path";
import type { Log } from "../../server/process/log.ts";
import type { Shutdown } from "../../server/process/shutdown.ts";
import { migrateDatabase } from "../../server/store/migrate.ts";
import { databaseUrl, query } from "../../server/testing/database/sql.ts";
import { startTemporaryPostgres } from "../../server/tools/temporary-postgres.ts";
import { Child } from "./child.ts";
import type { Size } from "./size.ts";
import { type Processes, type Used, watchUsage } from "./usage.ts";

/** A migrated, empty database, which is copied for each case. */
const TEMPLATE = "bench_template";

/** Everything the cases run on. */
export interface Stage {
  size: Size;
  log: Log;
  /** Prints an intermediate result. */
  note(line: string): void;
  /** The version of Postgres. */
  postgres: string;
  /** The file system of the database. In memory, commits cost nothing and figures mean nothing. */
  disk: string;
  /** Runs `work` on a new, empty database. */
  onDatabase<T>(work: (url: string) => Promise<T>): Promise<T>;
  /** Runs a module that calls `serveParent` in a new process. */
  spawn(module: URL): Child;
  /** Calls `find` once per name and returns its result in all runs. */
  once<T>(name: string, find: () => Promise<T>): Promise<T>;
  /** Runs `work`. Returns its result and the usage of this process, Postgres and the named others. */
  watched<T>(work: () => Promise<T>, others?: Processes): Promise<[T, Used]>;
}

/** Starts Postgres with a server's settings in a temporary directory. `shutdown` stops and removes it. */
export async function setStage(shutdown: Shutdown, log: Log, size: Size): Promise<Stage> {
  const { url, directory } = await startTemporaryPostgres(shutdown, log, "greenroom-bench-");
  await query(url, `CREATE DATABASE ${TEMPLATE}`);
  await migrateDatabase(databaseUrl(url, TEMPLATE));
  const postmaster = Number(readFileSync(path.join(directory, "postgres/postmaster.pid"), "utf8").split("\n", 1)[0]);
  const [version] = await query(url, "SELECT version()");
  const found = new Map<string, Promise<unknown>>();
  let databases = 0;
  const disk = await fileSystemOf(directory);
  return {
    size,
    log,
    disk,
    note: (line) => console.log(`    ${line}`),
    postgres: String(version?.version).split(" on ", 1)[0] as string,
    async onDatabase(work) {
      shutdown.started.throwIfAborted();
      const name = `bench_${databases++}`;
      await query(url, `CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`);
      try {
        return await work(databaseUrl(url, name));
      } finally {
        // This also writes a checkpoint, so every case starts right after one.
        await query(url, `DROP DATABASE ${name} WITH (FORCE)`);
      }
    },
    spawn(module) {
      shutdown.started.throwIfAborted();
      const child = new Child(module);
      shutdown.undo("end a process", () => child.kill());
      return child;
    },
    once<T>(name: string, find: () => Promise<T>) {
      const known = (found.get(name) as Promise<T> | undefined) ?? find();
      found.set(name, known);
      return known;
    },
    async watched(work, others) {
      const used = watchUsage({ postgres: [postmaster], ...others });
      const result = await work();
      return [result, used()];
    },
  };
}

/** File systems by their Linux magic number. */
const fileSystems = new Map([
  [0xef53, "ext4"],
  [0x58465342, "xfs"],
  [0x9123683e, "btrfs"],
  [0x794c7630, "overlay"],
  [0x01021994, "tmpfs (in memory: nothing is durable, and figures of commits are meaningless)"],
]);

async function fileSystemOf(directory: string): Promise<string> {
  const { type } = await statfs(directory);
  return fileSystems.get(type) ?? `file system 0x${type.toString(16)}`;
}
