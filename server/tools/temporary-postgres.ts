import { chmod, mkdtemp } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { Log } from "../process/log.ts";
import type { Shutdown } from "../process/shutdown.ts";
import { type EmbeddedPostgres, removePostgres, startPostgres } from "../store/embedded/postgres.ts";

/** A Postgres in a temporary directory. */
export interface TemporaryPostgres extends EmbeddedPostgres {
  directory: string;
}

/**
 * Starts Postgres in a temporary directory whose name starts with `prefix`. `shutdown` stops it and removes the
 * directory. If Postgres exits unexpectedly, the process ends.
 */
export async function startTemporaryPostgres(shutdown: Shutdown, log: Log, prefix: string): Promise<TemporaryPostgres> {
  const directory = await mkdtemp(path.join(os.tmpdir(), prefix));
  shutdown.undo("remove the directory", () => removePostgres(directory));
  // Under root, Postgres runs as another user, who needs access to the directory.
  await chmod(directory, 0o711);
  const starting = startPostgres({ dataDir: directory, log });
  shutdown.undo("stop Postgres", () =>
    starting.then(
      (postgres) => postgres.stop(),
      // The start failed: nothing to stop.
      () => undefined,
    ),
  );
  const postgres = await starting;
  void postgres.failed.then((error) => shutdown.fail(error));
  return { ...postgres, directory };
}
