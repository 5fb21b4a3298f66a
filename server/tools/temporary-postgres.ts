import { chmod, mkdtemp } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { Log } from "../process/log.ts";
import type { Shutdown } from "../process/shutdown.ts";
import { type EmbeddedPostgres, removePostgres, startPostgres } from "../store/embedded/postgres.ts";

/** A Postgres that leaves nothing behind, and where its data are. */
export interface TemporaryPostgres extends EmbeddedPostgres {
  directory: string;
}

/**
 * Starts a Postgres in a temporary directory whose name begins with `prefix`; `ending` takes both away. Should it end by
 * itself, the process does too.
 */
export async function startTemporaryPostgres(ending: Shutdown, log: Log, prefix: string): Promise<TemporaryPostgres> {
  const directory = await mkdtemp(path.join(os.tmpdir(), prefix));
  ending.undo("remove the directory", () => removePostgres(directory));
  // Where we are root, Postgres is somebody else, who has to get through.
  await chmod(directory, 0o711);
  const starting = startPostgres({ dataDir: directory, log });
  // A start that failed has nothing to stop.
  ending.undo("stop Postgres", () =>
    starting.then(
      (postgres) => postgres.stop(),
      () => undefined,
    ),
  );
  const postgres = await starting;
  void postgres.failed.then((error) => ending.fail(error));
  return { ...postgres, directory };
}
