import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { defineActor } from "../../core/define/define.ts";
import { MAX_STATE } from "../../core/json/size.ts";
import { Replay } from "../../core/replay/replay.ts";
import { namedKey } from "../../core/turn/turn.ts";
import { createLog } from "../../process/log.ts";
import type { Entry, JournalQuery } from "../../protocol/journal.ts";
import { openStore } from "../../store/postgres.ts";
import { useDatabase } from "../../testing/database/database.ts";
import { Succession } from "../../testing/runtime/succession.ts";
import { MAX_RESULT } from "../shared/limits.ts";

const number = z.object({ length: z.number() });

/** An actor whose state, replies and effect results are as long as requested. */
const Hoarder = defineActor({
  type: "hoarder",
  key: ["id"],
  persistence: "journal",
  state: z.object({ texts: z.array(z.string()) }),
  initial: () => ({ texts: [] as string[] }),
  commands: { keep: number, give: number, fetch: number },
  queries: { count: z.object({}) },
  on: {
    keep(c, { length }) {
      c.state.texts.push("x".repeat(length));
      return c.state.texts.length;
    },
    give(c, { length }) {
      c.state.texts.push("given");
      return "x".repeat(length);
    },
    *fetch(c, { length }) {
      try {
        const text = yield* c.effect("fetch", () => "x".repeat(length));
        c.state.texts.push(text);
        return text.length;
      } catch (error) {
        return (error as Error).message;
      }
    },
    count: (c) => c.state.texts.length,
  },
  passivateAfter: "30m",
});

const database = useDatabase();
let nodes: Succession;

beforeEach(async () => {
  nodes = new Succession({ open: () => openStore(database.url, createLog("silent")), types: [Hoarder] });
  await nodes.start();
});
afterEach(() => nodes.stop());

const ask = (id: string, command: string, length: number) =>
  nodes.runtime.ask({ type: "hoarder", keyText: id, command, payload: { length } });
const count = (id: string) => nodes.runtime.query({ type: "hoarder", keyText: id, query: "count", payload: {} });
const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

const forwards = (next: number | undefined): Partial<JournalQuery> => ({ after: next ?? 0 });

/** All pages of a journal. No page with several entries is larger than a megabyte. */
async function pages(id: string, query: typeof forwards): Promise<Entry[][]> {
  const found: Entry[][] = [];
  for (let next: string | null | undefined; next !== null; ) {
    const asked = { limit: 500, ...query(next === undefined ? undefined : Number(next)) };
    const page = await nodes.runtime.inspector.journal({ type: "hoarder", keyText: id }, asked);
    const size = page.items.reduce((sum, { body }) => sum + bytes(body), 0);
    if (page.items.length > 1) expect(size).toBeLessThanOrEqual(1024 * 1024);
    found.push(page.items);
    next = page.next;
  }
  return found;
}

describe("the state of an actor with a journal", () => {
  test("fails the turn that makes it too large, and no other; a replay has the same result", async () => {
    const third = Math.floor(MAX_STATE / 3);
    for (const reply of [1, 2]) expect(await ask("large", "keep", third)).toMatchObject({ reply });
    const answers = await Promise.allSettled([ask("large", "keep", third), ask("large", "keep", 10)]);
    expect(answers).toMatchObject([
      {
        reason: {
          code: "handler_failed",
          message: expect.stringMatching(
            /^hoarder\.keep failed: its state would have \d+ bytes of JSON; the maximum is /,
          ),
        },
      },
      { value: { reply: 3, seq: 4 } },
    ]);
    await nodes.start();
    expect(await count("large")).toBe(3);
    const replay = new Replay(Hoarder, namedKey(Hoarder, ["large"]));
    const entries = (await pages("large", forwards)).flat();
    expect(entries.map(({ body }) => body.kind)).toEqual(["turn", "turn", "attempt_failed", "turn"]);
    for (const entry of entries) expect(replay.next(entry)).toBeNull();
  });

  test("is reported with its size whenever it changes", async () => {
    await ask("growing", "keep", 10);
    await nodes.start();
    await ask("growing", "keep", 1_000);
    await ask("growing", "fetch", 7);
    const changes = nodes.events.flatMap((event) => (event.kind === "committed" ? event.changes : []));
    expect(changes.length).toBeGreaterThanOrEqual(3);
    for (const { state, stateBytes } of changes) expect(stateBytes).toBe(bytes(state));
  });
});

test("a journal of a hundred entries of 100 KB is read in pages of a megabyte, each entry once", async () => {
  for (let i = 0; i < 100; i += 10) {
    await Promise.all(Array.from({ length: 10 }, () => ask("paged", "keep", 100 * 1024)));
  }
  await ask("paged", "give", 3 * 1024 * 1024);
  const all = Array.from({ length: 101 }, (_, i) => i + 1);
  const seqs = async (query: typeof forwards) =>
    (await pages("paged", query)).map((entries) => entries.map(({ seq }) => seq));
  const oldestFirst = await seqs(forwards);
  expect(oldestFirst.flat()).toEqual(all);
  expect(oldestFirst.map((page) => page.length)).toEqual([...Array.from({ length: 10 }, () => 10), 1]);
  expect(await seqs((next) => ({ ...forwards(next), kind: "turn" }))).toEqual(oldestFirst);
  const newestFirst = await seqs((next) => (next === undefined ? {} : { before: next }));
  expect(newestFirst.flat()).toEqual(all.toReversed());
  expect(newestFirst[0]).toEqual([101]);
  expect((await nodes.runtime.past.state({ type: "hoarder", keyText: "paged" }, { at: 99 })).state).toMatchObject({
    texts: { length: 99 },
  });
});

test("an entry that is too large fails its turn, and the error names the entry", async () => {
  expect(await ask("giver", "give", 10)).toMatchObject({ seq: 1 });
  await expect(ask("giver", "give", MAX_STATE - 10)).rejects.toMatchObject({
    code: "handler_failed",
    message: expect.stringContaining("An entry of the journal of hoarder giver would be larger than 16777216 bytes"),
  });
  expect(await count("giver")).toBe(1);
});

test("an effect's result that is too large is an error of that effect, which its handler can catch", async () => {
  expect(await ask("fetcher", "fetch", MAX_RESULT - 2)).toMatchObject({ reply: MAX_RESULT - 2 });
  expect(await ask("fetcher", "fetch", MAX_RESULT - 1)).toMatchObject({
    reply: 'effect "fetch" failed: its result has 1048577 bytes of JSON; at most 1048576 are recorded',
  });
  expect(await count("fetcher")).toBe(1);
});
