import { randomUUID } from "node:crypto";
import { Client } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { createLog } from "../../process/log.ts";
import type { BatchRows, LaneWriter, ReplyRow, StateRow } from "../../runtime/ports/commit.ts";
import type { ActorId } from "../../runtime/ports/ids.ts";
import type { Claim } from "../../runtime/ports/leases.ts";
import type { Store } from "../../runtime/ports/store.ts";
import { useDatabase } from "../../testing/database/database.ts";
import { PostgresProxy } from "../../testing/database/postgres-proxy.ts";
import { query } from "../../testing/database/sql.ts";
import { eventually } from "../../testing/eventually.ts";
import { takeOver } from "../../testing/runtime/node.ts";
import { noMail } from "../../testing/runtime/steps.ts";
import { openStore } from "../postgres.ts";

const AT = Date.parse("2026-01-01T00:00:00.250Z");
const log = createLog("silent");

const database = useDatabase();
let store: Store;
let claim: Claim;
let writer: LaneWriter;

beforeAll(async () => {
  store = await openStore(database.url, log);
  await query(database.url, "ALTER TABLE durable_state ADD CHECK (state::text NOT LIKE '%poison%')");
});

beforeEach(async () => {
  claim = await takeOver(store);
  writer = store.lane(claim, 0);
  return () => writer.close();
});

afterAll(() => store.close());

let created = 0;

/** The ids of `count` actors without commits. */
async function actors(count: number): Promise<ActorId[]> {
  const addresses = Array.from({ length: count }, () => ({ type: "note", keyText: `n${++created}` }));
  return (await store.allocate(addresses, AT)).map(({ id }) => id);
}

/** A state; by default of revision `expected + 1`. */
function state(id: ActorId, expected: number, overrides: Partial<StateRow> = {}): StateRow {
  const lastChange = { command: "write", messageId: "m", at: "2026-01-01T00:00:00.000Z", paths: [["n"]], more: false };
  return {
    id,
    expected,
    revision: expected + 1,
    state: `{"n":${expected + 1}}`,
    version: 1,
    lastChange,
    updatedAt: AT,
    ...overrides,
  };
}

function reply(id: ActorId, idempotencyKey: string, overrides: Partial<ReplyRow> = {}): ReplyRow {
  return { id, idempotencyKey, digest: "d", messageId: randomUUID(), reply: '"ok"', head: 1, ...overrides };
}

/** The lane's next batch. */
function batch(
  states: readonly StateRow[],
  replies: readonly ReplyRow[] = [],
  journal: Partial<Pick<BatchRows, "entries">> = {},
): BatchRows {
  const number = (claim.batches[0] ?? 0) + 1;
  const turns = states.length + replies.length;
  return { number, at: AT, turns, states, replies, entries: [], ...noMail, ...journal };
}

/** Commits a batch that later batches of a test build on. */
async function given(states: readonly StateRow[], replies: readonly ReplyRow[] = []): Promise<void> {
  expect(await writer.commit(batch(states, replies))).toEqual({ kind: "committed" });
  claim = { ...claim, batches: claim.batches.map((number, lane) => (lane === 0 ? number + 1 : number)) };
}

/** Everything that commits write, of every actor. */
const written = () =>
  query(
    database.url,
    `SELECT (SELECT json_agg(s ORDER BY actor_id) FROM durable_state s) AS states,
            (SELECT json_agg(r ORDER BY actor_id, idempotency_key) FROM reply r) AS replies,
            (SELECT json_agg(c ORDER BY lane, batch) FROM commit c) AS commits,
            (SELECT json_agg(l ORDER BY lane) FROM lane l) AS lanes`,
  );

/** A connection in an open transaction that has passed the fence, like a commit in flight. */
async function inFlight(number: number): Promise<Client> {
  const client = new Client({ connectionString: database.url });
  onTestFinished(() => client.end());
  await client.connect();
  await client.query("BEGIN");
  await client.query("UPDATE lane SET batch = $2 WHERE lane = 0 AND epoch = $1", [claim.epoch, number]);
  await client.query("INSERT INTO commit VALUES (0, $2, $1, now(), 0, 0, 0, 0)", [claim.epoch, number]);
  return client;
}

/** Resolves when a connection waits for a row lock. */
const lockWait = () =>
  eventually(async () => {
    const waiting = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    expect(await query(database.url, waiting)).toHaveLength(1);
  });

