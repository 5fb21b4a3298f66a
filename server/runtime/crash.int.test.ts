import type { ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { seededRandom } from "../core/random.ts";
import { check, isQuiet } from "../testing/campaign/checker.ts";
import { Clients, Router } from "../testing/campaign/clients.ts";
import type { Ambush } from "../testing/campaign/node.ts";
import { ended, lead } from "../testing/campaign/node-pool.ts";
import { useDatabase } from "../testing/database/database.ts";
import { query } from "../testing/database/sql.ts";
import { CountingService } from "../testing/process/counting-service.ts";
import { type CrashPoint, crashPoints } from "./shared/crash-points.ts";

const database = useDatabase();
const router = new Router();
let service: CountingService;
let child: ChildProcess;
/** Whether all work of the child is done, so that the next test can use it. */
let isIdle = true;

const tables = "actor, durable_state, reply, entry, checkpoint, mailbox, dead_letter, reminder, redrive";

beforeAll(async () => {
  service = await CountingService.start();
  service.answer = ({ name, key }) => `${name} of ${key}`;
  child = await lead(router, database.url, service.url, null);
});
afterAll(async () => {
  child.kill("SIGKILL");
  await ended(child);
  service.close();
});

/** Points that only a start reaches, and only one after a crash with work left. */
const ofStarts = new Set<CrashPoint>([
  "claim: before the epochs are raised",
  "claim: the epochs are raised, not committed",
  "claim: granted",
  "mailbox: about to be marked as started",
]);
/** How often a process passes a point before it ends: frequent points are passed more than once. */
const times = (point: CrashPoint) => (ofStarts.has(point) || point.startsWith("redrive") ? 1 : 5);

/** Starts a node that ends itself at a point. */
async function start(ambush: Ambush | null): Promise<void> {
  child.kill("SIGKILL");
  await ended(child);
  child = await lead(router, database.url, service.url, ambush);
}

/** Makes the running node end itself at a point. After a failed test, that is a new one on an empty database. */
async function arm(ambush: Ambush): Promise<void> {
  if (!isIdle) {
    child.kill("SIGKILL");
    await ended(child);
    await query(database.url, `TRUNCATE ${tables}`);
    await start(null);
  }
  isIdle = false;
  child.send(ambush);
}

describe("a process that ends", () => {
  test.each(crashPoints)("at “%s” loses nothing that was acknowledged, and does nothing twice", async (point) => {
    const prefix = `p${crashPoints.indexOf(point)}-`;
    const clients = new Clients(router, seededRandom(point), { sources: 4, prefix });
    onTestFinished(() => clients.abandon());
    if (ofStarts.has(point)) {
      await arm({ point: "mailbox: failed, before its nack", times: 1 });
      clients.start(8);
      await ended(child);
      await start({ point, times: times(point) });
    } else {
      await arm({ point, times: times(point) });
      clients.start(8);
    }
    const redriving = point.startsWith("redrive") ? redrive(prefix, point === "redrive: trial chosen" ? 2 : 1) : null;
    expect(await ended(child)).toBe("SIGKILL");
    await start(null);
    await clients.stop();
    await redriving;
    await vi.waitFor(async () => expect(await isQuiet(database.url)).toBe(true), { timeout: 15_000, interval: 50 });
    // Repeated commands get the same answers.
    await Promise.all(clients.operations.map((operation) => clients.settle(operation)));
    const problems = await check(database.url, clients.operations, service.calls);
    expect([...clients.problems, ...problems]).toEqual([]);
    expect(clients.operations.length).toBeGreaterThanOrEqual(8);
    isIdle = true;
  });
});

/** Redrives dead letters of a test as soon as there are some. They fail again and become dead letters again. */
async function redrive(prefix: string, count: number): Promise<void> {
  for (let tries = 0; tries < 1_000; tries++) {
    const letters = await query(
      database.url,
      "SELECT message_id AS id FROM dead_letter WHERE starts_with(payload ->> 'op', $1) LIMIT $2",
      [prefix, count],
    );
    if (letters.length === count) {
      await router.send({ kind: "redrive", messageIds: letters.map(({ id }) => id as string) });
      return;
    }
    await sleep(10);
  }
}
