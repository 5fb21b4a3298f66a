import path from "node:path";
import { buildConsole, consoleBuildState } from "../server/http/console-build.ts";
import { prepareCluster } from "../server/testing/database/cluster.ts";
import { useMemoryDirectory } from "../server/testing/memory-directory.ts";
import { bundled } from "../server/testing/process/bundle.ts";
import { MAIN } from "./server.ts";

/** Prepares once what every worker needs: the console, where its build is missing or stale, a cluster, and the bundle. */
export default async function setup(): Promise<void> {
  useMemoryDirectory();
  const root = path.join(import.meta.dirname, "..");
  if ((await consoleBuildState(root)) !== "fresh") await buildConsole(root, new AbortController().signal);
  await prepareCluster();
  process.env.E2E_SERVER = await bundled(MAIN);
}
