import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import type { ActorType } from "../../core/define/define.ts";
import { defineActor } from "../../core/define/define.ts";
import { createLog } from "../../process/log.ts";
import { openStore } from "../../store/postgres.ts";
import { useDatabase } from "../../testing/database/database.ts";
import { query } from "../../testing/database/sql.ts";
import { eventually } from "../../testing/eventually.ts";
import { impatientClock, startNode } from "../../testing/runtime/node.ts";
import { ledgerType, World } from "../../testing/types/ledger.ts";
import type { Store } from "../ports/store.ts";
import type { RunningRuntime } from "../runtime.ts";

const database = useDatabase();
let store: Store;
let runtime: RunningRuntime;

/** A deploy: the node stops, and one with the given code starts. */
async function deploy(...types: ActorType[]) {
  await runtime?.stop();
  ({ runtime } = await startNode({ store, types, clock: impatientClock }));
}

beforeEach(async () => {
  store = await openStore(database.url, createLog("silent"));
});
afterEach(async () => {
  await runtime.stop();
  await store.close();
});

/** A box of version 1 holds a number; version 2 renames it and adds a unit. */
const box = { type: "box", key: ["id"], queries: {}, passivateAfter: "30m" } as const;
const put = { put: z.object({ amount: z.number() }) };
const boxV1 = (persistence: "state" | "journal") =>
  defineActor({
    ...box,
    persistence,
    state: z.object({ amount: z.number() }),
    initial: () => ({ amount: 0 }),
    commands: put,
    on: {
      put(c, { amount }) {
        c.state.amount += amount;
        return c.state.amount;
      },
    },
  });
const boxV2 = (persistence: "state" | "journal") =>
  defineActor({
    ...box,
    persistence,
    version: 2,
    migrate: { 1: ({ amount }: { amount: number }) => ({ grams: amount * 1_000 }) },
    state: z.object({ grams: z.number() }),
    initial: () => ({ grams: 0 }),
    commands: put,
    on: {
      put(c, { amount }) {
        c.state.grams += amount * 1_000;
        return c.state.grams;
      },
    },
  });

const send = (id: string, amount: number) =>
  runtime.ask({ type: "box", keyText: id, command: "put", payload: { amount } });

describe("a state of an older version", () => {
  test("in a journal is migrated once, with the next turn, and no checkpoint is folded across it", async () => {
    await deploy(boxV1("journal"));
    await send("j", 1);
    await send("j", 2);
    await deploy(boxV2("journal"));
    expect(await send("j", 4)).toMatchObject({ reply: 7_000, seq: 4 });
    expect(await send("j", 1)).toMatchObject({ reply: 8_000, seq: 5 });
    const entries = await query(
      database.url,
      "SELECT kind, body -> 'state' AS state FROM entry JOIN actor ON id = actor_id WHERE key = 'j' ORDER BY seq",
    );
    expect(entries.map((entry) => entry.kind)).toEqual(["turn", "turn", "migrated", "turn", "turn"]);
    expect(entries[2]?.state).toEqual({ grams: 3_000 });
    expect((await runtime.past.state({ type: "box", keyText: "j" }, { at: 2 })).state).toEqual({ amount: 3 });
    await deploy(boxV2("journal"));
    expect(await send("j", 1)).toMatchObject({ reply: 9_000, seq: 6 });
  });

  test("in a durable state is migrated with the next turn", async () => {
    await deploy(boxV1("state"));
    await send("s", 3);
    await deploy(boxV2("state"));
    expect(await send("s", 4)).toMatchObject({ reply: 7_000, revision: 2 });
    const rows = await query(
      database.url,
      "SELECT version, state FROM durable_state JOIN actor ON id = actor_id WHERE key = 's'",
    );
    expect(rows).toEqual([{ version: 2, state: { grams: 7_000 } }]);
  });

  test.each(["state", "journal"] as const)(
    "that is newer than the code (%s) is refused, and nothing is lost",
    async (persistence) => {
      await deploy(boxV2(persistence));
      await send(`new-${persistence}`, 1);
      await deploy(boxV1(persistence));
      await expect(send(`new-${persistence}`, 1)).rejects.toMatchObject({
        code: "actor_failed",
        message: expect.stringContaining("version 2"),
      });
      await deploy(boxV2(persistence));
      expect(await send(`new-${persistence}`, 1)).toMatchObject({ reply: 2_000 });
    },
  );
});

