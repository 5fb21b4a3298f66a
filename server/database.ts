import type { Config } from "./process/config.ts";
import type { Log } from "./process/log.ts";
import type { Shutdown } from "./process/shutdown.ts";
import type { Store } from "./runtime/ports/store.ts";
import { startPostgres } from "./store/embedded/postgres.ts";
import { migrateDatabase, UnknownSchema } from "./store/migrate.ts";
import { openStore } from "./store/postgres.ts";

export interface Database {
  store: Store;
  /** Whether it is embedded, so that no other server can use it. */
  exclusive: boolean;
}

/**
 * Opens the configured database, or starts the embedded one, and brings it to the newest schema.
 * @throws Error with one line for the user when it cannot be reached, written or upgraded
 */
export async function openDatabase(config: Config, log: Log, shutdown: Shutdown): Promise<Database> {
  const { databaseUrl, dataDir } = config;
  const url = databaseUrl ?? (await startEmbedded(dataDir, log, shutdown));
  try {
    await migrateDatabase(url);
    const store = await openStore(url, log);
    shutdown.undo("close the store", () => store.close());
    for (const weakness of await store.weaknesses()) log.warn(`Durability is weaker on this database: ${weakness}.`);
    return { store, exclusive: databaseUrl === undefined };
  } catch (error) {
    const name = databaseUrl === undefined ? `in ${dataDir}` : withoutPassword(databaseUrl);
    const message = `The database ${name} cannot be used: ${reason(error)}. ${remedy(error, databaseUrl)}`;
    throw new Error(message.trimEnd(), { cause: error });
  }
}

async function startEmbedded(dataDir: string, log: Log, shutdown: Shutdown): Promise<string> {
  const postgres = await startPostgres({ dataDir, log });
  shutdown.undo("stop Postgres", () => postgres.stop());
  void postgres.failed.then((error) => shutdown.fail(error));
  return postgres.url;
}

function withoutPassword(url: string): string {
  const { username, host, pathname } = new URL(url);
  return `${username === "" ? "" : `${username}@`}${host}${pathname}`;
}

/** What the user can do about an error; empty if that is not known. */
function remedy(error: unknown, databaseUrl: string | undefined): string {
  const isOld = error instanceof UnknownSchema;
  if (databaseUrl === undefined) return isOld ? "Set DATA_DIR to another directory." : "";
  return `Set DATABASE_URL to ${isOld ? "an empty database" : "an existing database that its user may write to"}.`;
}

/** The message of an error's root cause. An `AggregateError` (a host with several addresses) has no message itself. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError) return reason(error.errors[0]);
  return error.cause === undefined ? error.message : reason(error.cause);
}
