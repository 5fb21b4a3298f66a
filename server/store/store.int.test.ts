import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createLog } from "../process/log.ts";
import type { ReplyRow, StateRow } from "../runtime/ports/commit.ts";
import type { ActorId, Address } from "../runtime/ports/ids.ts";
import type { Claim, Held } from "../runtime/ports/leases.ts";
import type { CountFilter, ListCursor, ListOrder, ListRequest, StoredSummary } from "../runtime/ports/listing.ts";
import type { Store } from "../runtime/ports/store.ts";
import { useDatabase } from "../testing/database/database.ts";
import { PostgresProxy } from "../testing/database/postgres-proxy.ts";
import { query } from "../testing/database/sql.ts";
import { eventually } from "../testing/eventually.ts";
import { noMail } from "../testing/runtime/steps.ts";
import { openStore } from "./postgres.ts";

const MINUTE = 60_000;
const AT = Date.parse("2026-01-01T00:00:00.250Z");
const log = createLog("silent");

const database = useDatabase();
let store: Store;

beforeAll(async () => {
  store = await openStore(database.url, log);
});

afterAll(() => store.close());

/** Asks for the right to write, by default for a new owner. */
const ask = (options: { owner?: string; lanes?: number; leaseMs?: number; force?: boolean } = {}) =>
  store.claim(
    { owner: options.owner ?? randomUUID(), location: "here" },
    options.lanes ?? 2,
    options.leaseMs ?? MINUTE,
    options.force ?? false,
  );

function granted(answer: Claim | Held): Claim {
  if (!("epoch" in answer)) throw new Error(`Not granted: ${answer.owner} holds it.`);
  return answer;
}

const takeOver = async (options = {}) => granted(await ask({ ...options, force: true }));

const addresses = (type: string, ...keys: string[]): Address[] => keys.map((keyText) => ({ type, keyText }));

/** The ids of actors, which are created if they do not exist. */
const allocated = async (wanted: readonly Address[], now: number) =>
  (await store.allocate(wanted, now)).map(({ id }) => id);

/** Commits states and replies as the next batch of the first lane. */
async function commit(states: readonly StateRow[], replies: readonly ReplyRow[] = []): Promise<number> {
  const claim = await takeOver();
  const number = (claim.batches[0] ?? 0) + 1;
  const writer = store.lane(claim, 0);
  expect(await writer.commit({ number, at: AT, turns: 1, states, entries: [], replies, ...noMail })).toEqual({
    kind: "committed",
  });
  await writer.close();
  return number;
}

const lastChange = { command: "write", messageId: "m", at: "2026-01-01T00:00:00.000Z", paths: [["a", 0]], more: false };
const firstState = (id: ActorId, state: string): StateRow => ({
  id,
  expected: 0,
  revision: 1,
  state,
  version: 1,
  lastChange,
  updatedAt: AT + 1,
});

