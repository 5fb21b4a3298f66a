import { DBOS } from "@dbos-inc/dbos-sdk";
import { Pool } from "pg";

/** Durable increments of counters by DBOS. */
export interface DbosCounters {
  increment(n: number): Promise<unknown>;
  stop(): Promise<void>;
}

/** Connections for the counters: as many as DBOS has for its own tables. */
const POOL_SIZE = 10;

/**
 * Starts DBOS with default settings, except for its log, on a database with the table `counter`. The work is a workflow
 * of one step, which adds to a counter in that table. (A datasource would commit the change together with its record,
 * but no installable one works with this version of DBOS.)
 */
export async function startDbos(url: string): Promise<DbosCounters> {
  const pool = new Pool({ connectionString: url, max: POOL_SIZE });
  // The database is dropped right after; a closing connection may report that.
  pool.on("error", () => undefined);
  const add = async (key: string, by: number): Promise<number> => {
    const { rows } = await pool.query<{ value: number }>({
      name: "add",
      text: `INSERT INTO counter VALUES ($1, $2)
             ON CONFLICT (key) DO UPDATE SET value = counter.value + excluded.value RETURNING value`,
      values: [key, by],
    });
    return rows[0]?.value as number;
  };
  const increment = DBOS.registerWorkflow(
    (key: string, by: number) => DBOS.runStep(() => add(key, by), { name: "add" }),
    { name: "increment" },
  );
  DBOS.setConfig({ name: "bench", systemDatabaseUrl: url, logLevel: "error" });
  await DBOS.launch();
  return {
    increment: (n) => increment(`c${n}`, 1),
    async stop() {
      await DBOS.shutdown({ deregister: true });
      await pool.end();
    },
  };
}