describe("a batch", () => {
  test("is written completely: states, replies, and its own row", async () => {
    const [one, two] = (await actors(2)) as [ActorId, ActorId];
    await given([state(one, 0)]);
    const text = '{"z":1,"a":[1.50,"é\\u0000"]}';
    const states = [state(one, 1, { revision: 5, state: text }), state(two, 0)];
    const stored = reply(two, "k-1", { reply: '{"b":1,"a":2}', head: 1 });
    const rows = batch(states, [stored]);
    expect(await writer.commit(rows)).toEqual({ kind: "committed" });

    const { id: _, idempotencyKey: __, ...answer } = stored;
    expect(await store.storedReplies([{ id: two, idempotencyKey: "k-1" }])).toEqual([answer]);
    expect(
      await query(
        database.url,
        `SELECT revision::int, state::text, updated_at, lane, batch::int FROM durable_state WHERE actor_id = ANY ($1)
         ORDER BY 1 DESC`,
        [[one, two]],
      ),
    ).toEqual([
      { revision: 5, state: text, updated_at: new Date(AT), lane: 0, batch: rows.number },
      { revision: 1, state: '{"n":1}', updated_at: new Date(AT), lane: 0, batch: rows.number },
    ]);
    expect(
      await query(
        database.url,
        "SELECT epoch::int, at, turns, states, replies FROM commit WHERE lane = 0 AND batch = $1",
        [rows.number],
      ),
    ).toEqual([{ epoch: claim.epoch, at: new Date(AT), turns: 3, states: 2, replies: 1 }]);
  });

  test("may have replies alone", async () => {
    const [one] = (await actors(1)) as [ActorId];
    expect(await writer.commit(batch([], [reply(one, "k-1")]))).toEqual({ kind: "committed" });
    expect(await store.storedReplies([{ id: one, idempotencyKey: "k-1" }])).toMatchObject([{ reply: '"ok"' }]);
  });

  test("can have thousands of states", async () => {
    const many = await actors(2_000);
    await given(many.map((id) => state(id, 0)));
    expect(await writer.commit(batch(many.map((id) => state(id, 1))))).toEqual({ kind: "committed" });
    const loaded = await store.load(
      Array.from({ length: 2_000 }, (_, i) => ({ type: "note", keyText: `n${created - i}` })),
    );
    expect(new Set(loaded.map((actor) => actor?.revision))).toEqual(new Set([2]));
  });

  test("does not wait for another lane's batch", async () => {
    await inFlight((claim.batches[0] ?? 0) + 1);
    const other = store.lane(claim, 1);
    expect(await other.commit({ ...batch([]), number: (claim.batches[1] ?? 0) + 1 })).toEqual({ kind: "committed" });
    await other.close();
  });
});

describe("nothing of a batch is written if it", () => {
  type Case = [what: string, rows: (ids: [ActorId, ActorId, ActorId]) => BatchRows, outcome: object];

  const refused = (message: string) => ({
    kind: "refused",
    error: expect.objectContaining({ message: expect.stringContaining(message) }),
  });

  /** Of three actors the first has a state of revision 1, the second one of revision 2, the third none. */
  test.each<Case>([
    [
      "holds a state for another revision",
      ([a, b]) => batch([state(a, 1), state(b, 1)]),
      { kind: "conflict", ids: "b" },
    ],
    ["creates a state that exists", ([a, b]) => batch([state(a, 0), state(b, 2)]), { kind: "conflict", ids: "a" }],
    [
      "replaces a state that does not exist",
      ([a, , c]) => batch([state(a, 1), state(c, 3)]),
      { kind: "conflict", ids: "c" },
    ],
    [
      "holds several of these",
      ([a, b, c]) => batch([state(a, 0), state(b, 7), state(c, 0)]),
      { kind: "conflict", ids: "ab" },
    ],
    [
      "holds a state that a constraint forbids",
      ([a, b]) => batch([state(a, 1), state(b, 2, { state: '"poison"' })]),
      refused("check constraint"),
    ],
    ["holds a state that is not JSON", ([a, b]) => batch([state(a, 1), state(b, 2, { state: "{" })]), refused("json")],
    [
      "stores two replies under one key",
      ([a]) => batch([state(a, 1)], [reply(a, "twice"), reply(a, "twice")]),
      refused("affect row a second time"),
    ],
    [
      "stores a reply under a used key",
      ([a]) => batch([state(a, 1)], [reply(a, "used")]),
      refused("another reply is stored"),
    ],
    [
      "stores a reply to a message whose id is not a UUID",
      ([a]) => batch([state(a, 1)], [reply(a, "new", { messageId: "m-1" })]),
      refused("uuid"),
    ],
  ])("%s", async (_, rows, outcome) => {
    const ids = (await actors(3)) as [ActorId, ActorId, ActorId];
    await given([state(ids[0], 0), state(ids[1], 0, { revision: 2 })], [reply(ids[0], "used")]);

    const before = await written();
    const got = await writer.commit(rows(ids));
    const names =
      got.kind === "conflict"
        ? got.ids
            .map((id) => "abc"[ids.indexOf(id)])
            .sort()
            .join("")
        : undefined;
    expect(names === undefined ? got : { ...got, ids: names }).toEqual(outcome);
    expect(await written()).toEqual(before);

    expect(await writer.commit(batch([state(ids[0], 1)]))).toEqual({ kind: "committed" });
  });
});

