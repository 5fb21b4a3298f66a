import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createLog } from "../../process/log.ts";
import type { EntryBody } from "../../protocol/journal.ts";
import type { BatchRows, EntryRow, LaneWriter } from "../../runtime/ports/commit.ts";
import type { ActorId } from "../../runtime/ports/ids.ts";
import type { Claim } from "../../runtime/ports/leases.ts";
import type { CheckpointRow, TimedCommit } from "../../runtime/ports/past.ts";
import type { Store } from "../../runtime/ports/store.ts";
import { checksum } from "../../runtime/shared/digest.ts";
import { useDatabase } from "../../testing/database/database.ts";
import { query } from "../../testing/database/sql.ts";
import { takeOver } from "../../testing/runtime/node.ts";
import { noMail } from "../../testing/runtime/steps.ts";
import { openStore } from "../postgres.ts";

const MB = 1024 * 1024;
const none = 0 as ActorId;
const AT = Date.parse("2026-01-01T00:00:00.250Z");

const database = useDatabase();
let store: Store;
let claim: Claim;
let writer: LaneWriter;
let created = 0;

beforeAll(async () => {
  store = await openStore(database.url, createLog("silent"));
});
beforeEach(async () => {
  claim = await takeOver(store);
  writer = store.lane(claim, 0);
  return () => writer.close();
});
afterAll(() => store.close());

/** An actor without commits. */
async function actor(): Promise<{ id: ActorId; keyText: string }> {
  const keyText = `j${++created}`;
  const [given] = await store.allocate([{ type: "ledger", keyText }], AT);
  return { id: given?.id as ActorId, keyText };
}

function batch(rows: Partial<BatchRows>): BatchRows {
  const number = (claim.batches[0] ?? 0) + 1;
  return { number, at: AT, turns: 1, states: [], entries: [], replies: [], ...noMail, ...rows };
}

async function commit(rows: Partial<BatchRows>): Promise<void> {
  expect(await writer.commit(batch(rows))).toEqual({ kind: "committed" });
  claim = { ...claim, batches: claim.batches.map((number, lane) => (lane === 0 ? number + 1 : number)) };
}

/** An actor's entries from one seq to another. */
function entries(id: ActorId, from: number, to: number, kind: EntryBody["kind"] = "turn"): EntryRow[] {
  return Array.from({ length: to - from + 1 }, (_, i) => {
    const body = JSON.stringify({ kind, messageId: `m${from + i}` });
    return { id, seq: from + i, at: AT, kind, body };
  });
}

function checkpoint(id: ActorId, seq: number, permanent = false): CheckpointRow {
  const state = `{"z":1,"a":"é${seq}"}`;
  return { id, seq, state, checksum: checksum(state), version: 2, turnTime: AT - 1, at: AT, permanent };
}

/** Changes a checkpoint's state, as a broken disk may. */
const damage = (id: ActorId, seq: number) =>
  query(database.url, `UPDATE checkpoint SET state = '{"z":2}' WHERE actor_id = $1 AND seq = $2`, [id, seq]);

const checkpointSeqs = async (id: ActorId) => (await store.checkpoints(id, 1_000_000, 100)).map((one) => one.seq);
const seqs = async (id: ActorId) =>
  (await store.entries({ id, after: 0, limit: 1_000, bytes: MB })).entries.map((entry) => entry.seq);

