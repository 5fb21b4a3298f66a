import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { encodeKey } from "../../core/define/keys.ts";
import { createLog } from "../../process/log.ts";
import { fold } from "../../protocol/fold.ts";
import { type ExportRange, type HistoryHeader, historyEnd, historyHeader } from "../../protocol/history-file.ts";
import type { Entry } from "../../protocol/journal.ts";
import { openStore } from "../../store/postgres.ts";
import { useDatabase } from "../../testing/database/database.ts";
import { query } from "../../testing/database/sql.ts";
import { startNode } from "../../testing/runtime/node.ts";
import { ledgerType, World } from "../../testing/types/ledger.ts";
import type { Store } from "../ports/store.ts";
import type { RunningRuntime } from "../runtime.ts";

/** More than one read returns. */
const TURNS = 4_500;

const database = useDatabase();
let store: Store;
let runtime: RunningRuntime;

beforeAll(async () => {
  store = await openStore(database.url, createLog("silent"));
  ({ runtime } = await startNode({ store, types: [ledgerType(new World())] }));
  await add("long", TURNS);
});
afterAll(async () => {
  await runtime.stop();
  await store.close();
});

function add(key: string, count: number): Promise<unknown> {
  const one = (_: unknown, i: number) =>
    runtime.ask({
      type: "ledger",
      keyText: encodeKey([key]),
      command: i % 50 === 7 ? "ask" : "add",
      payload: payloadOf(i),
    });
  return Promise.all(Array.from({ length: count }, one));
}

const payloadOf = (i: number) => (i % 50 === 7 ? { names: ["ä"] } : { amount: i + 1 });

async function piecesOf(key: string, range: ExportRange = {}): Promise<string[]> {
  const pieces: string[] = [];
  for await (const piece of runtime.past.export({ type: "ledger", keyText: key }, range)) pieces.push(piece);
  return pieces;
}

interface Read {
  header: HistoryHeader;
  entries: Entry[];
}

/** Parses a file, which must be complete. */
function readFile(text: string): Read {
  const lines = text.split("\n");
  expect(lines.pop()).toBe("");
  const last = lines.pop() as string;
  const { count, sha256 } = historyEnd.parse(JSON.parse(last));
  const before = text.slice(0, -(last.length + 1));
  expect(sha256).toBe(createHash("sha256").update(before).digest("hex"));
  const [header, ...entries] = lines.map((line) => JSON.parse(line));
  expect(entries).toHaveLength(count);
  expect(historyHeader.parse(header)).toEqual(header);
  return { header, entries };
}

const read = async (key: string, range?: ExportRange) => readFile((await piecesOf(key, range)).join(""));

async function stateAt(key: string, at: number) {
  return (await runtime.past.state({ type: "ledger", keyText: key }, { at })).state;
}

test("a history's file folds to the state at every seq, and is read in bounded steps", async () => {
  const pieces = await piecesOf("long");
  const { header, entries } = readFile(pieces.join(""));
  const head = entries.length;
  expect(header).toMatchObject({
    ...{ format: "greenroom-history", version: 1, type: "ledger", names: ["id"], key: ["long"] },
    ...{ from: 1, to: head, begins: 1, head, stateVersion: 1, forkedFrom: null },
    base: { seq: 0, version: 0, turnTime: 0, open: null },
  });
  expect(head).toBe(TURNS + 2 * Math.ceil((TURNS - 7) / 50));
  for (const piece of pieces) expect(piece.split("\n").length).toBeLessThanOrEqual(2_001);
  const state = header.base;
  for (const entry of entries) {
    fold(state, [entry]);
    if (entry.seq % 997 === 0) expect(state.state).toEqual(await stateAt("long", entry.seq));
  }
  expect(state.state).toEqual(await stateAt("long", head));
});

test("a range starts with the head before it, including an open turn", async () => {
  const { entries } = await read("long");
  const effect = entries.find(({ seq, body }) => seq > 2_000 && body.kind === "effect")?.seq as number;
  const part = await read("long", { from: effect, to: effect + 10 });
  expect(part.header).toMatchObject({ from: effect, to: effect + 10, begins: 1 });
  expect(part.header.base).toMatchObject({ seq: effect - 1, open: { message: { command: "ask" } } });
  expect(part.entries).toEqual(entries.slice(effect - 1, effect + 10));
  expect(fold(part.header.base, part.entries).state).toEqual(await stateAt("long", effect + 10));
});

test("an export excludes what is committed meanwhile", async () => {
  await add("busy", 20);
  const pieces = runtime.past.export({ type: "ledger", keyText: "busy" }, {});
  const texts = [(await pieces.next()).value];
  await add("busy", 20);
  for await (const piece of pieces) texts.push(piece);
  const { header, entries } = readFile(texts.join(""));
  expect([header.head, entries.length]).toEqual([22, 22]);
});

test("a fork's file is complete without the parent, and names the parent", async () => {
  await runtime.fork({ type: "ledger", keyText: "long" }, { at: 1_234, key: ["branch / 1"] });
  await add("branch / 1", 3);
  const { header, entries } = await read("branch~20~2F~201");
  expect(header).toMatchObject({ key: ["branch / 1"], forkedFrom: { key: ["long"], seq: 1_234 }, from: 1, to: 4 });
  expect(entries[0]?.body).toMatchObject({ kind: "forked", state: await stateAt("long", 1_234) });
});

test("the file of a pruned journal has the remaining entries and the state before them", async () => {
  for (let turn = 0; turn < 45; turn++) await add("pruned", 1);
  const id = (await store.summaries([{ type: "ledger", keyText: "pruned" }]))[0]?.id;
  await expect.poll(async () => (await store.checkpoints(id as never, 100, 10)).length).toBeGreaterThan(1);
  await runtime.pruneJournal({ type: "ledger", keyText: "pruned" }, 100);
  const { header, entries } = await read("pruned");
  expect(header.begins).toBeGreaterThan(20);
  expect(header).toMatchObject({ from: header.begins, to: 45, base: { seq: header.begins - 1 } });
  expect(fold(header.base, entries).state).toEqual(await stateAt("pruned", 45));
  await expect(piecesOf("pruned", { from: 3 })).rejects.toMatchObject({
    code: "not_found",
    message: `The journal has entries ${header.begins} to 45; choose a range within these.`,
  });
});

test("an export fails when entries are deleted meanwhile: the file is never complete", async () => {
  await add("torn", 4_100);
  const pieces = runtime.past.export({ type: "ledger", keyText: "torn" }, {});
  await pieces.next();
  await pieces.next();
  await query(database.url, "DELETE FROM entry WHERE seq BETWEEN 2001 AND 2500");
  await expect(pieces.next()).rejects.toMatchObject({ code: "not_found" });
});

test("an export of an unknown actor or range is refused", async () => {
  await expect(piecesOf("nobody")).rejects.toMatchObject({ code: "not_found" });
  await expect(piecesOf("long", { to: 99_999 })).rejects.toMatchObject({ code: "not_found" });
});