describe("the right to write", () => {
  test("is granted to the first claimant, with epoch 1 and lanes without batches", async () => {
    const owner = randomUUID();
    expect(await ask({ owner })).toEqual({
      owner,
      epoch: 1,
      batches: [0, 0],
      lastMailSeq: 0,
      clean: true,
      newestActor: 0,
    });
  });

  test("is refused while another node holds it, with its owner, since when, and for how long", async () => {
    const holder = await takeOver();
    const now = Date.now();
    const held = (await ask()) as Held;
    expect(held).toEqual({
      owner: holder.owner,
      location: "here",
      since: expect.any(Number),
      lapsesIn: expect.any(Number),
    });
    expect(Math.abs(held.since - now)).toBeLessThan(MINUTE);
    expect(held.lapsesIn).toBeGreaterThan(0);
    expect(held.lapsesIn).toBeLessThanOrEqual(MINUTE);
  });

  test("can be read without claiming it", async () => {
    await query(database.url, "TRUNCATE node, lane");
    expect(await store.leader()).toBeNull();
    const { owner, epoch } = granted(await ask());
    const held = { owner, location: "here", since: expect.any(Number), lapsesIn: expect.any(Number) };
    expect(await store.leader()).toEqual({ ...held, epoch, batches: [0, 0], newestActor: expect.any(Number) });
    expect(await store.leader()).toMatchObject({ epoch });
  });

  test("is granted at once when forced, to its holder, and after its release", async () => {
    const first = await takeOver();
    const forced = granted(await ask({ force: true }));
    const again = granted(await ask({ owner: forced.owner }));
    await store.release(again);
    const next = granted(await ask());
    expect([forced, again, next].map(({ epoch }) => epoch - first.epoch)).toEqual([1, 2, 3]);
  });

  test("is granted to another node after it has lapsed", async () => {
    const first = await takeOver({ leaseMs: 1 });
    const next = await eventually(async () => granted(await ask()));
    expect(next.epoch).toBe(first.epoch + 1);
  });

  test("is kept by renewing it", async () => {
    const holder = await takeOver({ leaseMs: 1 });
    expect(await store.heartbeat(holder, MINUTE)).toBe(true);
    expect(((await ask()) as Held).lapsesIn).toBeGreaterThan(MINUTE / 2);
  });

  test("can be neither renewed nor released by a former holder", async () => {
    const before = await takeOver();
    const holder = await takeOver();
    expect(await store.heartbeat(before, MINUTE)).toBe(false);
    await store.release(before);
    expect(await ask()).toMatchObject({ owner: holder.owner });
    const again = granted(await ask({ owner: holder.owner }));
    expect(await store.heartbeat(holder, MINUTE)).toBe(false);
    expect(await store.heartbeat(again, MINUTE)).toBe(true);
  });

  test("is granted to exactly one of many concurrent claimants", async () => {
    await store.release(await takeOver());
    const answers = await Promise.all(Array.from({ length: 16 }, () => ask()));
    const [winner, ...others] = answers.filter((answer) => "epoch" in answer);
    expect(others).toEqual([]);
    for (const answer of answers) if (answer !== winner) expect(answer).toMatchObject({ owner: winner?.owner });
  });

  test("comes with the number of each lane's last batch, also when the number of lanes changes", async () => {
    const number = await commit([]);
    expect((await takeOver({ lanes: 4 })).batches).toEqual([number, 0, 0, 0]);
    expect((await takeOver({ lanes: 1 })).batches).toEqual([number]);
    const { epoch } = await takeOver({ lanes: 2 });
    expect(await query(database.url, "SELECT DISTINCT epoch::int FROM lane")).toEqual([{ epoch }]);
  });
});

