import { expect, test } from "vitest";
import { openDatabase } from "./database.ts";
import { readConfig } from "./process/config.ts";
import { createLog } from "./process/log.ts";
import { Shutdown } from "./process/shutdown.ts";
import { useDatabase } from "./testing/database/database.ts";
import { query } from "./testing/database/sql.ts";

const database = useDatabase();
const log = createLog("silent");

/** Every table and column of the database. */
const schema = () =>
  query(
    database.url,
    `SELECT table_schema, table_name, column_name FROM information_schema.columns
     WHERE table_schema IN ('public', 'drizzle') ORDER BY 1, 2, 3`,
  );
const migrations = () => query(database.url, "SELECT * FROM drizzle.__drizzle_migrations ORDER BY id");

async function open(): Promise<unknown> {
  const reading = readConfig({ DATABASE_URL: database.url }, []);
  if (reading.kind !== "run") throw new Error("The configuration was not accepted.");
  return openDatabase(reading.config, log, new Shutdown(log));
}

test("a database of an earlier development version is refused with what to do, and does not change", async () => {
  await query(database.url, "DROP VIEW actor_state, actor_journal");
  await query(database.url, "DROP TABLE mailbox, commit, checkpoint, redrive, entry");
  await query(database.url, "UPDATE drizzle.__drizzle_migrations SET hash = 'earlier', created_at = 1790000000000");
  const before = [await schema(), await migrations()];
  const cause = "its schema comes from another development version of Greenroom and cannot be upgraded";
  await expect(open()).rejects.toThrow(
    new RegExp(`^The database \\S+ cannot be used: ${cause}\\. Set DATABASE_URL to an empty database\\.$`),
  );
  expect([await schema(), await migrations()]).toEqual(before);
});
