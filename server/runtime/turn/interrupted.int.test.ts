import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createLog } from "../../process/log.ts";

import { openStore } from "../../store/postgres.ts";
import { useDatabase } from "../../testing/database/database.ts";
import { query } from "../../testing/database/sql.ts";
import { eventually } from "../../testing/eventually.ts";
import { Succession } from "../../testing/runtime/succession.ts";
import { ledgerType, World } from "../../testing/types/ledger.ts";
import { VirtualClock } from "../../testing/virtual-clock.ts";
import { type Store, StoreUnavailable } from "../ports/store.ts";

const database = useDatabase();
let world: World;
let clock: VirtualClock;
let nodes: Succession;
let unreachable: boolean;
let refused: number;

beforeEach(async () => {
  await query(database.url, "TRUNCATE actor, reply, entry, checkpoint, mailbox");
  world = new World();
  clock = new VirtualClock();
  [unreachable, refused] = [false, 0];
  nodes = new Succession({ open, types: [ledgerType(world)], clock });
  await nodes.start();
});

afterEach(async () => {
  const stopped = nodes.stop();
  // Abandon what the tests left unanswered.
  const passing = setInterval(() => clock.advance(1_000), 5);
  await stopped;
  clearInterval(passing);
});

const ask = (command: string, payload: object, idempotencyKey?: string) =>
  nodes.runtime.ask({ type: "ledger", keyText: "a", command, payload, idempotencyKey });
const kinds = async () =>
  (await query(database.url, "SELECT kind FROM entry ORDER BY actor_id, seq")).map((row) => row.kind);
const openTurns = () => query(database.url, "SELECT * FROM mailbox");

/** A store whose journals cannot be read while `unreachable` is set. */
async function open(): Promise<Store> {
  const store = await openStore(database.url, createLog("silent"));
  const loadJournals: Store["loadJournals"] = async (addresses) => {
    if (!unreachable) return store.loadJournals(addresses);
    refused += 1;
    throw new StoreUnavailable("not now");
  };
  return { ...store, loadJournals };
}

describe("a message interrupted by a crash", () => {
  test("is not processed again when its sender repeats it before the actor has recovered", async () => {
    world.answer = () => new Promise(() => undefined);
    ask("ask", { names: ["slow"] }, "k1").catch(() => undefined);
    await eventually(() => expect(world.calls).toHaveLength(1));
    let answer: (value: number) => void = () => undefined;
    world.answer = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    await nodes.start();
    const repeats = [ask("ask", { names: ["slow"] }, "k1"), ask("ask", { names: ["slow"] }, "k1")];
    const other = ask("ask", { names: ["other"] }, "k1");
    await expect(other).rejects.toMatchObject({ code: "idempotency_conflict" });
    await eventually(() => expect(world.calls).toHaveLength(2));
    answer(5);
    expect(await Promise.all(repeats)).toMatchObject([
      { reply: 5, repeated: true },
      { reply: 5, repeated: true },
    ]);
    expect(await ask("add", { amount: 0 })).toMatchObject({ reply: 5 });
    expect(await kinds()).toEqual(["received", "effect", "turn"]);
  });

  test("continues when it was the second of two that arrived together", async () => {
    let calls = 0;
    world.answer = () => (++calls === 1 ? 1 : new Promise(() => undefined));
    for (const name of ["one", "two"]) ask("ask", { names: [name] }).catch(() => undefined);
    await eventually(() => expect(world.calls.map((call) => call.name)).toEqual(["one", "two"]));
    world.answer = () => 5;
    expect(await openTurns()).toHaveLength(1);
    await nodes.start();
    await eventually(async () =>
      expect(await kinds()).toEqual(["received", "effect", "turn", "received", "effect", "turn"]),
    );
    expect(await openTurns()).toEqual([]);
  });

  test("continues without a request when the database could not be reached at first", async () => {
    world.answer = () => new Promise(() => undefined);
    ask("ask", { names: ["slow"] }).catch(() => undefined);
    await eventually(() => expect(world.calls).toHaveLength(1));
    world.answer = () => 5;
    unreachable = true;
    await nodes.start();
    await eventually(() => expect(refused).toBeGreaterThan(0));
    unreachable = false;
    await eventually(async () => {
      clock.advance(1_000);
      expect((await kinds()).at(-1)).toBe("turn");
    });
  });
});
