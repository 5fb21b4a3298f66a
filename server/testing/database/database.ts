import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, inject } from "vitest";
import { databaseUrl, query, shareConnections } from "./sql.ts";

/** The migrated database that the tests' databases are copied from. */
export const TEMPLATE = "greenroom_template";
/** The prefix of the tests' database names. */
export const TEST_PREFIX = "test_";

/** How long closed connections may take to disappear, in milliseconds. */
const CLOSING_MS = 3_000;

/** An empty database with the newest schema. */
interface TestDatabase {
  readonly url: string;
  /**
   * Deletes it.
   * @throws Error when the test has not closed all connections to it
   */
  drop(): Promise<void>;
}

/** Creates an empty database in the Postgres of the integration tests. The caller must drop it. */
async function createTestDatabase(): Promise<TestDatabase> {
  const server = inject("postgresUrl");
  const name = `${TEST_PREFIX}${randomUUID().replaceAll("-", "")}`;
  // Without a sync to disk, copying files is several times as fast as writing every page to the WAL.
  await query(server, `CREATE DATABASE ${name} TEMPLATE ${TEMPLATE} STRATEGY file_copy`);
  const url = databaseUrl(server, name);
  const closeConnections = shareConnections(url);
  return {
    url,
    async drop() {
      await closeConnections();
      const left = await connectionsLeft(server, name);
      await query(server, `DROP DATABASE ${name} WITH (FORCE)`);
      if (left > 0) throw new Error(`The test left ${left} connections to its database open.`);
    },
  };
}

/**
 * Creates a database for all tests of a file. Call it before any other hook: hooks run in reverse order at the end, so
 * connections that the others opened are closed before the database is dropped.
 */
export function useDatabase(): { readonly url: string } {
  let database: TestDatabase | undefined;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.drop());
  return {
    get url() {
      if (database === undefined) throw new Error("The database exists only in tests and hooks.");
      return database.url;
    },
  };
}

/** The number of open connections to a database. Postgres needs a moment to notice a closed one. */
async function connectionsLeft(server: string, name: string): Promise<number> {
  for (let waited = 0; ; waited += 50) {
    const rows = await query(server, "SELECT pid FROM pg_stat_activity WHERE datname = $1", [name]);
    if (rows.length === 0 || waited >= CLOSING_MS) return rows.length;
    await sleep(50);
  }
}
