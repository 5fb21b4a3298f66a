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
import { standBy } from "./runtime/leadership/standby.ts";
import type { Store } from "./runtime/ports/store.ts";
import { startRuntime } from "./runtime/runtime.ts";
import { systemClock } from "./runtime/shared/system-clock.ts";
import { ThreadSandbox } from "./sandbox/sandbox.ts";
import { attachStream } from "./stream/stream.ts";
import { startWatchdog } from "./watchdog/watchdog.ts";

const root = path.join(import.meta.dirname, "..");

async function run(config: Config): Promise<void> {
  setNodeEnvironment(config);
  const log = createLog(config.logLevel);
  const ending = new Shutdown(log);
  ending.watch();
  try {
    console.log(`Greenroom is at ${await start(config, log, ending)}`);
  } catch (error) {
    ending.fail(error as Error);
  }
}

/** Joins the parts, and says at once how each is taken apart: in reverse order. Returns the address. */
async function start(config: Config, log: Log, ending: Shutdown): Promise<string> {
  const front = await openListener(config.host, config.port);
  ending.undo("end the connections", () => front.close());

  const { store, exclusive } = await openDatabase(config, log, ending);
  if (!config.dev) await ensureConsole(ending);

  const types = actorTypes(config);
  const location = `${front.url} (process ${pid} on ${os.hostname()})`;
  const watchdog = await startWatchdog(config.turnTimeoutMs, (error) => ending.fail(error));
  const { limits, allowChaos: chaos } = config;
  const sandbox = startSandbox(config);
  ending.undo("end what is replayed", () => sandbox.close());
  const parts = { store, clock: systemClock, types, log, limits, watchdog, sandbox, chaos, location, force: exclusive };
  const runtime = await (config.standby ? standBy(parts) : startRuntime(parts));
  ending.undo("finish what is in hand", () => runtime.stop());
  void runtime.failed.then((error) => ending.fail(error));
  publishHandle(createHandle(runtime));

  const { server, port } = front;
  const pages = await openConsole({ root, dev: config.dev, server, host: config.host, port }, log);
  const api = await createApi(runtime, { ready: () => isReachable(store) }, log);
  ending.undo("close the API", () => api.close());
  // After Next, since it wraps the listeners that it finds.
  const stream = attachStream(server, runtime, systemClock, log, isAllowedOrigin);
  ending.undo("tell the sockets", () => stream.close());

  front.open((request, response) => {
    if (api.serves(request.url ?? "")) api.handle(request, response);
    else pages(request, response);
  });
  ending.undo("take no more connections", () => front.shut());
  return front.url;
}

/** A thread of its own for code that is replayed; it loads the actor types for itself. */
function startSandbox({ quoteService }: Config): ThreadSandbox {
  const module = new URL("./actors/index.ts", import.meta.url).href;
  return new ThreadSandbox({ types: { module, dependencies: { quoteService } }, clock: systemClock });
}

/** Builds the console where that was never done, or where its sources are newer. */
async function ensureConsole(ending: Shutdown): Promise<void> {
  const state = await consoleBuildState(root);
  if (state === "fresh") return;
  console.log(`Building the console: the build is ${state}. This takes half a minute.`);
  await buildConsole(root, ending.begun);
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