describe("a takeover", () => {
  test("fences the lane permanently: nothing more is written", async () => {
    const [one] = (await actors(1)) as [ActorId];
    await given([state(one, 0)]);
    await takeOver(store);
    const before = await written();
    expect(await writer.commit(batch([state(one, 1)], [reply(one, "k-1")]))).toEqual({ kind: "fenced" });
    expect(await writer.commit(batch([]))).toEqual({ kind: "fenced" });
    expect(await written()).toEqual(before);
  });

  test("waits for a commit in flight, and includes it", async () => {
    const number = (claim.batches[0] ?? 0) + 1;
    const open = await inFlight(number);
    let taken = false;
    const claimed = takeOver(store).finally(() => {
      taken = true;
    });
    await lockWait();
    expect(taken).toBe(false);
    await open.query("COMMIT");
    expect((await claimed).batches[0]).toBe(number);
  });

  test("does not change the lanes' batch numbers", async () => {
    await given([]);
    const next = await takeOver(store);
    expect(next.batches).toEqual(claim.batches);
  });
});

describe("a connection that is lost at COMMIT", () => {
  let proxy: PostgresProxy;
  let remote: Store;
  let lane: LaneWriter;
  let one: ActorId;

  beforeEach(async () => {
    proxy = await PostgresProxy.open(database.url);
    remote = await openStore(proxy.url, log);
    lane = remote.lane(claim, 0);
    [one] = (await actors(1)) as [ActorId];
    return async () => {
      await lane.close();
      await remote.close();
      await proxy.close();
    };
  });

  /** Sends a batch whose connection breaks at its COMMIT. */
  async function lose(rows: BatchRows, at: "cutBefore" | "cutAfter"): Promise<void> {
    const commit = proxy.nextCommit();
    const outcome = lane.commit(rows);
    (await commit)[at]();
    expect(await outcome).toEqual({ kind: "lost", error: expect.any(Error) });
  }

  test("before the server received it: the witness reports the batch absent, and it can be sent again", async () => {
    const rows = batch([state(one, 0)]);
    await lose(rows, "cutBefore");
    expect(await lane.witness(rows.number)).toBe("absent");
    expect(await lane.commit(rows)).toEqual({ kind: "committed" });
  });

  test("after the server received it: the witness reports the batch committed", async () => {
    const rows = batch([state(one, 0)]);
    await lose(rows, "cutAfter");
    expect(await lane.witness(rows.number)).toBe("committed");
    expect(await lane.commit({ ...batch([state(one, 1)]), number: rows.number + 1 })).toEqual({ kind: "committed" });
  });

  test.each([
    ["cutBefore", "fenced"],
    ["cutAfter", "committed"],
  ] as const)("and then a takeover: after %s the witness reports %s", async (at, disposition) => {
    const rows = batch([state(one, 0)]);
    await lose(rows, at);
    expect((await store.load([{ type: "note", keyText: `n${created}` }]))[0]?.revision).toBe(at === "cutAfter" ? 1 : 0);
    const next = await takeOver(store);
    const successor = store.lane(next, 0);
    const number = (next.batches[0] ?? 0) + 1;
    expect(await successor.commit({ ...batch([]), number })).toEqual({ kind: "committed" });
    await successor.close();
    expect(await lane.witness(rows.number)).toBe(disposition);
  });

  test.each([
    ["COMMIT", "committed"],
    ["ROLLBACK", "absent"],
  ])("while the server still processes it: the witness waits, and after %s reports %s", async (end, disposition) => {
    const number = (claim.batches[0] ?? 0) + 1;
    const open = await inFlight(number);
    let reported = false;
    const witness = lane.witness(number).finally(() => {
      reported = true;
    });
    await lockWait();
    expect(reported).toBe(false);
    await open.query(end);
    expect(await witness).toBe(disposition);
  });

  test("with an unreachable server: there is no witness until it is back", async () => {
    const rows = batch([state(one, 0)]);
    proxy.down();
    expect(await lane.commit(rows)).toEqual({ kind: "lost", error: expect.any(Error) });
    await expect(lane.witness(rows.number)).rejects.toMatchObject({ name: "StoreUnavailable" });
    proxy.up();
    expect(await lane.witness(rows.number)).toBe("absent");
    expect(await lane.commit(rows)).toEqual({ kind: "committed" });
  });
});
