import path from "node:path";
import { readMigrationFiles } from "drizzle-orm/migrator";
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import { Client } from "pg";

const migrations = { migrationsFolder: path.join(import.meta.dirname, "../../drizzle/migrations") };

/** Held while migrating, so that servers that start together migrate one after the other. */
const MIGRATION_LOCK = 0x67_72_65_65;

/** The schema of a database comes from another version of Greenroom. */
export class UnknownSchema extends Error {
  override readonly name = "UnknownSchema";
}

/**
 * Brings the database at `url` to the newest schema.
 * @throws UnknownSchema when a migration that is not in this version was applied to it; it is not changed
 * @throws the driver's error when it cannot be reached or written
 */
export async function migrateDatabase(url: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000, application_name: "greenroom" });
  client.on("error", () => {
    // The next query reports a lost connection.
  });
  await client.connect();
  try {
    await client.query("SELECT pg_advisory_lock($1)", [MIGRATION_LOCK]);
    await refuseUnknownSchema(client);
    await migrate(drizzle(client), migrations);
  } finally {
    await client.end();
  }
}

async function refuseUnknownSchema(client: Client): Promise<void> {
  const table = await client.query("SELECT WHERE to_regclass('drizzle.__drizzle_migrations') IS NOT NULL");
  if (table.rowCount === 0) return;
  const known = readMigrationFiles(migrations).map(({ hash }) => hash);
  const unknown = await client.query("SELECT FROM drizzle.__drizzle_migrations WHERE hash <> ALL ($1) LIMIT 1", [
    known,
  ]);
  if (unknown.rowCount === 0) return;
  throw new UnknownSchema("its schema comes from another development version of Greenroom and cannot be upgraded");
}
