import os from "node:os";
import path from "node:path";
import { argv, env, pid } from "node:process";
import { actorTypes } from "./actors/index.ts";
import { createApi } from "./api/api.ts";
import { openDatabase } from "./database.ts";
import { createHandle } from "./handle/create-handle.ts";
import { publishHandle } from "./handle/handle.ts";
import { openConsole } from "./http/console.ts";
import { buildConsole, consoleBuildState } from "./http/console-build.ts";
import { openListener } from "./http/listener.ts";
import { isAllowedOrigin } from "./http/origin.ts";
import { type Config, readConfig, setNodeEnvironment } from "./process/config.ts";
import { createLog, type Log } from "./process/log.ts";
import { Shutdown } from "./process/shutdown.ts";
import type { Store } from "./runtime/ports/store.ts";
import { startRuntime } from "./runtime/runtime.ts";
import { systemClock } from "./runtime/shared/system-clock.ts";
import { standBy } from "./runtime/standby.ts";
import { ThreadSandbox } from "./sandbox/sandbox.ts";
import { attachStream } from "./stream/stream.ts";
import { startWatchdog } from "./watchdog/watchdog.ts";

const root = path.join(import.meta.dirname, "..");

async function run(config: Config): Promise<void> {
  setNodeEnvironment(config);
  const log = createLog(config.logLevel);
  const shutdown = new Shutdown(log);
  shutdown.watch();
  try {
    console.log(`Greenroom is at ${await start(config, log, shutdown)}`);
  } catch (error) {
    shutdown.fail(error as Error);
  }
}

/** Starts the parts and registers how each is stopped. Returns the address. */
async function start(config: Config, log: Log, shutdown: Shutdown): Promise<string> {
  const listener = await openListener(config.host, config.port);
  shutdown.undo("close the connections", () => listener.close());

  const { store, exclusive } = await openDatabase(config, log, shutdown);
  if (!config.dev) await ensureConsole(shutdown);

  const types = actorTypes(config);
  const location = `${listener.url} (process ${pid} on ${os.hostname()})`;
  const watchdog = await startWatchdog(config.turnTimeoutMs, (error) => shutdown.fail(error));
  const { limits, allowChaos: chaos } = config;
  const sandbox = startSandbox(config);
  shutdown.undo("stop the sandbox", () => sandbox.close());
  const parts = { store, clock: systemClock, types, log, limits, watchdog, sandbox, chaos, location, force: exclusive };
  const runtime = await (config.standby ? standBy(parts) : startRuntime(parts));
  shutdown.undo("stop the runtime", () => runtime.stop());
  void runtime.failed.then((error) => shutdown.fail(error));
  publishHandle(createHandle(runtime));

  const { server, port } = listener;
  const pages = await openConsole({ root, dev: config.dev, server, host: config.host, port }, log);
  const api = await createApi(runtime, { ready: () => isReachable(store) }, log);
  shutdown.undo("close the API", () => api.close());
  // After Next, because it wraps the listeners that it finds.
  const stream = attachStream(server, runtime, systemClock, log, isAllowedOrigin);
  shutdown.undo("close the sockets", () => stream.close());

  listener.open((request, response) => {
    if (api.serves(request.url ?? "")) api.handle(request, response);
    else pages(request, response);
  });
  shutdown.undo("stop listening", () => listener.shut());
  return listener.url;
}

/** A separate thread for replays, which loads the actor types itself. */
function startSandbox({ quoteService }: Config): ThreadSandbox {
  const module = new URL("./actors/index.ts", import.meta.url).href;
  return new ThreadSandbox({ types: { module, dependencies: { quoteService } }, clock: systemClock });
}

/** Builds the console if the build is missing or older than its sources. */
async function ensureConsole(shutdown: Shutdown): Promise<void> {
  const state = await consoleBuildState(root);
  if (state === "fresh") return;
  console.log(`Building the console: the build is ${state}. This takes half a minute.`);
  await buildConsole(root, shutdown.started);
}

async function isReachable(store: Store): Promise<boolean> {
  return store.ping().then(
    () => true,
    () => false,
  );
}

const reading = readConfig(env, argv.slice(2));
switch (reading.kind) {
  case "help":
    console.log(reading.text);
    break;
  case "invalid":
    console.error(reading.problem);
    process.exitCode = 2;
    break;
  case "run":
    await run(reading.config);
}
