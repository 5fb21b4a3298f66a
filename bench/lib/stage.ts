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

/** The migrated, empty database that each case gets a copy of. */
const TEMPLATE = "bench_template";

/** What the cases happen on: a Postgres as a server has it. */
export interface Stage {
  size: Size;
  log: Log;
  /** Says what is found on the way, for whoever watches. */
  tell(line: string): void;
  /** What Postgres says that it is. */
  postgres: string;
  /** The kind of file system that it writes to: on one in memory, durable costs nothing and means nothing. */
  disk: string;
  /** Runs `work` on an empty database of its own. */
  onDatabase<T>(work: (url: string) => Promise<T>): Promise<T>;
  /** Runs a module that serves its parent in a process of its own. */
  spawn(module: URL): Child;
  /** What `find` gives, the same in all runs: for what takes long to find out and does not change. */
  once<T>(name: string, find: () => Promise<T>): Promise<T>;
  /** Runs `work`; what it gave, and what this process, Postgres and the others that are named used meanwhile. */
  watched<T>(work: () => Promise<T>, others?: Processes): Promise<[T, Used]>;
}

/** Starts a Postgres in a temporary directory with the settings of a server, and says how it is taken away again. */
export async function setStage(ending: Shutdown, log: Log, size: Size): Promise<Stage> {
  const { url, directory } = await startTemporaryPostgres(ending, log, "greenroom-bench-");
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
    tell: (line) => console.log(`    ${line}`),
    postgres: String(version?.version).split(" on ", 1)[0] as string,
    async onDatabase(work) {
      ending.started.throwIfAborted();
      const name = `bench_${databases++}`;
      await query(url, `CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`);
      try {
        return await work(databaseUrl(url, name));
      } finally {
        // It writes a checkpoint too, so that every case begins right after one.
        await query(url, `DROP DATABASE ${name} WITH (FORCE)`);
      }
    },
    spawn(module) {
      ending.started.throwIfAborted();
      const child = new Child(module);
      ending.undo("end a process", () => child.kill());
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

/** Numbers of Linux for kinds of file systems. */
const fileSystems = new Map([
  [0xef53, "ext4"],
  [0x58465342, "xfs"],
  [0x9123683e, "btrfs"],
  [0x794c7630, "overlay"],
  [0x01021994, "tmpfs (in memory: nothing here is durable, and no figure of a commit says anything)"],
]);

async function fileSystemOf(directory: string): Promise<string> {
  const { type } = await statfs(directory);
  return fileSystems.get(type) ?? `file system 0x${type.toString(16)}`;
}