describe("actors", () => {
  test("get ids when they are first requested, in the requested order, and keep them", async () => {
    const ids = await allocated(addresses("ids", "b", "a", "b"), AT);
    expect(ids[0]).toBe(ids[2]);
    expect(new Set(ids).size).toBe(2);
    expect(await allocated(addresses("ids", "a", "b", "c"), AT + 1)).toEqual([ids[1], ids[0], expect.any(Number)]);
    const [a] = await store.summaries(addresses("ids", "a"));
    expect(a).toMatchObject({ createdAt: AT, lastActiveAt: AT });
  });

  test("differ by type and by the case of their keys", async () => {
    const ids = await allocated([...addresses("case", "a", "A"), ...addresses("other-case", "a")], AT);
    expect(new Set(ids).size).toBe(3);
  });

  test("have one id each when concurrent calls request the same ones in opposite orders", async () => {
    for (let round = 0; round < 15; round++) {
      const forth = addresses(`round-${round}`, ...Array.from({ length: 60 }, (_, i) => `k${i}`));
      const back = forth.toReversed();
      const asked = await Promise.all(
        Array.from({ length: 8 }, async (_, i) =>
          i % 2 === 0 ? allocated(forth, AT) : (await allocated(back, AT)).toReversed(),
        ),
      );
      for (const ids of asked) expect(ids).toEqual(asked[0]);
      expect(new Set(asked[0]).size).toBe(60);
    }
  });

  test("are loaded in the requested order, unknown ones as null", async () => {
    const [one, two] = (await allocated(addresses("load", "one", "two"), AT)) as [ActorId, ActorId];
    await commit([firstState(one, '{"z":1,"a":["é"]}')]);
    const loaded = await store.load(addresses("load", "two", "never", "one", "one"));
    const common = { newest: null, hasMail: false };
    const stored = { id: one, revision: 1, state: { z: 1, a: ["é"] }, version: 1, updatedAt: AT + 1, ...common };
    const empty = { id: two, revision: 0, state: null, version: 0, updatedAt: 0, ...common };
    expect(loaded).toEqual([empty, null, stored, stored]);
    expect(Object.keys(loaded[2]?.state as object)).toEqual(["z", "a"]);
  });

  test("can be none", async () => {
    expect(await store.load([])).toEqual([]);
    expect(await allocated([], AT)).toEqual([]);
    expect(await store.summaries([])).toEqual([]);
    expect(await store.storedReplies([])).toEqual([]);
    await store.touch([]);
  });
});

describe("stored replies", () => {
  test("are found in the requested order, each for its own actor", async () => {
    const [one, two] = (await allocated(addresses("kept", "one", "two"), AT)) as [ActorId, ActorId];
    const reply = { digest: "d", messageId: randomUUID(), reply: '{"z":1,"a":1.50}', head: 7 };
    await commit([], [{ id: one, idempotencyKey: "k", ...reply }]);
    const wanted = [
      { id: two, idempotencyKey: "k" },
      { id: one, idempotencyKey: "k" },
      { id: one, idempotencyKey: "K" },
    ];
    expect(await store.storedReplies(wanted)).toEqual([null, reply, null]);
  });

  test("and the rows of commits are deleted when they are old, a limited number at a time", async () => {
    await query(
      database.url,
      `WITH old AS (SELECT n, to_timestamp(n) AS at FROM generate_series(1, 25) n), replies AS (
         INSERT INTO reply SELECT 0, 'k' || n, 'd', gen_random_uuid(), 'null', 1, at FROM old)
       INSERT INTO commit SELECT 1, n, 1, at, 0, 0, 0, 0 FROM old`,
    );
    const left = async () => {
      const text = "SELECT (SELECT count(*)::int FROM reply) AS replies, (SELECT count(*)::int FROM commit) AS commits";
      return (await query(database.url, text))[0] as { replies: number; commits: number };
    };
    const all = await left();
    const without = (gone: number) => ({ replies: all.replies - gone, commits: all.commits - gone });
    const before = 21_000;

    expect(await store.prune(before, 15)).toBe(30);
    expect(await left()).toEqual(without(15));
    expect(await store.prune(before, 15)).toBe(10);
    expect(await left()).toEqual(without(20));
    expect(await store.prune(before, 15)).toBe(0);
  });
});

describe("one actor's detail", () => {
  test("is null when it was never stored", async () => {
    expect(await store.detail({ type: "detail", keyText: "never" })).toBeNull();
  });

  test("has defaults for an actor without commits", async () => {
    const [id] = await allocated(addresses("detail", "new"), AT);
    expect(await store.detail({ type: "detail", keyText: "new" })).toEqual({
      id,
      type: "detail",
      keyText: "new",
      head: 0,
      createdAt: AT,
      lastActiveAt: AT,
      state: null,
      stateBytes: 0,
      lastChange: null,
      seq: 0,
      begins: 1,
      batch: null,
    });
  });

  test("has the state, its last change, and the position of its commit", async () => {
    const [id] = (await allocated(addresses("detail", "one"), AT)) as [ActorId];
    const number = await commit([firstState(id, '{"a":"é"}')]);
    expect(await store.detail({ type: "detail", keyText: "one" })).toMatchObject({
      head: 1,
      state: { a: "é" },
      stateBytes: 10,
      lastChange,
      batch: { lane: 0, number },
    });
  });
});

