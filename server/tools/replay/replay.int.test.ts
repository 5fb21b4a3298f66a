import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { counterType } from "../../actors/counter.ts";
import type { ActorType } from "../../core/define/define.ts";
import { createLog } from "../../process/log.ts";
import type { Store } from "../../runtime/ports/store.ts";
import type { RunningRuntime } from "../../runtime/runtime.ts";
import { openStore } from "../../store/postgres.ts";
import { useDatabase } from "../../testing/database/database.ts";
import { query } from "../../testing/database/sql.ts";
import { bundled } from "../../testing/process/bundle.ts";
import { CountingService } from "../../testing/process/counting-service.ts";
import { startNode } from "../../testing/runtime/node.ts";
import { type Options, readOptions } from "./options.ts";
import { replay, reportText } from "./replay.ts";

const main = await bundled(path.join(import.meta.dirname, "main.ts"));
const ACTORS = 30;
const database = useDatabase();
let store: Store;
let runtime: RunningRuntime;
let service: CountingService;
let Counter: ActorType;

beforeAll(async () => {
  store = await openStore(database.url, createLog("silent"));
  service = await CountingService.start();
  Counter = counterType(service.url);
  ({ runtime } = await startNode({ store, types: [Counter] }));
  for (let by = 1; by <= 12; by++) {
    await Promise.all(Array.from({ length: ACTORS }, (_, i) => ask(`c${i}`, "increment", { by })));
  }
  await ask("c0", "enrich", { symbol: "ACME" });
});
afterAll(async () => {
  await runtime.stop();
  await store.close();
  service.close();
});

const ask = (key: string, command: string, payload: object) =>
  runtime.ask({ type: "counter", keyText: key, command, payload });

/** The counter with another handler for `increment`. */
function withIncrement(increment: (c: { state: { value: number } }, payload: { by: number }) => number): ActorType {
  return { ...Counter, handlers: new Map(Counter.handlers).set("increment", increment as never) };
}

const options = (...argv: string[]) => readOptions(["--type", "counter", ...argv], Date.now()) as Options;

/** The contents of the database, and the calls of the service. */
async function everything(): Promise<unknown> {
  const tables = ["actor", "entry", "checkpoint", "mailbox", "reply", "commit", "lane"];
  const rows = await Promise.all(
    tables.map((table) => query(database.url, `SELECT md5(string_agg(t::text, ',' ORDER BY t::text)) FROM ${table} t`)),
  );
  return { rows, calls: service.calls };
}

describe("a replay", () => {
  test("with a changed rule reports each divergence by actor, seq and kind, with both values", async () => {
    const atMost10 = withIncrement((c, { by }) => {
      c.state.value += Math.min(by, 10);
      return c.state.value;
    });
    const report = await replay(store, [atMost10], options());
    expect([report.actors, report.turns, report.diverged]).toEqual([ACTORS, ACTORS * 12 + 1, ACTORS]);
    // After a divergence the replay continues from the recorded state, so 11 and 12 differ independently.
    expect([...report.kinds]).toEqual([["reply", ACTORS * 2]]);
    const one = await replay(store, [atMost10], options("--actor", "c3"));
    expect(one.shown).toEqual([
      { keyText: "c3", seq: 11, kind: "reply", recorded: 66, actual: 65 },
      { keyText: "c3", seq: 12, kind: "reply", recorded: 78, actual: 76 },
    ]);
    expect(reportText("counter", one)).toBe(
      [
        "1 actor of the type counter, 12 turns: 2 divergences in 1 actor (reply 2).",
        "  counter c3, seq 11: reply",
        "    recorded  66",
        "    now       65",
        "  counter c3, seq 12: reply",
        "    recorded  78",
        "    now       76",
      ].join("\n"),
    );
  });

  test("with rewritten but equivalent code finds nothing, writes nothing and calls no effects", async () => {
    const before = await everything();
    const rewritten = withIncrement((c, payload) => {
      const next = payload.by + c.state.value;
      c.state.value = next;
      return next;
    });
    const report = await replay(store, [rewritten], options());
    expect(reportText("counter", report)).toBe(
      "30 actors of the type counter, 361 turns: the current code reproduces this history.",
    );
    expect(await everything()).toEqual(before);
  });

  test("covers a sample, one actor, or recent entries", async () => {
    expect(await replay(store, [Counter], options("--sample", "7"))).toMatchObject({
      actors: 7,
      turns: expect.any(Number),
    });
    expect(await replay(store, [Counter], options("--actor", "c5"))).toMatchObject({ actors: 1, turns: 12 });
    expect(await replay(store, [Counter], options("--since", "1h"))).toMatchObject({ turns: ACTORS * 12 + 1 });
    const [last] = await query(
      database.url,
      "SELECT max(e.at) AS at FROM entry e JOIN actor a ON a.id = actor_id WHERE a.key = 'c0' AND e.seq <= 12",
    );
    const since = new Date((last as { at: Date }).at.getTime() + 1).toISOString();
    const ofC0 = await replay(store, [Counter], options("--actor", "c0", "--since", since));
    expect(ofC0).toMatchObject({ turns: 1, diverged: 0 });
  });

  test("of an unknown type lists the types with a history", () => {
    expect(() => replay(store, [Counter], { ...options(), type: "nothing" })).toThrow(/Types with a history: counter/);
  });
});

test("the command prints the report, and its exit code says whether the code reproduces the history", async () => {
  const run = (...argv: string[]) =>
    promisify(execFile)(process.execPath, [main, ...argv], {
      cwd: path.join(import.meta.dirname, "../../.."),
      env: { ...process.env, DATABASE_URL: database.url },
    });
  expect((await run("--type", "counter", "--sample", "1000")).stdout).toBe(
    "30 actors of the type counter, 361 turns: the current code reproduces this history.\n",
  );
  // Change the recorded history of one counter.
  await query(
    database.url,
    `UPDATE entry SET body = replace(body::text, '"reply":78', '"reply":79')::json
     WHERE seq = 12 AND actor_id = (SELECT id FROM actor WHERE key = 'c9')`,
  );
  await expect(run("--type", "counter")).rejects.toMatchObject({
    code: 1,
    stdout: expect.stringContaining("counter c9, seq 12: reply\n    recorded  79\n    now       78\n"),
  });
  await expect(run("--sample", "x")).rejects.toMatchObject({ code: 2 });
});
