import type { ChildProcess } from "node:child_process";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { seededRandom } from "../core/random.ts";
import { check, isQuiet } from "../testing/campaign/checker.ts";
import { Clients, Switchboard } from "../testing/campaign/clients.ts";
import { ended, lead } from "../testing/campaign/fleet.ts";
import { CountingService } from "../testing/counting-service.ts";
import { query, useDatabase } from "../testing/database.ts";
import { crashPoints } from "./crash-points.ts";

const database = useDatabase();
const switchboard = new Switchboard();
let service: CountingService;
let child: ChildProcess;
let round = 0;

beforeAll(async () => {
  service = await CountingService.start();
  service.answer = ({ name, key }) => `${name} of ${key}`;
  child = await lead(switchboard, database.url, service.url, null);
});
afterAll(async () => {
  child.kill("SIGKILL");
  await ended(child);
  service.close();
});

/** Starts a node until one stays: one that is to die while it starts does so once. */
async function next(): Promise<void> {
  child = await lead(switchboard, database.url, service.url, null);
}

describe("a process that ends", () => {
  test.each(crashPoints)("at “%s” loses nothing that was acknowledged, and does nothing twice", async (point) => {
    await query(
      database.url,
      "TRUNCATE actor, durable_state, reply, entry, checkpoint, mailbox, dead_letter, reminder, redrive",
    );
    child.kill("SIGKILL");
    await ended(child);
    const clients = new Clients(switchboard, seededRandom(`${point} ${round++}`), 4);
    // Of what happens all the time, not the very first.
    const times = point.startsWith("claim") || point.startsWith("redrive") ? 1 : 5;
    child = await lead(switchboard, database.url, service.url, { point, times });
    clients.start(8);
    const redriving = redrive(point.startsWith("redrive"));
    expect(await ended(child)).toBe("SIGKILL");
    await next();
    await clients.stop();
    await redriving;
    await vi.waitFor(async () => expect(await isQuiet(database.url)).toBe(true), { timeout: 20_000, interval: 50 });
    // What was answered once is answered so again.
    for (const operation of clients.operations) await clients.settle(operation);
    expect(await check(database.url, clients.operations, service.calls)).toEqual([]);
    expect(clients.operations.length).toBeGreaterThan(8);
  });
});

/** Puts the dead letters back as soon as there are some; they fail again, and are dead letters again. */
async function redrive(wanted: boolean): Promise<void> {
  for (let tries = 0; wanted && tries < 1_000; tries++) {
    const [letter] = await query(database.url, "SELECT fingerprint FROM dead_letter LIMIT 1");
    if (letter !== undefined) {
      await switchboard.send({ kind: "redrive", fingerprint: letter.fingerprint as string });
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
