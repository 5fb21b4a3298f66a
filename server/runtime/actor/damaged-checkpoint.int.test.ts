import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createLog } from "../../process/log.ts";
import { openStore } from "../../store/postgres.ts";
import { useDatabase } from "../../testing/database/database.ts";
import { query } from "../../testing/database/sql.ts";
import { eventually } from "../../testing/eventually.ts";
import { Succession } from "../../testing/runtime/succession.ts";
import { ledgerType, World } from "../../testing/types/ledger.ts";

const database = useDatabase();
let world: World;
let nodes: Succession;

beforeEach(async () => {
  await query(database.url, "TRUNCATE actor, entry, checkpoint, mailbox");
  world = new World();
  nodes = new Succession({ open: () => openStore(database.url, createLog("silent")), types: [ledgerType(world)] });
  await nodes.start();
});
afterEach(() => nodes.stop());

const ask = (command: string, payload: object) => nodes.runtime.ask({ type: "ledger", keyText: "d", command, payload });
const total = () => nodes.runtime.query({ type: "ledger", keyText: "d", query: "total", payload: {} });
const detail = () => nodes.runtime.inspector.actor({ type: "ledger", keyText: "d" });
const checkpoints = async () =>
  (await nodes.runtime.inspector.checkpoints({ type: "ledger", keyText: "d" })).map(({ seq, damaged }) => [
    seq,
    damaged,
  ]);

/** Adds turns. */
async function add(turns: number): Promise<void> {
  for (let i = 0; i < turns; i++) await ask("add", { amount: 1 });
}

/** Damages the stored state of a checkpoint. */
const damage = (seq: number) =>
  query(database.url, `UPDATE checkpoint SET state = '{"total":999,"notes":[]}' WHERE seq = $1`, [seq]);

describe("a recovery", () => {
  test("is reported as long as the actor is in memory: its checkpoint, its entries and its duration", async () => {
    await add(25);
    expect((await detail()).recovery).toBeNull();
    await eventually(async () => expect(await checkpoints()).toHaveLength(2));
    await nodes.start();
    expect((await detail()).recovery).toBeNull();
    await total();
    const recovery = { checkpoint: 20, entries: 5, damaged: [], at: expect.any(String), ms: expect.any(Number) };
    expect(await detail()).toMatchObject({ lifecycle: "active", recovery });
    expect(nodes.runtime.inspector.liveStatus({ type: "ledger", keyText: "d" })).toMatchObject({ recovery });
  });

  test("that skipped a damaged checkpoint reports which and why, and writes a valid one", async () => {
    await add(25);
    await eventually(async () => expect(await checkpoints()).toHaveLength(2));
    await damage(20);
    expect(await checkpoints()).toEqual([
      [20, true],
      [10, false],
    ]);
    await nodes.start();
    expect(await total()).toBe(25);
    expect((await detail()).recovery).toMatchObject({
      checkpoint: 10,
      entries: 15,
      damaged: [
        { seq: 20, reason: expect.stringMatching(/^the checksum of its state is .+, but .+ is stored with it$/) },
      ],
    });
    await eventually(async () =>
      expect(await checkpoints()).toEqual([
        [25, false],
        [20, true],
        [10, false],
      ]),
    );
  });

  test("that resumed a turn writes a valid checkpoint after that turn", async () => {
    await add(20);
    await eventually(async () => expect(await checkpoints()).toHaveLength(2));
    world.answer = () => new Promise(() => undefined);
    const lost = ask("ask", { names: ["slow"] }).catch((error: { code: string }) => error.code);
    await eventually(() => expect(world.calls).toHaveLength(1));
    await damage(20);
    let release: (value: number) => void = () => undefined;
    world.answer = () =>
      new Promise((resolve) => {
        release = resolve;
      });
    await nodes.start();
    await eventually(() => expect(world.calls).toHaveLength(2));
    expect(await checkpoints()).toEqual([
      [20, true],
      [10, false],
    ]);
    release(5);
    await eventually(async () => expect((await checkpoints())[0]).toEqual([23, false]));
    expect(await total()).toBe(25);
    expect(["timeout", "fenced"]).toContain(await lost);
  });
});

test("one damaged checkpoint after another is recoverable, even if the journal is pruned in between", async () => {
  await add(25);
  await eventually(async () => expect(await checkpoints()).toHaveLength(2));
  expect(await nodes.runtime.pruneJournal({ type: "ledger", keyText: "d" }, 1_000)).toBe(10);
  let newest = 20;
  for (let round = 0; round < 3; round++) {
    await damage(newest);
    await nodes.runtime.pruneJournal({ type: "ledger", keyText: "d" }, 1_000);
    await nodes.start();
    expect(await total()).toBe(25 + round);
    const head = 25 + round;
    await eventually(async () => expect(await checkpoints()).toContainEqual([head, false]));
    await add(1);
    newest = head;
  }
});
