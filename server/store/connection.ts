import { type ClientConfig, DatabaseError, type Pool, type PoolClient, types } from "pg";
import { StoreUnavailable } from "../runtime/ports/store.ts";

const INT8 = 20;
const TIMESTAMPTZ = 1184;
const JSON_TYPE = 114;

const parsers = new Map<number, (text: string) => unknown>([
  // Ids, revisions and batches stay far below 2^53.
  [INT8, Number],
  [TIMESTAMPTZ, (text) => new Date(text).getTime()],
  // Replies and states are passed on as they are; whoever needs the value parses it.
  [JSON_TYPE, (text) => text],
]);

/**
 * How every connection of the store is set up. Times are milliseconds since 1970, `bigint` a number, `json` its text.
 * A transaction whose process is stopped frees its rows after 3 s, so that another node can take over.
 */
export function connectionConfig(url: string): ClientConfig {
  return {
    connectionString: url,
    application_name: "greenroom",
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    statement_timeout: 30_000,
    // Longer than the server's own limit: it ends the wait for a server that no longer answers at all.
    query_timeout: 35_000,
    idle_in_transaction_session_timeout: 3_000,
    types: {
      getTypeParser: ((oid: number, format?: "text" | "binary") =>
        parsers.get(oid) ?? types.getTypeParser(oid, format)) as typeof types.getTypeParser,
    },
  };
}

/** SQLSTATE classes that say what was wrong with a statement or its values, and would say so again. */
const refusal = /^(0A|21|22|23|42|54|P0)/;

/** Whether the database refused a statement, rather than could not be reached or would not work now. */
export function isRefusal(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError && error.code !== undefined && refusal.test(error.code);
}

/** Whether an error is a mistake in our own code: never to be taken for the database's. */
export function isBug(error: unknown): boolean {
  return error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError;
}

/** Runs an operation of the store, and says `StoreUnavailable` where the database could not be reached. */
export async function reachable<T>(operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (cause) {
    if (isRefusal(cause) || isBug(cause)) throw cause;
    throw new StoreUnavailable(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** Runs `work` in a transaction on a connection of its own; whatever it throws rolls all of it back. */
export async function transaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // A connection that is lost tells its query, and then everybody: with nobody listening, that would end the process.
  const lost = (error: Error) => {
    broken = error;
  };
  client.on("error", lost);
  try {
    await client.query("BEGIN");
    const result = await work(client);
    await client.query("COMMIT");
    return result;
  } catch (error) {
    broken = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    // A connection that saw an error is closed, which rolls back, rather than used again in an unknown state.
    client.off("error", lost);
    client.release(broken);
  }
}
