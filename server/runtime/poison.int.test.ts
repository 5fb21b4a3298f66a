import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { query, useDatabase } from "../testing/database.ts";
import type { PoisonOrder } from "../testing/poisoned-node.ts";

const script = path.join(import.meta.dirname, "../testing/poisoned-node.ts");
/** As the type says. */
const ATTEMPTS = 3;
const INNOCENTS = 50;
/** More than any of these needs. */
const MAX_LIVES = 20;

const database = useDatabase();
let child: ChildProcess | undefined;
let stderr: string;

beforeEach(async () => {
  stderr = "";
  await query(database.url, "TRUNCATE actor, durable_state, reply, entry, checkpoint, mailbox, dead_letter");
});
afterEach(async () => {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
});

/** Starts a process with a node. Work that waits in mailboxes may end it at any time. */
function live(gate: "open" | "closed"): ChildProcess {
  child = fork(script, [database.url, gate], { execArgv: ["--import", "tsx"], silent: true });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  return child;
}

/** Waits until a process says something. */
async function answer(process: ChildProcess): Promise<void> {
  await Promise.race([once(process, "message"), once(process, "exit").then(() => expect.fail(stderr))]);
}

async function order(process: ChildProcess, order: PoisonOrder): Promise<void> {
  process.send(order);
  await answer(process);
}

/** Fifty actors with three messages each, of which the first waits for ever. */
async function waitingInnocents(): Promise<ChildProcess> {
  const first = live("closed");
  await answer(first);
  for (let i = 0; i < INNOCENTS; i++) {
    for (const n of [1, 2, 3]) {
      const command = n === 1 ? "pass" : "put";
      await order(first, { kind: "tell", type: "innocent", key: `${i}`, command, payload: { n } });
    }
  }
  return first;
}

const mailbox = () =>
  query(database.url, "SELECT type, command, attempts, begun FROM mailbox JOIN actor a ON a.id = actor_id");

/** Starts one process after another until one stays, with all that waited done; returns how many ended. */
async function untilOneStays(): Promise<number> {
  for (let lives = 0; lives < MAX_LIVES; lives++) {
    const process = live("open");
    const ended = once(process, "exit").then(() => true);
    for (let over = false; !over; over = await Promise.race([ended, sleep(50, false)])) {
      if ((await query(database.url, "SELECT FROM mailbox LIMIT 1")).length === 0) return lives;
    }
  }
  throw new Error(`None stayed: ${JSON.stringify(await mailbox())}`);
}

const commandsOf = (type: string) =>
  query(
    database.url,
    `SELECT key, array_agg((body -> 'message' -> 'payload' ->> 'n')::int ORDER BY seq) AS got
     FROM entry JOIN actor ON id = actor_id WHERE type = $1 AND kind = 'turn' GROUP BY key ORDER BY key::int`,
    [type],
  );

/** Each innocent has processed its messages once, in their order, and none was given up. */
async function expectInnocentsUnharmed(): Promise<void> {
  const got = await commandsOf("innocent");
  // What ran before an effect is in the `received` entry, and its turn names the message alone.
  expect(got).toHaveLength(INNOCENTS);
  for (const one of got) expect(one.got).toHaveLength(3);
  expect(
    await query(database.url, "SELECT FROM dead_letter JOIN actor ON id = actor_id WHERE type = 'innocent'"),
  ).toEqual([]);
}

const letters = () =>
  query(database.url, "SELECT command, attempts, error ->> 'message' AS error FROM dead_letter ORDER BY command");
const letter = (command: string) => ({
  command,
  attempts: ATTEMPTS,
  error: expect.stringContaining("The process ended while this message ran"),
});

type Poison = [what: string, kind: "ask" | "tell", command: string, payload: PoisonOrder["payload"]];

describe("a message that ends the process becomes a dead letter after its attempts, and takes nobody along:", () => {
  test.each<Poison>([
    ["an endless loop", "tell", "hang", { from: "handler" }],
    ["an end of the process", "tell", "exit", {}],
    ["an endless loop in an effect's function", "tell", "hang", { from: "effect" }],
    ["an endless loop after an effect, of an ask that was received", "ask", "hang", { from: "resumption" }],
  ])(
    "%s",
    async (_what, kind, command, payload) => {
      const first = await waitingInnocents();
      const toKiller = { type: "killer", key: "1" };
      await order(first, { kind: "tell", ...toKiller, command: "put", payload: { n: 1 } });
      first.send({ kind, ...toKiller, command, payload } satisfies PoisonOrder);
      if (kind === "tell") first.send({ kind, ...toKiller, command: "put", payload: { n: 2 } } satisfies PoisonOrder);
      await once(first, "exit");

      // The first that goes on marks all that waited; then it runs alone, as often as it may.
      expect(await untilOneStays()).toBe(1 + ATTEMPTS);
      expect(await letters()).toEqual([letter(command)]);
      await expectInnocentsUnharmed();
      const puts = (await commandsOf("killer"))[0]?.got;
      expect([[1], [1, 2]]).toContainEqual(puts);
      if (command === "hang") {
        const line = /^Greenroom ends at once: hang, message \S+, of killer 1, did not end within 500 ms/gm;
        expect(stderr.match(line)).toHaveLength(2 + ATTEMPTS);
      }
    },
    60_000,
  );
});
