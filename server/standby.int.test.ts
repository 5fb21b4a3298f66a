import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { useDatabase } from "./testing/database/database.ts";
import { launchServer, type ServerProcess } from "./testing/process/server-process.ts";

/** The first start may have to build the console. */
const START_MS = 120_000;

const database = useDatabase();

function launch(...args: string[]): ServerProcess {
  const server = launchServer({ DATABASE_URL: database.url }, ...args);
  onTestFinished(async () => {
    server.kill("SIGKILL");
    await server.ended;
  });
  return server;
}

interface Reply {
  status: number;
  body: { error?: { code: string; message: string }; revision?: number };
}

async function viewProduct(address: string): Promise<Reply> {
  const response = await fetch(`${address}/api/actors/user-state/mall001:user001/commands/viewProduct`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ productId: "p1" }),
  });
  return { status: response.status, body: (await response.json()) as Reply["body"] };
}

/** Sends commands until one is acknowledged; returns its reply and the time until then. */
async function firstTurn(address: string): Promise<Reply & { durationMs: number }> {
  const startedAt = performance.now();
  for (;;) {
    const reply = await viewProduct(address);
    if (reply.status === 200) return { ...reply, durationMs: performance.now() - startedAt };
    await sleep(20);
  }
}

test(
  "a second server on a database reports the leader, or stands by and takes over when the leader is killed",
  async () => {
    const leader = launch();
    const address = await leader.url;
    expect(await viewProduct(address)).toMatchObject({ status: 200, body: { revision: 1 } });

    const standby = launch("--standby");
    const second = launch();
    const other = await standby.url;
    const [ready, page, actor] = await Promise.all([
      fetch(`${other}/readyz`),
      fetch(other),
      fetch(`${other}/api/actors/user-state/mall001:user001`),
    ]);
    expect([ready.status, page.status, actor.status]).toEqual([503, 200, 200]);
    expect(await ready.text()).toContain("is a standby for");
    expect(await page.text()).toContain("Standby for");
    expect(await actor.json()).toMatchObject({ head: 1 });
    const refused = await viewProduct(other);
    expect(refused).toMatchObject({ status: 503, body: { error: { code: "unavailable" } } });
    expect(refused.body.error?.message).toContain(address);

    const ended = await second.ended;
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(
      /^Another server \(\w{8} at \S+ \(process \d+ on \S+\)\) leads [^\n]+ since [^\n]+\n$/,
    );
    expect(ended.stderr).toContain(address);

    leader.kill("SIGKILL");
    const { body, durationMs } = await firstTurn(other);
    process.stdout.write(`From the leader's SIGKILL to the standby's first command: ${Math.round(durationMs)} ms.\n`);
    expect(durationMs).toBeLessThan(5_000);
    expect(body).toMatchObject({ revision: 2 });
    expect((await fetch(`${other}/readyz`)).status).toBe(200);
    expect(await (await fetch(other)).text()).not.toContain("Standby for");
  },
  START_MS,
);