describe("a list of actors", () => {
  const newest: ListOrder = { by: "active", descending: true };
  const everything = { type: "list", keyPart: undefined, except: [], order: newest, after: undefined, limit: 200 };
  const keys = async (request: Partial<ListRequest>) =>
    (await store.list({ ...everything, ...request })).rows.map((actor) => actor.keyText);
  let ids: Record<string, ActorId>;

  beforeAll(async () => {
    const names = ["oldest", "United~20Kingdom:1", "a_b", "a~25b", "newest"];
    const given = await allocated(addresses("list", ...names), AT);
    await allocated(addresses("another-list", "stranger"), AT + 10);
    ids = Object.fromEntries(names.map((name, i) => [name, given[i] as ActorId]));
    await store.touch(given.map((id, i) => ({ id, lastActiveAt: AT + i })));
  });

  test("starts with the newest activity, and has a summary of each actor", async () => {
    expect(await keys({})).toEqual(["newest", "a~25b", "a_b", "United~20Kingdom:1", "oldest"]);
    expect((await store.list({ ...everything, limit: 1 })).rows[0]).toEqual({
      id: ids.newest,
      type: "list",
      keyText: "newest",
      head: 0,
      createdAt: AT,
      lastActiveAt: AT + 4,
    });
  });

  test("has actors of all types, or of one", async () => {
    expect(
      await keys({ type: undefined, limit: 2, after: { by: "active", lastActiveAt: AT + 11, id: 0 as ActorId } }),
    ).toEqual(["stranger", "newest"]);
    expect(await keys({ type: "no-such" })).toEqual([]);
  });

  test.each([
    ["kingdom:1", ["United~20Kingdom:1"]],
    ["united~20k", ["United~20Kingdom:1"]],
    ["est", ["newest", "oldest"]],
    ["ne", ["newest"]],
    ["1", ["United~20Kingdom:1"]],
    ["st", []],
    ["a_b", ["a_b"]],
    ["%", []],
    ["a.b", []],
  ])(
    "can be searched by a part of the key, one or two letters only at the start of a segment: %s",
    async (keyPart, found) => {
      expect(await keys({ keyPart })).toEqual(found);
    },
  );

  test("can exclude actors", async () => {
    const some = [ids.oldest, ids.a_b] as ActorId[];
    expect(await keys({ except: some })).toEqual(["newest", "a~25b", "United~20Kingdom:1"]);
  });

  test.each<[ListOrder["by"], (id: ActorId, keyText: string) => ListCursor, string[]]>([
    [
      "active",
      (id) => ({ by: "active", lastActiveAt: AT + 2, id }),
      ["oldest", "United~20Kingdom:1", "a_b", "a~25b", "newest"],
    ],
    ["created", (id) => ({ by: "created", id }), ["United~20Kingdom:1", "a_b", "a~25b", "newest", "oldest"]],
    [
      "key",
      (_, keyText) => ({ by: "key", keyText, type: "list" }),
      ["United~20Kingdom:1", "a_b", "a~25b", "newest", "oldest"],
    ],
  ])("can be sorted by %s, in both directions, and continues after an actor", async (by, cursor, sorted) => {
    const [up, down] = [false, true].map((descending): ListOrder => ({ by, descending })) as [ListOrder, ListOrder];
    expect(await keys({ order: up })).toEqual(sorted);
    expect(await keys({ order: down })).toEqual(sorted.toReversed());
    const at = sorted.indexOf("a_b");
    const after = cursor(ids.a_b as ActorId, "a_b");
    expect(await keys({ order: up, after })).toEqual(sorted.slice(at + 1));
    expect(await keys({ order: down, after })).toEqual(sorted.slice(0, at).toReversed());
    expect(await keys({ order: up, after, type: undefined, keyPart: "est" })).toEqual(
      sorted.slice(at + 1).filter((key) => key.endsWith("est")),
    );
  });

  test("counts the matches of a search by type, up to a limit", async () => {
    const count = async (part: string, limit: number) => Object.fromEntries(await store.countFound(part, limit));
    expect(await count("est", 10)).toEqual({ list: 2 });
    expect(await count("stran", 10)).toEqual({ "another-list": 1 });
    expect(await count("no-such", 10)).toEqual({});
    expect(await count("est", 1)).toEqual({ list: 1 });
  });

  test("stops a search with many matches at a bound when few of them are near, and continues from there", async () => {
    await query(
      database.url,
      `INSERT INTO actor (type, key, created_at, last_active_at)
       SELECT 'haystack', CASE n WHEN 25000 THEN 'needle' ELSE 'n' || n END, now(), to_timestamp(1e9 - n)
       FROM generate_series(1, 30000) n
       UNION ALL SELECT 'pins', 'needle' || n, now(), to_timestamp(1e9) FROM generate_series(1, 6000) n`,
    );
    const search = { ...everything, type: "haystack", keyPart: "needle" };
    const first = await store.list(search);
    expect(first).toMatchObject({ rows: [], reached: { keyText: "n20000" } });
    const { id, lastActiveAt } = first.reached as StoredSummary;
    const second = await store.list({ ...search, after: { by: "active", lastActiveAt, id } });
    expect(second).toMatchObject({ rows: [{ keyText: "needle" }], reached: null });
    expect(await keys({ ...search, keyPart: "n24999" })).toEqual(["n24999"]);
    expect(await keys({ ...search, type: "pins", limit: 2 })).toEqual(["needle6000", "needle5999"]);
  });

  test("moves an actor to the front after activity", async () => {
    await store.touch([{ id: ids.a_b as ActorId, lastActiveAt: AT + 5 }]);
    expect(await keys({ limit: 2 })).toEqual(["a_b", "newest"]);
    await store.touch([{ id: ids.a_b as ActorId, lastActiveAt: AT + 2 }]);
  });

  test.each([1, 37, 100, 200, 500])("has each of 500 actors with the same time once, in pages of %i", async (limit) => {
    const type = "crowd";
    await allocated(addresses(type, ...Array.from({ length: 500 }, (_, i) => `k${i}`)), AT);
    const seen: string[] = [];
    let after: ListRequest["after"];
    for (;;) {
      const { rows: page } = await store.list({ ...everything, type, after, limit });
      const last = page.at(-1);
      if (last === undefined) break;
      seen.push(...page.map((actor) => actor.keyText));
      after = { by: "active", lastActiveAt: last.lastActiveAt, id: last.id };
    }
    expect(seen).toHaveLength(500);
    expect(new Set(seen).size).toBe(500);
  });
});

