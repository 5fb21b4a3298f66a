import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { defineActor } from "../../core/define/define.ts";
import { Replay } from "../../core/replay/replay.ts";
import { namedKey } from "../../core/turn/turn.ts";
import { createLog } from "../../process/log.ts";
import type { Entry, EntryBody, Json } from "../../protocol/journal.ts";
import { openStore } from "../../store/postgres.ts";
import { useDatabase } from "../../testing/database/database.ts";
import { query } from "../../testing/database/sql.ts";
import { hostile } from "../../testing/hostile.ts";
import { Succession } from "../../testing/runtime/succession.ts";

/** The value that handlers and their effects produce next. No message could carry it. */
let made: unknown;
const nothing = z.object({});

/** An actor with a journal that accepts and produces any value. */
const AnyJournal = defineActor({
  type: "journal",
  key: ["id"],
  persistence: "journal",
  state: z.object({ count: z.number(), any: z.unknown() }),
  initial: () => ({ count: 0, any: null }),
  commands: {
    count: nothing,
    take: z.object({ any: z.unknown() }),
    put: nothing,
    give: nothing,
    ask: nothing,
    askAndCatch: nothing,
    askInVain: nothing,
    fail: nothing,
    refuse: nothing,
  },
  queries: { show: nothing },
  on: {
    count(c) {
      c.state.count += 1;
      return c.state.count;
    },
    take(c, { any }) {
      c.state.any = any;
    },
    put(c) {
      c.state.any = made;
    },
    give(c) {
      c.state.any = "given";
      return made as Json;
    },
    *ask(c) {
      c.state.any = "asked";
      c.state.any = yield* c.effect("careless", () => made as Json);
    },
    *askAndCatch(c) {
      try {
        c.state.any = yield* c.effect("careless", () => made as Json);
      } catch {
        c.state.count += 1;
      }
      return c.state.count;
    },
    *askInVain(c) {
      yield* c.effect("careless", (): Promise<null> => Promise.reject(made), { attempts: 1 });
    },
    fail() {
      throw made;
    },
    *refuse(c) {
      yield* c.effect("careless", () => null);
      c.reject(made as string);
    },
    show: () => made as Json,
  },
  passivateAfter: "30m",
});

/** The same, with only the newest state stored. */
const AnyState = defineActor({
  type: "state",
  key: ["id"],
  persistence: "state",
  state: z.object({ count: z.number(), any: z.unknown() }),
  initial: () => ({ count: 0, any: null }),
  commands: { count: nothing, take: z.object({ any: z.unknown() }), put: nothing, give: nothing, fail: nothing },
  queries: { show: nothing },
  on: {
    count(c) {
      c.state.count += 1;
      return c.state.count;
    },
    take(c, { any }) {
      c.state.any = any;
    },
    put(c) {
      c.state.any = made;
    },
    give(c) {
      c.state.any = "given";
      return made as Json;
    },
    fail() {
      throw made;
    },
    show: () => made as Json,
  },
  passivateAfter: "30m",
});

/** The persistence of the actors, which is also the name of their type here. */
const kinds = ["journal", "state"] as const;
type Kind = (typeof kinds)[number];

const database = useDatabase();
let nodes: Succession;

beforeAll(async () => {
  nodes = new Succession({ open: () => openStore(database.url, createLog("silent")), types: [AnyJournal, AnyState] });
  await nodes.start();
});
afterAll(() => nodes.stop());

const ask = (id: string, command: string, payload: object = {}, type: Kind = "journal") =>
  nodes.runtime.ask({ type, keyText: id, command, payload });
const show = (id: string, type: Kind) => nodes.runtime.query({ type, keyText: id, query: "show", payload: {} });
const state = async (id: string, type: Kind = "journal") =>
  (await nodes.runtime.inspector.actor({ type, keyText: id })).state;

const combined = kinds.flatMap((kind) => hostile.map((one): [Kind, ...typeof one] => [kind, ...one]));

describe.each(combined)("with a %s: %s", (kind, _, value, problem, path = []) => {
  test("in a payload is refused with its path", async () => {
    const issue = { path: ["any", ...path], message: expect.stringContaining(problem) };
    await expect(ask("payload", "take", { any: value }, kind)).rejects.toMatchObject({
      code: "invalid_payload",
      details: { issues: [issue] },
    });
    expect(await ask("payload", "count", {}, kind)).toMatchObject({ repeated: false });
  });

  test("in a state fails the turn, which changes nothing", async () => {
    const { reply } = await ask("state", "count", {}, kind);
    made = value;
    await expect(ask("state", "put", {}, kind)).rejects.toMatchObject({
      code: "handler_failed",
      message: expect.stringContaining(problem),
    });
    expect(await state("state", kind)).toEqual({ count: reply, any: null });
  });

  test("may be thrown by a handler", async () => {
    const { reply } = await ask("thrown", "count", {}, kind);
    made = value;
    await expect(ask("thrown", "fail", {}, kind)).rejects.toMatchObject({ code: "handler_failed" });
    expect(await state("thrown", kind)).toEqual({ count: reply, any: null });
  });
});