describe("entries", () => {
  test("are appended with their exact text, and counted by their batch", async () => {
    const { id } = await actor();
    const body = '{"kind":"turn","messageId":"m","z":1,"a":[1.50,"é\\n"]}';
    await commit({ entries: [{ id, seq: 1, at: AT, kind: "turn", body }] });
    const [row] = await query(database.url, "SELECT kind, at, body::text AS body FROM entry WHERE actor_id = $1", [id]);
    expect(row).toEqual({ kind: "turn", at: new Date(AT), body });
    const entry = { seq: 1, at: AT, body: JSON.parse(body) };
    expect(await store.entries({ id, after: 0, limit: 1, bytes: MB })).toEqual({ entries: [entry], more: false });
    const commits = "SELECT entries FROM commit WHERE lane = 0 ORDER BY batch DESC LIMIT 1";
    expect(await query(database.url, commits)).toEqual([{ entries: 1 }]);
  });

  test("with a taken seq are a conflict of their actor, and nothing of the batch is written", async () => {
    const [one, two] = [await actor(), await actor()];
    await commit({ entries: [...entries(one.id, 1, 3), ...entries(two.id, 1, 1)] });
    const rows = [...entries(one.id, 3, 4), ...entries(two.id, 2, 2)];
    expect(await writer.commit(batch({ entries: rows }))).toEqual({ kind: "conflict", ids: [one.id] });
    expect([await seqs(one.id), await seqs(two.id)]).toEqual([[1, 2, 3], [1]]);
    await commit({ entries: entries(two.id, 2, 2) });
  });

  test("have the duration of their commit, from the lane's next batch or from memory", async () => {
    const { id } = await actor();
    await commit({ entries: entries(id, 1, 1) });
    await commit({ entries: entries(id, 2, 2), previousDurationMs: 7 });
    const batch = claim.batches[0] ?? 0;
    const times = async (commits: readonly TimedCommit[]) => {
      const page = await store.entries({ id, after: 0, limit: 10, bytes: MB, commits });
      return page.entries.map((entry) => entry.durationMs);
    };
    expect(await times([])).toEqual([7, undefined]);
    expect(await times([{ lane: 0, batch, durationMs: 3 }])).toEqual([7, 3]);
    expect(await times([{ lane: 1, batch, durationMs: 3 }])).toEqual([7, undefined]);
  });

  test("are read forwards and backwards, of all kinds or of some", async () => {
    const { id } = await actor();
    await commit({ entries: [...entries(id, 1, 6), ...entries(id, 7, 8, "effect"), ...entries(id, 9, 9)] });
    const read = async (request: object) => {
      const page = await store.entries({ id, limit: 3, bytes: MB, ...request });
      return page.entries.map((entry) => entry.seq);
    };
    expect(await read({ after: 0 })).toEqual([1, 2, 3]);
    expect(await read({ after: 7 })).toEqual([8, 9]);
    expect(await read({ before: 1_000 })).toEqual([9, 8, 7]);
    expect(await read({ before: 3 })).toEqual([2, 1]);
    expect(await read({ after: 0, kinds: ["effect"] })).toEqual([7, 8]);
    expect(await read({ before: 9, kinds: ["turn"] })).toEqual([6, 5, 4]);
  });

  test.each([
    ["forwards", { after: 0 }],
    ["backwards", { before: 1_000 }],
  ])("are read %s up to a number or a size, and the page says whether there are more", async (_, end) => {
    const { id } = await actor();
    const text = (seq: number, length: number) => ({
      ...entries(id, seq, seq)[0],
      body: `"${"é".repeat(length / 2 - 1)}"`,
    });
    await commit({ entries: [1, 2, 3, 4, 5].map((seq) => text(seq, 1_000) as EntryRow) });
    const read = async (limit: number, bytes: number) => {
      const page = await store.entries({ id, limit, bytes, ...end });
      return [page.entries.length, page.more];
    };
    expect(await read(5, MB)).toEqual([5, false]);
    expect(await read(4, MB)).toEqual([4, true]);
    expect(await read(5, 5_000)).toEqual([5, false]);
    expect(await read(5, 4_999)).toEqual([4, true]);
    expect(await read(5, 3_000)).toEqual([3, true]);
    expect(await read(2, 3_000)).toEqual([2, true]);
    expect(await read(5, 1)).toEqual([1, true]);
    expect(await read(1, 1)).toEqual([1, true]);
    expect(await store.entries({ id: none, limit: 5, bytes: MB, ...end })).toEqual({ entries: [], more: false });
  });

  test("after a seq of each actor are read actor by actor, up to a limit", async () => {
    const [one, two, none] = [await actor(), await actor(), await actor()];
    await commit({ entries: [...entries(one.id, 1, 5), ...entries(two.id, 1, 4)] });
    const wanted = [
      { id: two.id, after: 1 },
      { id: none.id, after: 0 },
      { id: one.id, after: 3 },
    ];
    const read = async (limit: number) => (await store.tails(wanted, limit)).map(({ id, seq }) => [id, seq]);
    const all = [4, 5].map((seq) => [one.id, seq]).concat([2, 3, 4].map((seq) => [two.id, seq]));
    expect(await read(100)).toEqual(all);
    expect(await read(3)).toEqual(all.slice(0, 3));
  });
});