test("summaries come in the requested order, null for unknown actors", async () => {
  const [one, two] = (await allocated(addresses("summaries", "one", "two"), AT)) as [ActorId, ActorId];
  await commit([firstState(one, "{}")]);
  expect(await store.summaries(addresses("summaries", "two", "never", "one", "two"))).toEqual([
    expect.objectContaining({ id: two, keyText: "two", head: 0 }),
    null,
    expect.objectContaining({ id: one, keyText: "one", head: 1 }),
    expect.objectContaining({ id: two }),
  ]);
});

test("actors are counted by type, also without commits", async () => {
  await allocated([...addresses("count-a", "1", "2", "3"), ...addresses("count-b", "1")], AT);
  const counts = await store.countByType();
  expect([counts.get("count-a"), counts.get("count-b"), counts.get("count-c")]).toEqual([3, 1, undefined]);
});

test("a claim knows the newest actor, even if it was erased", async () => {
  const [older, newest] = (await allocated(addresses("newest", "a", "b"), AT)) as [ActorId, ActorId];
  const claim = await takeOver();
  expect(claim.newestActor).toBe(newest);
  expect(await store.erase(claim, { type: "newest", keyText: "b" }, AT)).toBe("erased");
  expect((await takeOver()).newestActor).toBe(newest);
  expect(older).toBeLessThan(newest);
});

