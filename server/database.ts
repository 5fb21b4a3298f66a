import type { Config } from "./process/config.ts";
import type { Log } from "./process/log.ts";
import type { Shutdown } from "./process/shutdown.ts";
import type { Store } from "./runtime/ports/store.ts";
import { startPostgres } from "./store/embedded/postgres.ts";
import { migrateDatabase } from "./store/migrate.ts";
import { openStore } from "./store/postgres.ts";

/** Where everything durable is. */
export interface Database {
  store: Store;
  /** No other server can have it: it is our own. */
  exclusive: boolean;
}

/**
 * Opens the database that the configuration names, or starts the embedded one, and brings it to the newest schema.
 * @throws Error with one line to show when it is not there or may not be written
 */
export async function openDatabase(config: Config, log: Log, ending: Shutdown): Promise<Database> {
  const { databaseUrl, dataDir } = config;
  const url = databaseUrl ?? (await startEmbedded(dataDir, log, ending));
  try {
    await migrateDatabase(url);
    const store = await openStore(url, log);
    ending.undo("close the store", () => store.close());
    for (const weakness of await store.weaknesses()) log.warn(`Promises are weaker on this database: ${weakness}.`);
    return { store, exclusive: databaseUrl === undefined };
  } catch (error) {
    const what = `The database ${withoutPassword(url)} cannot be used: ${reason(error)}.`;
    const remedy = "DATABASE_URL has to name one that is there and that its user may write.";
    throw new Error(databaseUrl === undefined ? what : `${what} ${remedy}`, { cause: error });
  }
}

async function startEmbedded(dataDir: string, log: Log, ending: Shutdown): Promise<string> {
  const postgres = await startPostgres({ dataDir, log });
  ending.undo("stop Postgres", () => postgres.stop());
  void postgres.failed.then((error) => ending.fail(error));
  return postgres.url;
}

function withoutPassword(url: string): string {
  const { username, host, pathname } = new URL(url);
  return `${username === "" ? "" : `${username}@`}${host}${pathname}`;
}

/** What lies at the bottom of an error. One that holds several (a host with several addresses) has no text itself. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError) return reason(error.errors[0]);
  return error.cause === undefined ? error.message : reason(error.cause);
}