describe("an interrupted turn whose code changed", () => {
  test("is parked with the reason when it requests another effect, and continues when the code is back", async () => {
    const world = new World();
    world.answer = (name) => (name === "b" ? new Promise(() => undefined) : 1);
    await deploy(ledgerType(world));
    const lost = runtime.ask({ type: "ledger", keyText: "p", command: "ask", payload: { names: ["a", "b"] } });
    const outcome = expect(lost).rejects.toMatchObject({ code: "timeout" });
    await eventually(() => expect(world.calls).toHaveLength(2));
    const other = new World();
    const changed = ledgerType(other);
    const handlers = new Map(changed.handlers);
    handlers.set("ask", function* (c: { effect: (name: string, run: () => number) => Generator }) {
      return yield* c.effect("z", () => 1);
    } as never);
    await deploy({ ...changed, handlers });
    await outcome;
    await eventually(async () => {
      const detail = await runtime.inspector.actor({ type: "ledger", keyText: "p" });
      expect(detail).toMatchObject({
        lifecycle: "failed",
        reason: expect.stringContaining('the effect "z" where the effect "a" is recorded'),
      });
    });
    await expect(
      runtime.ask({ type: "ledger", keyText: "p", command: "add", payload: { amount: 1 } }),
    ).rejects.toMatchObject({ code: "actor_failed" });
    expect(other.calls).toEqual([]);
    world.answer = () => 5;
    await deploy(ledgerType(world));
    await eventually(async () =>
      expect((await runtime.inspector.actor({ type: "ledger", keyText: "p" })).state).toMatchObject({ total: 6 }),
    );
    expect(world.calls.map((call) => call.name)).toEqual(["a", "b", "b"]);
  }, 40_000);
});

describe("an interrupted turn whose code throws now", () => {
  test("is parked if recorded effects would be lost, and fails if there are none", async () => {
    const world = new World();
    world.answer = (name) => (name === "stuck" ? new Promise(() => undefined) : 1);
    const Ledger = ledgerType(world);
    await deploy(Ledger);
    const ask = (id: string) =>
      runtime.ask({ type: "ledger", keyText: id, command: "ask", payload: { names: [id, "stuck"] } });
    const outcomes = Promise.allSettled(["early", "late"].map(ask));
    await eventually(() => expect(world.calls).toHaveLength(4));
    const handlers = new Map(Ledger.handlers);
    handlers.set("ask", function* (
      c: { effect: (name: string, run: () => number) => Generator },
      { names }: { names: string[] },
    ) {
      if (names.includes("early")) throw new Error("too early");
      yield* c.effect("late", () => 1);
      throw new Error("too late");
    } as never);
    await deploy({ ...Ledger, handlers });
    expect(await outcomes).toMatchObject([{ status: "rejected" }, { status: "rejected" }]);
    await eventually(async () => {
      expect(await runtime.inspector.actor({ type: "ledger", keyText: "early" })).toMatchObject({
        lifecycle: "failed",
        reason: expect.stringContaining(
          'its code throws "too early" where the effect "early" is recorded as effect #0',
        ),
      });
    });
    const kinds = async (id: string) =>
      (await runtime.inspector.journal({ type: "ledger", keyText: id }, { after: 0, limit: 10 })).items.map(
        ({ body }) => body.kind,
      );
    expect(await kinds("early")).toEqual(["received", "effect"]);
    await eventually(async () =>
      expect((await kinds("late")).slice(0, 3)).toEqual(["received", "effect", "attempt_failed"]),
    );
    world.answer = () => 5;
    await deploy(Ledger);
    await eventually(async () => expect(await kinds("early")).toEqual(["received", "effect", "effect", "turn"]));
    expect(world.calls.filter(({ name }) => name === "early")).toHaveLength(1);
  }, 40_000);
});

describe("a pruned journal", () => {
  test("keeps what recovery needs, and never reuses a seq", async () => {
    await deploy(ledgerType(new World()));
    const add = () => runtime.ask({ type: "ledger", keyText: "pruned", command: "add", payload: { amount: 1 } });
    for (let i = 0; i < 25; i++) await add();
    await eventually(async () =>
      expect(await runtime.inspector.checkpoints({ type: "ledger", keyText: "pruned" })).toHaveLength(2),
    );
    expect(await runtime.pruneJournal({ type: "ledger", keyText: "pruned" }, 1_000)).toBe(10);
    await expect(runtime.past.state({ type: "ledger", keyText: "pruned" }, { at: 5 })).rejects.toMatchObject({
      code: "not_found",
    });
    expect((await runtime.past.state({ type: "ledger", keyText: "pruned" }, { at: 15 })).state).toMatchObject({
      total: 15,
    });
    await query(database.url, "UPDATE checkpoint SET checksum = 'x' WHERE seq = 20");
    await deploy(ledgerType(new World()));
    expect(await add()).toMatchObject({ reply: 26, seq: 26 });
  });
});
