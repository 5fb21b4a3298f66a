import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { launchServer, type ServerProcess } from "./testing/process/server-process.ts";

/** The first start may have to build the console. */
const START_MS = 120_000;

let directory: string;
let dataDir: string;

beforeAll(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), "greenroom main "));
  // If we are root, Postgres runs as another user, who needs access.
  await chmod(directory, 0o711);
  dataDir = path.join(directory, "data");
});

afterAll(() => rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }));

const launch = (env: Record<string, string>, ...args: string[]) =>
  launchServer({ DATA_DIR: dataDir, DATABASE_URL: "", ...env }, ...args);

/** A server that is ready, and is killed after the test. */
async function start(): Promise<ServerProcess & { address: string }> {
  const server = launch({});
  onTestFinished(async () => {
    server.kill("SIGKILL");
    await server.ended;
  });
  return { ...server, address: await server.url };
}

async function postgresPid(): Promise<number> {
  return Number.parseInt(await readFile(path.join(dataDir, "postgres", "postmaster.pid"), "utf8"), 10);
}

/** Whether a process runs; a zombie does not. */
async function runs(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return !/\) Z /.test(stat);
}

async function goneWithin(pid: number, ms: number): Promise<boolean> {
  for (let waited = 0; waited < ms; waited += 20) {
    if (!(await runs(pid))) return true;
    await sleep(20);
  }
  return false;
}

async function viewProduct(address: string, idempotencyKey: string): Promise<unknown> {
  const response = await fetch(`${address}/api/actors/user-state/mall:user/commands/viewProduct`, {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": idempotencyKey },
    body: JSON.stringify({ productId: "p1" }),
  });
  return response.json();
}

const oneLine = /^[^\n]+\n$/;

describe("the server", () => {
  it(
    "serves, refuses a second one on its port or its data, and stops on SIGTERM",
    async () => {
      const { address, ended, kill } = await start();
      const { port } = new URL(address);
      const [health, page, elsewhere, second, third] = await Promise.all([
        fetch(`${address}/healthz`),
        fetch(address),
        fetch(address, { headers: { origin: "http://evil.example" } }),
        launch({ PORT: port, DATA_DIR: path.join(directory, "other") }).ended,
        launch({}).ended,
      ]);
      expect([health.status, page.status, elsewhere.status]).toEqual([200, 200, 403]);
      expect(await elsewhere.json()).toMatchObject({ error: { code: "forbidden" } });
      expect(second).toMatchObject({ code: 1, stderr: expect.stringMatching(oneLine) });
      expect(second.stderr).toContain(`Port ${port} of 127.0.0.1 is in use`);
      expect(third).toMatchObject({ code: 1, stderr: expect.stringMatching(oneLine) });
      expect(third.stderr).toContain("in use by another Greenroom server");

      const postgres = await postgresPid();
      kill("SIGTERM");
      expect(await ended).toMatchObject({ code: 0, stderr: "" });
      expect(await runs(postgres)).toBe(false);
      await expect(fetch(address)).rejects.toThrow();
    },
    START_MS,
  );

  it("keeps acknowledged turns when it is killed, and ends Postgres", async () => {
    const first = await start();
    expect(await viewProduct(first.address, "view-1")).toMatchObject({ revision: 1, repeated: false });
    const postgres = await postgresPid();
    first.kill("SIGKILL");
    expect(await goneWithin(postgres, 5_000)).toBe(true);

    const second = await start();
    expect(await viewProduct(second.address, "view-1")).toMatchObject({ revision: 1, repeated: true });
  });

  it("starts over a Postgres that is still there, and over a pid file that names another process", async () => {
    const first = await start();
    const pidFile = path.join(dataDir, "postgres", "postmaster.pid");
    const left = (await readFile(pidFile, "utf8")).split("\n");
    // The next start comes while Postgres is still ending.
    first.kill("SIGKILL");
    await first.ended;
    const second = await start();
    process.kill(await postgresPid(), "SIGKILL");
    expect(await second.ended).toMatchObject({ code: 1, stderr: expect.stringContaining("Postgres ended") });

    await writeFile(pidFile, [process.pid, ...left.slice(1)].join("\n"));
    const third = await start();
    expect((await fetch(`${third.address}/readyz`)).status).toBe(200);
    third.kill("SIGINT");
    // npm sends it again after Ctrl-C has reached the server.
    third.kill("SIGINT");
    expect(await third.ended).toMatchObject({ code: 0, stderr: "" });
  });
});

describe("an invalid configuration", () => {
  it.each([
    ["a database that is not there", { DATABASE_URL: "postgresql://me:secret@127.0.0.1:1/none" }, 1, "ECONNREFUSED"],
    ["an address that others can reach", { HOST: "0.0.0.0" }, 2, "no login"],
    ["a data directory that cannot be created", { DATA_DIR: "/dev/null/data" }, 1, "/dev/null"],
  ])("is reported in one line: %s", async (_what, env: Record<string, string>, code, reported) => {
    const ended = await launch(env).ended;
    expect(ended).toMatchObject({ code, stdout: "", stderr: expect.stringMatching(oneLine) });
    expect(ended.stderr).toContain(reported);
    expect(ended.stderr).not.toContain("secret");
  });

  it("is ignored when help is requested", async () => {
    const ended = await launch({ PORT: "wrong" }, "--help").ended;
    expect(ended).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining("DATA_DIR") });
  });
});