test("matching actors are counted between two ids, without excluded ones", async () => {
  const ids = await allocated(addresses("made", "a1", "b1", "b2", "b3", "b4"), AT);
  const [after, until] = [ids[0] as number, ids[3] as number];
  const count = (fits: Partial<CountFilter>, to = until, except: Address[] = []) =>
    store.countCreated({ type: "made", keyPart: undefined, limit: 100, ...fits }, { after, until: to }, except);
  expect(await count({})).toBe(3);
  expect(await count({ limit: 2 })).toBe(2);
  expect(await count({ keyPart: "b" })).toBe(3);
  expect(await count({ keyPart: "b2" })).toBe(1);
  expect(await count({ type: "other" })).toBe(0);
  expect(await count({}, until, addresses("made", "b2"))).toBe(2);
  expect(await count({}, after)).toBe(0);
});

describe("a database that cannot be reached", () => {
  let proxy: PostgresProxy;
  let remote: Store;

  beforeEach(async () => {
    proxy = await PostgresProxy.open(database.url);
    remote = await openStore(proxy.url, log);
    return async () => {
      await remote.close();
      await proxy.close();
    };
  });

  const claim: Claim = { owner: randomUUID(), epoch: 1, batches: [0, 0], lastMailSeq: 0, clean: true, newestActor: 0 };
  const one = { type: "note", keyText: "one" };
  const id = 1 as ActorId;
  const order: ListOrder = { by: "active", descending: true };
  const request = { type: "list", keyPart: undefined, except: [], order, after: undefined, limit: 1 };

  test.each<[name: keyof Store, operation: (store: Store) => Promise<unknown>]>([
    ["claim", (s) => s.claim({ owner: claim.owner, location: "" }, 2, MINUTE, true)],
    ["heartbeat", (s) => s.heartbeat(claim, MINUTE)],
    ["release", (s) => s.release(claim)],
    ["load", (s) => s.load([one])],
    ["allocate", (s) => s.allocate([one], AT)],
    ["storedReplies", (s) => s.storedReplies([{ id, idempotencyKey: "k" }])],
    ["touch", (s) => s.touch([{ id, lastActiveAt: AT }])],
    ["prune", (s) => s.prune(0, 1)],
    ["detail", (s) => s.detail(one)],
    ["list", (s) => s.list(request)],
    ["summaries", (s) => s.summaries([one])],
    ["everyActor", (s) => s.everyActor(1)],
    ["countFound", (s) => s.countFound("a", 1)],
    ["countByType", (s) => s.countByType()],
    ["countCreated", (s) => s.countCreated(request, { after: 0, until: 1 }, [])],
    ["ping", (s) => s.ping()],
  ])("is reported by %s, which works again once the database is back", async (_, operation) => {
    proxy.down();
    await expect(operation(remote)).rejects.toMatchObject({ name: "StoreUnavailable" });
    proxy.up();
    await expect(operation(remote)).resolves.not.toThrow();
  });

  test("is reported when a store is opened on it", async () => {
    const url = new URL(database.url);
    url.searchParams.set("host", "/nowhere");
    await expect(openStore(url.href, log)).rejects.toMatchObject({ name: "StoreUnavailable" });
  });

  test("is not reported for a value that the database refused", async () => {
    const refused = store.load(addresses("note", "\u0000"));
    await expect(refused).rejects.toMatchObject({ name: "error", code: "22021" });
  });
});
