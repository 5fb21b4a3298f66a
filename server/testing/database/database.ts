import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, inject } from "vitest";
import { databaseUrl, query } from "./sql.ts";

/** The migrated database that those of the tests are copies of. */
export const TEMPLATE = "greenroom_template";
/** How the names of the tests' databases begin. */
export const TEST_PREFIX = "test_";

/** How long a test's connections may take to be gone once it has closed them, in milliseconds. */
const CLOSING_MS = 3_000;

/** A database of its own for a test, with the newest schema and no rows. */
interface TestDatabase {
  readonly url: string;
  /**
   * Deletes it.
   * @throws Error when connections to it are still open: whoever opened them has not closed them
   */
  drop(): Promise<void>;
}

/** Makes an empty database in the Postgres of the integration tests. The caller must drop it. */
async function createTestDatabase(): Promise<TestDatabase> {
  const server = inject("postgresUrl");
  const name = `${TEST_PREFIX}${randomUUID().replaceAll("-", "")}`;
  await query(server, `CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`);
  return {
    url: databaseUrl(server, name),
    async drop() {
      const left = await connectionsLeft(server, name);
      await query(server, `DROP DATABASE ${name} WITH (FORCE)`);
      if (left > 0) throw new Error(`The test left ${left} connections to its database open.`);
    },
  };
}

/**
 * A database for all tests of a file, from its first test to its last. Call it before any other hook, so that what the
 * others open is closed before the database is dropped.
 */
export function useDatabase(): { readonly url: string } {
  let database: TestDatabase | undefined;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.drop());
  return {
    get url() {
      if (database === undefined) throw new Error("The database is there in tests and hooks only.");
      return database.url;
    },
  };
}

/** Connections to a database that do not go away by themselves: Postgres needs a moment to notice a closed one. */
async function connectionsLeft(server: string, name: string): Promise<number> {
  for (let waited = 0; ; waited += 50) {
    const rows = await query(server, "SELECT pid FROM pg_stat_activity WHERE datname = $1", [name]);
    if (rows.length === 0 || waited >= CLOSING_MS) return rows.length;
    await sleep(50);
  }
}
