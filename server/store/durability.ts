import type { Pool } from "pg";

/** What a setting of Postgres takes away from "a reply means durable" when it is off. */
const costs: Readonly<Record<string, string>> = {
  fsync: "a power cut can lose or corrupt what was committed",
  full_page_writes: "a power cut can corrupt pages that were being written",
  synchronous_commit: "a crash of Postgres can lose the last commits, replies to which were sent",
};

/** See `Store.weaknesses`. */
export async function weaknesses(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    "SELECT name FROM pg_settings WHERE name = ANY ($1) AND setting = 'off' ORDER BY name",
    [Object.keys(costs)],
  );
  return rows.map(({ name }) => `${name} is off: ${costs[name]}`);
}