describe("checkpoints", () => {
  test("are stored with their text, checksum, version and times", async () => {
    const { id, keyText } = await actor();
    await store.writeCheckpoints([checkpoint(id, 10)]);
    const { id: _, permanent: __, ...stored } = checkpoint(id, 10);
    expect(await store.checkpointAt(id, 10)).toEqual(stored);
    expect(await store.loadJournals([{ type: "ledger", keyText }])).toEqual([
      { id, checkpoint: stored, hasMail: false },
    ]);
    expect(await store.checkpoints(id, 11, 1)).toEqual([
      {
        seq: 10,
        checksum: stored.checksum,
        version: 2,
        turnTime: AT - 1,
        at: AT,
        bytes: 18,
        permanent: false,
        valid: true,
      },
    ]);
  });

  test("are the last two of each actor, and the permanent ones", async () => {
    const [one, two] = [await actor(), await actor()];
    await store.writeCheckpoints([checkpoint(one.id, 10, true), checkpoint(two.id, 10)]);
    for (const seq of [20, 30, 40]) await store.writeCheckpoints([checkpoint(one.id, seq)]);
    expect(await checkpointSeqs(one.id)).toEqual([40, 30, 10]);
    expect(await checkpointSeqs(two.id)).toEqual([10]);
  });

  test("are found at or before a seq", async () => {
    const { id } = await actor();
    for (const seq of [10, 20]) await store.writeCheckpoints([checkpoint(id, seq)]);
    const found = await Promise.all([9, 10, 19, 20, 99].map((seq) => store.checkpointAt(id, seq)));
    expect(found.map((one) => one?.seq)).toEqual([undefined, 10, 10, 20, 20]);
  });

  test("written twice at one seq are replaced", async () => {
    const { id } = await actor();
    await store.writeCheckpoints([checkpoint(id, 10)]);
    await store.writeCheckpoints([{ ...checkpoint(id, 10), state: "{}", checksum: "new", at: AT + 1 }]);
    expect(await store.checkpointAt(id, 10)).toMatchObject({ state: "{}", checksum: "new", at: AT + 1 });
  });

  test("that are damaged are not valid, and do not count as the last two", async () => {
    const { id } = await actor();
    for (const seq of [10, 20]) await store.writeCheckpoints([checkpoint(id, seq)]);
    await damage(id, 20);
    for (const seq of [30, 40]) {
      await store.writeCheckpoints([checkpoint(id, seq)]);
      const found = await store.checkpoints(id, 1_000, 100);
      expect(found.map((one) => [one.seq, one.valid])).toEqual(
        seq === 30
          ? [
              [30, true],
              [20, false],
              [10, true],
            ]
          : [
              [40, true],
              [30, true],
            ],
      );
    }
  });
});

test("journals are loaded in the requested order, unknown ones as null", async () => {
  const [one, two] = [await actor(), await actor()];
  await store.writeCheckpoints([checkpoint(one.id, 5)]);
  const addresses = [two.keyText, "never", one.keyText].map((keyText) => ({ type: "ledger", keyText }));
  expect(await store.loadJournals(addresses)).toMatchObject([
    { id: two.id, checkpoint: null },
    null,
    { id: one.id, checkpoint: { seq: 5 } },
  ]);
});