/** Values that a handler or an effect cannot return, because they count as nothing or are awaited. */
const absent = new Set(["undefined", "a Promise"]);

describe.each(combined.filter(([, what]) => !absent.has(what)))("with a %s: %s", (kind, _, value, problem) => {
  test("in a reply fails the turn, which changes nothing", async () => {
    const { reply } = await ask("reply", "count", {}, kind);
    made = value;
    const failure = { code: "handler_failed", message: expect.stringContaining(problem) };
    await expect(ask("reply", "give", {}, kind)).rejects.toMatchObject(failure);
    await expect(show("reply", kind)).rejects.toMatchObject(failure);
    expect(await state("reply", kind)).toEqual({ count: reply, any: null });
  });
});

describe.each(kinds)("a reply of an actor with a %s", (kind) => {
  test("is null if it is undefined, and fails the turn if it is a promise", async () => {
    made = undefined;
    expect(await ask("nothing", "give", {}, kind)).toMatchObject({ reply: null });
    expect(await show("nothing", kind)).toBeNull();
    made = Promise.resolve(1);
    const failure = { code: "handler_failed", message: expect.stringContaining("must be synchronous") };
    await expect(ask("nothing", "give", {}, kind)).rejects.toMatchObject(failure);
    await expect(show("nothing", kind)).rejects.toMatchObject(failure);
  });
});

describe.each(hostile.filter(([what]) => !absent.has(what)))("%s", (_, value) => {
  test("as an effect's result is an error of the effect", async () => {
    const { reply } = await ask("effect", "count");
    made = value;
    await expect(ask("effect", "ask")).rejects.toMatchObject({
      code: "handler_failed",
      message: expect.stringMatching(/^journal\.ask failed: effect "careless" failed: /),
    });
    expect(await state("effect")).toEqual({ count: reply, any: null });
    expect(await ask("effect", "askAndCatch")).toMatchObject({ reply: (reply as number) + 1 });
  });
});

describe.each(hostile)("%s", (_, value) => {
  test("may be thrown by an effect, and be the reason of a refusal", async () => {
    const { reply } = await ask("thrown", "count");
    made = value;
    await expect(ask("thrown", "askInVain")).rejects.toMatchObject({ code: "handler_failed" });
    await expect(ask("thrown", "refuse")).rejects.toMatchObject({
      code: expect.stringMatching(/^(rejected|handler_failed)$/),
    });
    expect(await state("thrown")).toEqual({ count: reply, any: null });
  });
});

describe("texts that are not JSON", () => {
  test.each(["a\u0000b", "a\ud800b"])(
    "may be in errors, which are recorded without those characters: %j",
    async (text) => {
      made = new Error(text);
      for (const command of ["fail", "askInVain"]) {
        await expect(ask("texts", command)).rejects.toMatchObject({ message: expect.stringContaining("a\ufffdb") });
      }
      made = text;
      await expect(ask("texts", "refuse")).rejects.toMatchObject({ code: "rejected" });
    },
  );
});

describe("afterwards", () => {
  test("the actors recover unchanged after a restart", async () => {
    const names = ["payload", "state", "reply", "thrown"].flatMap((id) => kinds.map((kind) => [id, kind] as const));
    names.push(["effect", "journal"]);
    const before = await Promise.all(names.map(([id, kind]) => state(id, kind)));
    await nodes.restart();
    const counts = await Promise.all(names.map(([id, kind]) => ask(id, "count", {}, kind)));
    expect(counts.map((answer) => answer.reply)).toEqual(before.map((one) => (one as { count: number }).count + 1));
  });

  test("SQL can read every journal and every state", async () => {
    const [row] = await query(database.url, "SELECT count(body ->> 'kind')::int AS entries FROM actor_journal");
    expect(row?.entries).toBeGreaterThan(hostile.length * 6);
    const counts = "SELECT count(state ->> 'count')::int AS states FROM actor_state WHERE persistence = 'state'";
    expect(await query(database.url, counts)).toEqual([{ states: 5 }]);
  });

  test("a replay of every journal has the same results", async () => {
    const rows = await query(
      database.url,
      "SELECT key, seq::int, body FROM actor JOIN entry ON actor_id = id WHERE type = 'journal' ORDER BY id, seq",
    );
    for (const id of ["payload", "effect"]) {
      const replay = new Replay(AnyJournal, namedKey(AnyJournal, [id]));
      const entries = rows.filter((row) => row.key === id).map((row) => ({ seq: row.seq, at: 0, body: row.body }));
      for (const entry of entries) expect(replay.next(entry as Entry & { body: EntryBody })).toBeNull();
    }
  });
});
