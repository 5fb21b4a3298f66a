import { type ClientConfig, DatabaseError, type Pool, type PoolClient, types } from "pg";
import { StoreUnavailable } from "../runtime/ports/store.ts";

/** The number of the only node: one server writes at a time. */
export const NODE = 1;

const INT8 = 20;
const TIMESTAMPTZ = 1184;
const JSON_TYPE = 114;

const parsers = new Map<number, (text: string) => unknown>([
  // Ids, revisions and batches stay far below 2^53.
  [INT8, Number],
  [TIMESTAMPTZ, (text) => new Date(text).getTime()],
  // Replies and states are mostly passed on as text, so parsing is left to the caller.
  [JSON_TYPE, (text) => text],
]);

/**
 * The settings of every connection of the store. Times arrive as milliseconds since 1970, `bigint` as a number, `json`
 * as text. Postgres aborts an idle transaction after 3 s, so a stopped process cannot block a takeover.
 */
export function connectionConfig(url: string): ClientConfig {
  return {
    connectionString: url,
    application_name: "greenroom",
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    statement_timeout: 30_000,
    // Longer than `statement_timeout`: it applies when the server does not answer at all.
    query_timeout: 35_000,
    idle_in_transaction_session_timeout: 3_000,
    types: {
      getTypeParser: ((oid: number, format?: "text" | "binary") =>
        parsers.get(oid) ?? types.getTypeParser(oid, format)) as typeof types.getTypeParser,
    },
  };
}

/** SQLSTATE classes for errors in a statement or its values: a retry would fail again. */
const refusal = /^(0A|21|22|23|42|54|P0)/;

/** Whether the database refused a statement for good, rather than being unreachable or temporarily unable. */
export function isRefusal(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError && error.code !== undefined && refusal.test(error.code);
}

/** Whether an error is a bug in our own code, not a failure of the database. */
export function isBug(error: unknown): boolean {
  return error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError;
}

/** Runs an operation and throws `StoreUnavailable` when the database cannot be reached. */
export async function reachable<T>(operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (cause) {
    if (isRefusal(cause) || isBug(cause)) throw cause;
    throw new StoreUnavailable(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** Runs `work` in a transaction on its own connection; an error rolls back. */
export async function transaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // A lost connection also emits "error", which ends the process when there is no listener.
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
    // After an error the connection is closed, which rolls back, and not reused in an unknown state.
    client.off("error", lost);
    client.release(broken);
  }
}
