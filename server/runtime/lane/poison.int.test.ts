import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { useDatabase } from "../../testing/database/database.ts";
import { query } from "../../testing/database/sql.ts";
import { bundled } from "../../testing/process/bundle.ts";
import type { PoisonOrder } from "../../testing/process/poisoned-node.ts";

const script = await bundled(path.join(import.meta.dirname, "../../testing/process/poisoned-node.ts"));
/** The type's maximum of attempts. */
const ATTEMPTS = 3;
const INNOCENTS = 50;
/** The watchdog's limit for a handler. */
const TURN_TIMEOUT_MS = 500;
/** More than any of these tests needs. */
const MAX_PROCESSES = 20;

const database = useDatabase();
/** The output of a test's processes. */
let stderr: string;
let lives: Life[];

/** A process with a node. */
interface Life {
  process: ChildProcess;
  /** Resolves when it has ended. */
  ended: Promise<void>;
}

beforeEach(async () => {
  lives = [];
  stderr = "";
  await query(database.url, "TRUNCATE actor, durable_state, reply, entry, checkpoint, mailbox, dead_letter");
});
afterEach(async () => {
  for (const { process } of lives) process.kill("SIGKILL");
  await Promise.all(lives.map(({ ended }) => ended));
});

/** Starts a process with a node. Messages in mailboxes may end it at any time. */
function live(gate: "open" | "closed"): Life {
  const child = fork(script, [database.url, gate, `${TURN_TIMEOUT_MS}`], {
    execArgv: [],
    silent: true,
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = once(child, "close").then(() => undefined);
  const life = { process: child, ended };
  lives.push(life);
  return life;
}

/** The next output of a process. */
async function answer({ process, ended }: Life): Promise<unknown> {
  const said = new Promise((resolve) => process.once("message", resolve));
  return Promise.race([said, ended.then(() => expect.fail(`It ended: ${stderr}`))]);
}

/** Sends commands together, and waits until all are done. */
async function order(life: Life, ...orders: PoisonOrder[]): Promise<void> {
  let done = 0;
  const all = new Promise<void>((resolve) => {
    life.process.on("message", (said) => {
      if (said === "done") done += 1;
      if (done === orders.length) resolve();
    });
  });
  for (const one of orders) life.process.send(one);
  await Promise.race([all, life.ended.then(() => expect.fail(`It ended: ${stderr}`))]);
  life.process.removeAllListeners("message");
}

/** Fifty actors with three messages each. The first of each waits forever. */
async function waitingInnocents(): Promise<Life> {
  const first = live("closed");
  await answer(first);
  for (const n of [1, 2, 3]) {
    const command = n === 1 ? "pass" : "put";
    const each = Array.from({ length: INNOCENTS }, (_, i) => `${i}`);
    await order(
      first,
      ...each.map((key): PoisonOrder => ({ kind: "tell", type: "innocent", key, command, payload: { n } })),
    );
  }
  return first;
}

const mailbox = () =>
  query(database.url, "SELECT type, command, attempts, started FROM mailbox JOIN actor a ON a.id = actor_id");

/** Starts one process after another until one stays alive and all messages are processed; returns how many ended. */
async function untilOneStays(): Promise<number> {
  for (let ends = 0; ends < MAX_PROCESSES; ends++) {
    const ended = live("open").ended.then(() => true);
    for (let hasEnded = false; !hasEnded; hasEnded = await Promise.race([ended, sleep(50, false)])) {
      if ((await mailbox()).length === 0) return ends;
    }
  }
  throw new Error(`None stayed: ${JSON.stringify(await mailbox())}`);
}

/** The messages of each actor of a type, in the order processed; a turn with an effect counts where it was received. */
const processedBy = (type: string) =>
  query(
    database.url,
    `SELECT array_agg((body #>> '{message,payload,n}')::int ORDER BY seq) AS processed,
       count(*) FILTER (WHERE kind = 'turn')::int AS turns
     FROM entry JOIN actor a ON a.id = actor_id
     WHERE type = $1 AND (kind = 'received' OR (kind = 'turn' AND body #> '{message,payload}' IS NOT NULL)) GROUP BY key`,
    [type],
  );

/** Each innocent actor has processed its messages once, in order, without a dead letter. */
async function expectInnocentsUnharmed(): Promise<void> {
  const processed = await processedBy("innocent");
  expect(processed).toEqual(
    Array.from({ length: INNOCENTS }, () => ({ processed: [1, 2, 3], turns: expect.any(Number) })),
  );
  const turns =
    "SELECT count(*)::int FROM entry JOIN actor a ON a.id = actor_id WHERE type = 'innocent' AND kind = 'turn'";
  expect(await query(database.url, turns)).toEqual([{ count: 3 * INNOCENTS }]);
  const dead = "SELECT FROM dead_letter JOIN actor a ON a.id = actor_id WHERE type = 'innocent'";
  expect(await query(database.url, dead)).toEqual([]);
}

const letters = () =>
  query(database.url, "SELECT command, attempts, error ->> 'message' AS error FROM dead_letter ORDER BY command");
const letter = (command: string) => ({
  command,
  attempts: ATTEMPTS,
  error: expect.stringContaining("The process ended while this message ran"),
});

type Poison = [what: string, kind: "ask" | "tell", command: string, payload: PoisonOrder["payload"]];

describe("a message that ends the process becomes a dead letter after its attempts, and affects no others:", () => {
  test.each<Poison>([
    ["an endless loop", "tell", "hang", { from: "handler" }],
    ["an exit of the process", "tell", "exit", {}],
    ["an endless loop in an effect's function", "tell", "hang", { from: "effect" }],
    ["an endless loop after an effect, of an ask that was received", "ask", "hang", { from: "resumption" }],
  ])(
    "%s",
    async (_what, kind, command, payload) => {
      const first = await waitingInnocents();
      const toKiller = { type: "killer", key: "1" };
      await order(first, { kind: "tell", ...toKiller, command: "put", payload: { n: 1 } });
      first.process.send({ kind, ...toKiller, command, payload } satisfies PoisonOrder);
      if (kind === "tell")
        first.process.send({ kind, ...toKiller, command: "put", payload: { n: 2 } } satisfies PoisonOrder);
      await first.ended;

      // The first process that continues marks all waiting messages; then the poisonous one runs alone.
      expect(await untilOneStays()).toBe(1 + ATTEMPTS);
      expect(await letters()).toEqual([letter(command)]);
      await expectInnocentsUnharmed();
      if (command === "hang") {
        const line = /^Greenroom kills this process: hang, message \S+, of killer 1, did not end within 500 ms/gm;
        expect(stderr.match(line)).toHaveLength(2 + ATTEMPTS);
      }
    },
    60_000,
  );
});

test("a process that is paused while a handler runs is not considered hanging", async () => {
  const life = live("open");
  await answer(life);
  life.process.send({ kind: "ask", type: "killer", key: "1", command: "work", payload: {} } satisfies PoisonOrder);
  expect(await answer(life)).toBe("at work");
  life.process.kill("SIGSTOP");
  await sleep(3 * TURN_TIMEOUT_MS);
  life.process.kill("SIGCONT");
  expect(await answer(life)).toBe("done");
  expect(stderr).toBe("");
});
