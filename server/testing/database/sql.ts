import { Client, Pool } from "pg";

/** The connections that are shared, by URL. */
const shared = new Map<string, Pool>();

/** The URL of another database on the same server. */
export function databaseUrl(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

/**
 * Lets all statements for a URL share a few connections, since Postgres needs more time for a new connection than for
 * most statements. The returned function closes them.
 */
export function shareConnections(url: string): () => Promise<void> {
  const pool = new Pool({ connectionString: url, max: 4, idleTimeoutMillis: 0 });
  pool.on("error", reportedLater);
  shared.set(url, pool);
  return async () => {
    shared.delete(url);
    await pool.end();
  };
}

/** Runs one statement, on a shared connection if there is one for the URL, and returns its rows. */
export async function query(url: string, text: string, values?: unknown[]): Promise<Record<string, unknown>[]> {
  const pool = shared.get(url);
  if (pool !== undefined) return (await pool.query<Record<string, unknown>>(text, values)).rows;
  const client = new Client({ connectionString: url });
  client.on("error", reportedLater);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text, values)).rows;
  } finally {
    await client.end();
  }
}

/** A lost connection is reported by the statement that needs it. Without a listener it would end the process. */
function reportedLater(): void {}