describe("erasing an actor", () => {
  test("leaves only a tombstone with its head", async () => {
    const { id, keyText } = await actor();
    await commit({ entries: entries(id, 1, 3) });
    await store.writeCheckpoints([checkpoint(id, 2)]);
    expect(await store.erase(claim, { type: "ledger", keyText }, AT)).toBe("erased");
    expect(await store.loadJournals([{ type: "ledger", keyText }])).toEqual([null]);
    expect([await seqs(id), await checkpointSeqs(id)]).toEqual([[], []]);
    const tombstones = await query(database.url, "SELECT type, head::int, at FROM tombstone WHERE actor_id = $1", [id]);
    expect(tombstones).toEqual([{ type: "ledger", head: 3, at: new Date(AT) }]);
    expect(await store.erase(claim, { type: "ledger", keyText }, AT)).toBe("absent");
  });

  test("is fenced after a takeover", async () => {
    const { id, keyText } = await actor();
    await commit({ entries: entries(id, 1, 1) });
    await takeOver(store);
    expect(await store.erase(claim, { type: "ledger", keyText }, AT)).toBe("fenced");
    expect(await seqs(id)).toEqual([1]);
  });
});

test("a journal can be pruned up to its second to last checkpoint, at a permanent checkpoint", async () => {
  const { id } = await actor();
  await commit({ entries: entries(id, 1, 35) });
  await store.writeCheckpoints([checkpoint(id, 20)]);
  expect(await store.prunable(id)).toBeNull();
  await store.writeCheckpoints([checkpoint(id, 30)]);
  expect(await store.prunable(id)).toEqual({ begins: 1, last: 20 });
  expect(await store.pruneThrough(id, 5)).toBe(0);
  await store.writePermanentCheckpoint(checkpoint(id, 5));
  expect(await store.pruneThrough(id, 5)).toBe(5);
  await store.writePermanentCheckpoint(checkpoint(id, 25));
  expect(await store.pruneThrough(id, 30)).toBe(0);
  await store.writePermanentCheckpoint(checkpoint(id, 20));
  expect(await store.pruneThrough(id, 20)).toBe(15);
  expect((await seqs(id))[0]).toBe(21);
  const left = await store.checkpoints(id, 100, 10);
  expect(left.map(({ seq, permanent }) => [seq, permanent])).toEqual([
    [30, false],
    [25, true],
    [20, true],
  ]);
});

test("a journal is pruned only at valid checkpoints", async () => {
  const { id } = await actor();
  await commit({ entries: entries(id, 1, 35) });
  for (const seq of [10, 20, 30]) await store.writeCheckpoints([checkpoint(id, seq, true)]);
  await damage(id, 20);
  expect(await store.prunable(id)).toEqual({ begins: 1, last: 10 });
  expect(await store.pruneThrough(id, 20)).toBe(0);
  expect(await store.pruneThrough(id, 10)).toBe(10);
  await damage(id, 30);
  expect(await store.prunable(id)).toBeNull();
});

test("no checkpoint is written for an erased actor", async () => {
  const { id, keyText } = await actor();
  await commit({ entries: entries(id, 1, 5) });
  const [{ type }] = (await query(database.url, "SELECT type FROM actor WHERE id = $1", [id])) as [{ type: string }];
  await store.erase(claim, { type, keyText }, 0);
  await store.writePermanentCheckpoint(checkpoint(id, 5));
  expect(await query(database.url, "SELECT FROM checkpoint WHERE actor_id = $1", [id])).toEqual([]);
});

test("a lane closed while it connects leaves no connection, and commits nothing", async () => {
  const late = store.lane(claim, 0);
  const outcome = late.commit(batch({}));
  await late.close();
  expect(await outcome).toMatchObject({ kind: "lost" });
  const { number } = batch({});
  expect(await query(database.url, "SELECT FROM commit WHERE lane = 0 AND batch = $1", [number])).toEqual([]);
});

test("the view of the latest states skips a damaged checkpoint, as recovery does", async () => {
  const { id, keyText } = await actor();
  const state = '{"total":1}';
  const valid = { ...checkpoint(id, 10), state, checksum: checksum(state) };
  await store.writeCheckpoints([valid, { ...valid, seq: 20, checksum: "damaged" }]);
  const rows = await query(database.url, "SELECT head::int, state FROM actor_state WHERE key = $1", [keyText]);
  expect(rows).toEqual([{ head: 10, state: { total: 1 } }]);
});
