import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createLog } from "../process/log.ts";
import { openStore } from "../store/postgres.ts";
import { useDatabase } from "../testing/database/database.ts";
import { eventually } from "../testing/eventually.ts";
import { startNode } from "../testing/runtime/node.ts";
import { ledgerType, World } from "../testing/types/ledger.ts";
import { Note } from "../testing/types/note.ts";
import type { Client } from "./client.ts";
import type { Store } from "./ports/store.ts";
import type { RunningRuntime } from "./runtime.ts";

const database = useDatabase();
let store: Store;
let runtime: RunningRuntime;
let client: Client;
let world: World;
let Ledger: ReturnType<typeof ledgerType>;

beforeEach(async () => {
  store = await openStore(database.url, createLog("silent"));
  world = new World();
  Ledger = ledgerType(world);
  ({ runtime, client } = await startNode({ store, types: [Note, Ledger], chaos: true }));
});
afterEach(async () => {
  await runtime.stop();
  await store.close();
});

const detail = (type: string, id: string) => runtime.inspector.actor({ type, keyText: id });
const kinds = async (id: string) =>
  (await runtime.inspector.journal({ type: "ledger", keyText: id }, { after: 0, limit: 20 })).items.map(
    ({ body }) => body.kind,
  );

test("an actor is passivated on request when it is idle, and not while it has work", async () => {
  const note = client.actor(Note, ["go"]);
  await note.write({ text: "committed" });
  await runtime.intervene({ type: "note", keyText: "go" }, "passivate");
  expect(await detail("note", "go")).toMatchObject({ lifecycle: "passivated", head: 1 });
  await runtime.intervene({ type: "note", keyText: "go" }, "passivate");
  expect(await note.read({})).toEqual({ text: "committed", edits: 1 });

  const working = note.write({ text: "under way" });
  await expect(runtime.intervene({ type: "note", keyText: "go" }, "passivate")).rejects.toMatchObject({
    code: "unavailable",
  });
  expect(await working).toBe(2);
});

describe("an actor crashed on purpose", () => {
  test("recovers its committed state; waiting callers get an error, and their messages were not committed", async () => {
    const note = client.actor(Note, ["crash"]);
    await note.write({ text: "first" });
    const waiting = Array.from({ length: 50 }, (_, i) => note.write({ text: `${i}` }));
    await runtime.intervene({ type: "note", keyText: "crash" }, "crash");
    const outcomes = await Promise.allSettled(waiting);
    const committed = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "unavailable" });
    }
    expect(committed).toEqual(Array.from({ length: committed.length }, (_, i) => i + 2));
    expect(await note.read({})).toMatchObject({ edits: 1 + committed.length });
    expect(await note.write({ text: "last" })).toBe(2 + committed.length);
  });

  test("resumes the turn whose effect ran, with the same idempotency key", async () => {
    world.answer = () => new Promise(() => undefined);
    const lost = client.actor(Ledger, ["c"]).ask({ names: ["slow"] });
    const outcome = expect(lost).rejects.toMatchObject({ code: "unavailable" });
    await eventually(() => expect(world.calls).toHaveLength(1));
    world.answer = () => 5;
    await runtime.intervene({ type: "ledger", keyText: "c" }, "crash");
    await outcome;
    await eventually(async () => expect(await kinds("c")).toEqual(["received", "effect", "turn"]));
    expect(world.calls.map(({ key }) => key)).toEqual([world.calls[0]?.key, world.calls[0]?.key]);
  });

  test("is refused unless the node was started with it", async () => {
    await runtime.stop();
    ({ runtime, client } = await startNode({ store, types: [Note] }));
    await client.actor(Note, ["safe"]).write({ text: "safe" });
    await expect(runtime.intervene({ type: "note", keyText: "safe" }, "crash")).rejects.toMatchObject({
      code: "forbidden",
    });
  });
});

