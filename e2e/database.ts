import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { createLog } from "../server/process/log.ts";
import { startPostgres } from "../server/store/embedded/postgres.ts";
import { copyCluster } from "../server/testing/database/cluster.ts";
import { PostgresProxy } from "../server/testing/database/postgres-proxy.ts";
import { test as withServer } from "./test.ts";

/** A test with its own Postgres, which it can disconnect and reconnect. */
export const test = withServer.extend<object, { database: PostgresProxy }>({
  database: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright wants it
    async ({}, use) => {
      const dataDir = await mkdtemp(path.join(os.tmpdir(), "greenroom-e2e-database-"));
      await copyCluster(dataDir);
      const postgres = await startPostgres({ dataDir, log: createLog("silent"), settings: { fsync: "off" } });
      const proxy = await PostgresProxy.open(postgres.url);
      await use(proxy);
      await proxy.close();
      await postgres.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
    { scope: "worker" },
  ],
  serverEnv: [({ database }, use) => use({ DATABASE_URL: database.url }), { scope: "worker" }],
});
