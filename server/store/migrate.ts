import path from "node:path";
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import { Client } from "pg";

const folder = path.join(import.meta.dirname, "../../drizzle/migrations");

/** Held while migrating, so that two servers that start at once do not migrate at once. */
const MIGRATION_LOCK = 0x67_72_65_65;

/**
 * Brings the database at `url` to the newest schema.
 * @throws the driver's error when the database cannot be reached, or may not be written
 */
export async function migrateDatabase(url: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000, application_name: "greenroom" });
  client.on("error", () => {
    // A connection lost between queries is told by the query that follows.
  });
  await client.connect();
  try {
    await client.query("SELECT pg_advisory_lock($1)", [MIGRATION_LOCK]);
    await migrate(drizzle(client), { migrationsFolder: folder });
  } finally {
    await client.end();
  }
}