describe("a message that backs off", () => {
  const stuck = async (id: string) => {
    const note = client.actor({ ...Note, attempts: 100 }, [id]);
    await note.write({ text: "before" });
    await note.tell.crash({});
    await note.tell.write({ text: "behind it" });
    await eventually(async () => expect((await detail("note", id)).nextTry).not.toBeNull());
  };
  const letters = async (key: string) => (await runtime.mail.deadLetters({ type: "note", key, limit: 10 })).items;

  test("becomes a dead letter on request, with the error of its attempts, and the next ones run", async () => {
    await stuck("dead");
    await runtime.intervene({ type: "note", keyText: "dead" }, "dead-letter");
    await eventually(async () => expect((await detail("note", "dead")).state).toMatchObject({ text: "behind it" }));
    expect(await letters("dead")).toMatchObject([
      { command: "crash", error: { message: expect.stringMatching(/^Given up by a person.*crashed on purpose/) } },
    ]);
  });

  test("is skipped on request, and is gone", async () => {
    await stuck("skip");
    await runtime.intervene({ type: "note", keyText: "skip" }, "skip");
    await eventually(async () => expect((await detail("note", "skip")).state).toMatchObject({ text: "behind it" }));
    expect(await letters("skip")).toEqual([]);
  });

  test("is retried at once on request", async () => {
    await stuck("retry");
    const attempts = async () =>
      (await runtime.mail.mailbox({ type: "note", keyText: "retry" }, { cursor: 0, limit: 1 })).items[0]?.attempts;
    const before = (await attempts()) ?? 0;
    await runtime.intervene({ type: "note", keyText: "retry" }, "retry");
    await eventually(async () => expect((await attempts()) ?? Number.POSITIVE_INFINITY).toBeGreaterThan(before));
  });
});

describe("an actor that is parked because its code requests other effects than those recorded", () => {
  /** Crashes it while its second effect runs, and lets it recover on code that requests another one. */
  const park = async (id: string) => {
    world.answer = (name) => (name === "b" ? new Promise(() => undefined) : 1);
    const lost = client.actor(Ledger, [id]).ask({ names: ["a", "b"] });
    const outcome = expect(lost).rejects.toMatchObject({ code: "unavailable" });
    await eventually(() => expect(world.calls).toHaveLength(2));
    (Ledger.handlers as Map<string, unknown>).set(
      "ask",
      function* (c: { effect: (name: string, run: () => number) => Generator }) {
        return yield* c.effect("z", () => 1);
      },
    );
    await runtime.intervene({ type: "ledger", keyText: id }, "crash");
    await outcome;
    await eventually(async () => {
      expect(await detail("ledger", id)).toMatchObject({
        lifecycle: "failed",
        parked: { command: "ask", messageId: expect.any(String) },
      });
    });
  };
  const deadLetters = async (key: string) => (await runtime.mail.deadLetters({ type: "ledger", key, limit: 10 })).items;

  test("is parked again on the same code, and continues when the message becomes a dead letter", async () => {
    await park("p1");
    await runtime.intervene({ type: "ledger", keyText: "p1" }, "retry");
    await eventually(async () => expect((await detail("ledger", "p1")).parked).not.toBeNull());
    await runtime.intervene({ type: "ledger", keyText: "p1" }, "dead-letter");
    await eventually(async () => expect(await kinds("p1")).toEqual(["received", "effect", "attempt_failed"]));
    expect(await detail("ledger", "p1")).toMatchObject({ parked: null });
    expect(await client.actor(Ledger, ["p1"]).add({ amount: 7 })).toBe(7);
    expect(await deadLetters("p1")).toMatchObject([
      { command: "ask", error: { message: expect.stringContaining('where the effect "a" is recorded as effect #0') } },
    ]);
  });

  test("continues without the message when it is skipped", async () => {
    await park("p2");
    await runtime.intervene({ type: "ledger", keyText: "p2" }, "skip");
    await eventually(async () => expect(await kinds("p2")).toEqual(["received", "effect", "attempt_failed"]));
    expect(await runtime.mail.mailbox({ type: "ledger", keyText: "p2" }, { cursor: 0, limit: 1 })).toMatchObject({
      depth: 0,
    });
    expect(await deadLetters("p2")).toEqual([]);
  });
});

test("a message that a person resends refers to the original, as an ask or a tell", async () => {
  const resends = "01234567-89ab-4def-8123-456789abcdef";
  const request = { type: "ledger", keyText: "r", command: "add", payload: { amount: 1 }, resends };
  await runtime.ask(request);
  await runtime.tell(request);
  await eventually(async () => {
    const { items } = await runtime.inspector.journal({ type: "ledger", keyText: "r" }, { after: 0, limit: 10 });
    expect(items.map(({ body }) => body.kind === "turn" && body.message?.from)).toEqual([{ resends }, { resends }]);
  });
});

test.each(["retry", "skip", "dead-letter", "crash"] as const)(
  "%s is refused for an actor without a problem",
  async (what) => {
    await expect(runtime.intervene({ type: "note", keyText: "nobody" }, what)).rejects.toMatchObject({
      code: "not_found",
    });
    if (what === "crash") return;
    await client.actor(Note, ["well"]).write({ text: "well" });
    await expect(runtime.intervene({ type: "note", keyText: "well" }, what)).rejects.toMatchObject({
      code: "not_found",
    });
  },
);
