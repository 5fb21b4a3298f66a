import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { copyCluster } from "../server/testing/database/cluster.ts";
import { bundled } from "../server/testing/process/bundle.ts";

/** The server's main module, which Playwright's global setup bundles for all workers. */
export const MAIN = path.join(import.meta.dirname, "../server/main.ts");

/** The time limit of a start, in milliseconds. */
export const START_MS = 120_000;
/** The time limit of a stop, in milliseconds. */
export const STOP_MS = 10_000;
/** The max size of the server's output, in characters; older output is dropped. */
const MAX_OUTPUT = 200_000;

/** A Greenroom server as a user starts it. It has the same port and data on each start. */
export class TestServer {
  readonly url: string;
  #output = "";
  #child: ChildProcess | undefined;
  readonly #env: Readonly<Record<string, string>>;
  readonly #dataDir: string;

  private constructor(port: number, dataDir: string, env: Readonly<Record<string, string>>) {
    this.url = `http://127.0.0.1:${port}`;
    this.#dataDir = dataDir;
    this.#env = { DATABASE_URL: "", HOST: "127.0.0.1", ...env, PORT: `${port}`, DATA_DIR: path.join(dataDir, "data") };
  }

  /** Creates a server without actors, not started. `env` extends its environment. The caller must `close` it. */
  static async create(env: Readonly<Record<string, string>>): Promise<TestServer> {
    const dataDir = await mkdtemp(path.join(os.tmpdir(), "greenroom-e2e-"));
    // As root, Postgres runs as another user, who needs access.
    await chmod(dataDir, 0o711);
    if (env.DATABASE_URL === undefined) await copyCluster(path.join(dataDir, "data"));
    return new TestServer(await freePort(), dataDir, env);
  }

  /** Its output, of all starts. */
  get output(): string {
    return this.#output;
  }

  /**
   * Starts it; resolves when it is ready.
   * @throws Error with its output, if it exits or takes longer than two minutes
   */
  async start(): Promise<void> {
    if (this.#child !== undefined) throw new Error("The server runs already.");
    const child = spawn(process.execPath, [process.env.E2E_SERVER ?? (await bundled(MAIN))], {
      cwd: path.join(import.meta.dirname, ".."),
      env: { ...process.env, ...this.#env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const keep = (chunk: string) => {
      this.#output = (this.#output + chunk).slice(-MAX_OUTPUT);
    };
    child.stdout.setEncoding("utf8").on("data", keep);
    child.stderr.setEncoding("utf8").on("data", keep);
    const endWithUs = () => child.kill("SIGKILL");
    process.once("exit", endWithUs);
    child.once("exit", () => {
      process.removeListener("exit", endWithUs);
      this.#child = undefined;
    });
    this.#child = child;
    for (let waited = 0; !(await this.#isReady()); waited += 100) {
      if (this.#child === undefined) throw new Error(`The server did not start:\n${this.#output}`);
      if (waited >= START_MS) throw new Error(`The server is not ready after ${START_MS / 1000} s:\n${this.#output}`);
      await sleep(100);
    }
  }

  /**
   * Stops it (SIGTERM); resolves when it has exited.
   * @throws Error if that takes longer than ten seconds, or the exit code is not 0
   */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    const ended = once(child, "exit") as Promise<[code: number | null]>;
    child.kill("SIGTERM");
    const [code] = (await Promise.race([ended, sleep(STOP_MS, undefined, { ref: false })])) ?? [];
    if (code === undefined) throw new Error(`The server did not stop within ${STOP_MS / 1000} s:\n${this.#output}`);
    if (code !== 0) throw new Error(`The server stopped with exit code ${code}:\n${this.#output}`);
  }

  /** Kills it (SIGKILL), like a power cut; resolves when it has exited. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }

  /** Stops it and deletes its data. Throws like `stop`, but always cleans up. */
  async close(): Promise<void> {
    try {
      await this.stop();
    } finally {
      await this.kill();
      await rm(this.#dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    }
  }

  async #isReady(): Promise<boolean> {
    try {
      return (await fetch(`${this.url}/readyz`)).ok;
    } catch {
      // It does not listen yet.
      return false;
    }
  }
}

/** A free port. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
