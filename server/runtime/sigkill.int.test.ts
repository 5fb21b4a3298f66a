import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Replay } from "../core/replay/replay.ts";
import { namedKey } from "../core/turn/turn.ts";
import type { Entry, EntryBody } from "../protocol/journal.ts";
import { useDatabase } from "../testing/database/database.ts";
import { query } from "../testing/database/sql.ts";
import { eventually } from "../testing/eventually.ts";
import { bundled } from "../testing/process/bundle.ts";
import { type Call, CountingService } from "../testing/process/counting-service.ts";
import type { CrashPoint, Order } from "../testing/process/crashing-node.ts";
import { ledgerType, World } from "../testing/types/ledger.ts";

const script = await bundled(path.join(import.meta.dirname, "../testing/process/crashing-node.ts"));

const database = useDatabase();
let service: CountingService;
/** The current process. After a kill, the next one resumes what it left, and then runs its own turn. */
let child: ChildProcess;

beforeAll(async () => {
  service = await CountingService.start();
  await start();
});
afterAll(() => {
  child.kill("SIGKILL");
  service.close();
});

/** Starts a process with a node. */
async function start(): Promise<void> {
  child = fork(script, [database.url, service.url], { execArgv: [] });
  const [message] = await Promise.race([once(child, "message"), once(child, "exit")]);
  expect(message).toBe("ready");
}

/** Lets the process send a command whose two effects call the service. */
function send(key: string, crash: CrashPoint | null): void {
  const order: Order = { key, names: ["one", "two"], idempotencyKey: "k1", crash };
  child.send(order);
}

async function killed(): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  expect(child.signalCode).toBe("SIGKILL");
}

async function journal(key: string): Promise<Entry[]> {
  const text = "SELECT seq::int, body FROM actor JOIN entry ON actor_id = id WHERE key = $1 ORDER BY seq";
  const rows = await query(database.url, text, [key]);
  return rows.map((row) => ({ seq: row.seq as number, at: 0, body: row.body as EntryBody }));
}

/** Starts a new process and waits until it has resumed and finished the turn. Then the sender repeats the command. */
async function goOn(key: string): Promise<object> {
  await start();
  await eventually(async () => expect((await journal(key)).at(-1)?.body.kind).toBe("turn"));
  send(key, null);
  return (await once(child, "message"))[0];
}

/** The invariants after every crash: one turn, no gap, one result of each effect, and a replay without divergence. */
async function expectWhole(key: string): Promise<void> {
  const entries = await journal(key);
  expect(entries.map(({ seq, body }) => [seq, body.kind])).toEqual([
    [1, "received"],
    [2, "effect"],
    [3, "effect"],
    [4, "turn"],
  ]);
  const type = ledgerType(new World());
  const replay = new Replay(type, namedKey(type, [key]));
  for (const entry of entries) expect(replay.next(entry)).toBeNull();
  expect(await query(database.url, "SELECT * FROM mailbox")).toEqual([]);
}

/** How often the service was called for each of a message's effects. Their keys are the message's id and a number. */
function countsOf(calls: readonly Call[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { name, key } of calls) {
    const call = `${name} as ${key.split("/")[1]}`;
    counts[call] = (counts[call] ?? 0) + 1;
  }
  return counts;
}

/** Only the service's last answers count. Each is a different number. */
function expectReply(reply: object, calls: readonly Call[], first: number): void {
  const last = (name: string) => first + calls.findLastIndex((call) => call.name === name) + 1;
  expect(reply).toMatchObject({ reply: last("one") + last("two"), seq: 4, repeated: true });
}

type Case = [where: string, CrashPoint, one: number, two: number];

describe("SIGKILL", () => {
  test.each<Case>([
    ["after the message was received, before the first call", { when: "after commit", kind: "received" }, 1, 1],
    ["between the first call and its commit", { when: "before commit", kind: "effect", n: 0 }, 2, 1],
    ["between the commit of effect 1 and the call of effect 2", { when: "after commit", kind: "effect", n: 0 }, 1, 1],
    ["between the second call and its commit", { when: "before commit", kind: "effect", n: 1 }, 1, 2],
    ["between the last effect and the turn", { when: "after commit", kind: "effect", n: 1 }, 1, 1],
    ["just before the turn's commit", { when: "before commit", kind: "turn" }, 1, 1],
    ["between the turn's commit and its reply", { when: "after commit", kind: "turn" }, 1, 1],
  ])("%s", async (where, crash, one, two) => {
    const key = where.replaceAll(/\W/g, "-");
    const first = service.calls.length;
    service.answer = () => String(service.calls.length);
    send(key, crash);
    await killed();
    const reply = await goOn(key);
    const calls = service.calls.slice(first);
    expect(countsOf(calls)).toEqual({ "one as 0": one, "two as 1": two });
    expect(new Set(calls.map((call) => call.key.split("/")[0])).size).toBe(1);
    expectReply(reply, calls, first);
    await expectWhole(key);
  });

  test.each([
    ["one", 2, 1],
    ["two", 1, 2],
  ])("while the service works at call %s", async (name, one, two) => {
    const key = `call-${name}`;
    const first = service.calls.length;
    service.answer = (call) => {
      if (call.name === name && call.attempt === 1) child.kill("SIGKILL");
      return String(service.calls.length);
    };
    send(key, null);
    await killed();
    const reply = await goOn(key);
    const calls = service.calls.slice(first);
    expect(countsOf(calls)).toEqual({ "one as 0": one, "two as 1": two });
    expectReply(reply, calls, first);
    await expectWhole(key);
  });
});
