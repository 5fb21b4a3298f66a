import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { createServer } from "node:net";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Stage } from "../lib/stage.ts";

/** How long the server may take to become ready, in milliseconds. */
const PATIENCE_MS = 30_000;

/** Runs `work` with a new Restate server and its service. A request to `url` increments the counter `c{n}`. */
export async function onRestate<T>(
  stage: Stage,
  work: (url: string, processes: readonly number[]) => Promise<T>,
): Promise<T> {
  const directory = await mkdtemp(path.join(os.tmpdir(), "greenroom-bench-restate-"));
  const [ingress, admin, node] = [await freePort(), await freePort(), await freePort()];
  const server = startServer(directory, { ingress, admin, node });
  const ended = once(server, "exit");
  const end = () => {
    server.kill("SIGKILL");
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  };
  // An interrupted process does not reach `finally`.
  process.once("exit", end);
  // By default, every call logs lines.
  process.env.RESTATE_LOGGING = "WARN";
  const service = stage.spawn(new URL("./restate-service.ts", import.meta.url));
  try {
    const port = await service.ask<number>({});
    await until(`http://127.0.0.1:${admin}/health`);
    await register(`http://127.0.0.1:${admin}/deployments`, `http://127.0.0.1:${port}`);
    await until(`http://127.0.0.1:${ingress}/restate/health`);
    return await work(`http://127.0.0.1:${ingress}/counter/c{n}/increment`, [server.pid as number, service.pid]);
  } finally {
    await service.kill();
    server.kill("SIGKILL");
    await ended;
    process.off("exit", end);
    end();
  }
}

/** Starts the server with default settings, except for ports, telemetry and log. */
function startServer(directory: string, ports: { ingress: number; admin: number; node: number }): ChildProcess {
  const name = `@restatedev/restate-server-${os.platform()}-${os.arch()}/bin/restate-server`;
  const program = fileURLToPath(import.meta.resolve(name));
  return spawn(program, ["--base-dir", directory, "--bind-ip", "127.0.0.1", "--listen-mode", "tcp", "--no-logo"], {
    env: {
      ...process.env,
      RESTATE_BIND_PORT: String(ports.node),
      RESTATE_INGRESS__BIND_PORT: String(ports.ingress),
      RESTATE_ADMIN__BIND_PORT: String(ports.admin),
      RESTATE_DISABLE_TELEMETRY: "true",
      RESTATE_LOG_FILTER: "error,octocrab=off",
    },
    stdio: ["ignore", "ignore", "inherit"],
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

async function register(deployments: string, uri: string): Promise<void> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(deployments, { method: "POST", headers, body: JSON.stringify({ uri }) });
  if (!response.ok) throw new Error(`Restate rejected the service: ${await response.text()}`);
}

/** Resolves when the URL answers with success. */
async function until(url: string): Promise<void> {
  const endsAt = Date.now() + PATIENCE_MS;
  for (;;) {
    const response = await fetch(url).catch((error: unknown) => error as Error);
    if (response instanceof Response && response.ok) return;
    const what = response instanceof Response ? `${response.status}` : response.message;
    if (Date.now() > endsAt) throw new Error(`Restate is not ready at ${url}: ${what}`);
    await sleep(100);
  }
}
