import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { Replay } from "../../core/replay/replay.ts";
import { namedKey } from "../../core/turn/turn.ts";
import { createLog } from "../../process/log.ts";
import type { CommandReply } from "../../protocol/commands.ts";
import { emptyHead, fold } from "../../protocol/fold.ts";
import type { Entry, EntryBody, TurnEntry } from "../../protocol/journal.ts";
import { openStore } from "../../store/postgres.ts";
import { useDatabase } from "../../testing/database/database.ts";
import { query } from "../../testing/database/sql.ts";
import { eventually } from "../../testing/eventually.ts";
import { Succession } from "../../testing/runtime/succession.ts";
import { ledgerType, World } from "../../testing/types/ledger.ts";
import { VirtualClock } from "../../testing/virtual-clock.ts";

const MINUTE = 60_000;
const ACTORS = ["a", "b", "c"];
/** Errors after which nothing was done or the outcome is unknown: callers ask again under the same key. */
const AGAIN = new Set(["timeout", "fenced", "unavailable", "overloaded"]);

const database = useDatabase();
let world: World;
let clock: VirtualClock;
let nodes: Succession;
/** Effects do not return while it is set. */
let stuck: boolean;

beforeAll(() => {
  clock = new VirtualClock();
  world = new World();
  nodes = new Succession({
    open: () => openStore(database.url, createLog("silent")),
    types: [ledgerType(world, 5)],
    clock,
  });
  return nodes.start();
});
beforeEach(() => {
  stuck = false;
  const failures = new Map<string, number>();
  // An effect's name sets its outcome: `3` returns 3, `2x3` fails twice before, `none` always fails.
  world.answer = (name, { idempotencyKey }) => {
    if (stuck) return new Promise(() => undefined);
    const failed = failures.get(idempotencyKey) ?? 0;
    const [times, value] = name === "none" ? [Number.POSITIVE_INFINITY, ""] : name.split("x");
    failures.set(idempotencyKey, failed + 1);
    if (value === undefined) return Number(times);
    if (failed < Number(times)) throw new Error("no line");
    return Number(value);
  };
});
afterAll(() => passing(nodes.stop()));

/** Advances the clock a little with every turn of the event loop until `coming` settles. */
async function passing<T>(coming: Promise<T>): Promise<T> {
  let come = false;
  void coming
    .catch(() => undefined)
    .finally(() => {
      come = true;
    });
  while (!come) {
    clock.advance(50);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return coming;
}

type Step =
  | { kind: "send"; actor: string; command: string; payload: object }
  | { kind: "settle" | "passivate" | "crash" | "crash in an effect" | "restart" }
  | { kind: "damage"; actor: string };

const actor = fc.constantFrom(...ACTORS);
const effectName = fc.oneof(
  { weight: 4, arbitrary: fc.nat(9).map(String) },
  { weight: 2, arbitrary: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.nat(9)).map(([times, n]) => `${times}x${n}`) },
  { weight: 1, arbitrary: fc.constant("none") },
);
const send = fc.oneof(
  { weight: 4, arbitrary: fc.record({ command: fc.constant("add"), payload: fc.record({ amount: fc.nat(9) }) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      command: fc.constant("ask"),
      payload: fc.record({
        names: fc.array(effectName, { minLength: 1, maxLength: 3 }),
        attempts: fc.integer({ min: 1, max: 3 }),
      }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ command: fc.constantFrom("refuse", "crash"), payload: fc.constant({}) }) },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.tuple(actor, send).map(([actor, message]) => ({ kind: "send" as const, actor, ...message })),
  },
  { weight: 2, arbitrary: fc.constant({ kind: "settle" as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: "passivate" as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: "crash" as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: "crash in an effect" as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: "restart" as const }) },
  { weight: 2, arbitrary: actor.map((actor) => ({ kind: "damage" as const, actor })) },
);

type Sent = { actor: string; key: string; command: string; outcome: Promise<CommandReply | string> };

/** One history of three actors, with what their senders received. */
class History {
  readonly #name: string;
  readonly #sent: Sent[] = [];

  constructor(name: string) {
    this.#name = name;
  }

  keyOf(actor: string): string {
    return `${this.#name}-${actor}`;
  }

  /** The outcome of every message: its answer, or the code of its refusal. */
  outcomes() {
    return Promise.all(this.#sent.map(async ({ outcome, ...sent }) => ({ ...sent, outcome: await outcome })));
  }

  async take(step: Step): Promise<void> {
    switch (step.kind) {
      case "send":
        return this.#send(step.actor, step.command, step.payload);
      case "settle":
        return void (await passing(this.outcomes()));
      case "passivate":
        await passing(this.outcomes());
        clock.skip(36 * MINUTE);
        return;
      case "crash":
        return nodes.start();
      case "crash in an effect":
        return this.#crashInAnEffect();
      case "restart":
        await passing(this.outcomes());
        return passing(nodes.restart());
      default:
        return this.#damage(step.actor);
    }
  }

  #send(actor: string, command: string, payload: object): void {
    const key = `k${this.#sent.length}`;
    this.#sent.push({ actor, key, command, outcome: this.#ask(actor, command, payload, key) });
  }

  /** Asks, and repeats the ask under the same key as long as the outcome is unknown. */
  async #ask(actor: string, command: string, payload: object, idempotencyKey: string): Promise<CommandReply | string> {
    for (;;) {
      try {
        return await nodes.runtime.ask({
          type: "ledger",
          keyText: this.keyOf(actor),
          command,
          payload,
          idempotencyKey,
        });
      } catch (error) {
        const { code } = error as { code: string };
        if (!AGAIN.has(code)) return code;
        await clock.sleep(100);
      }
    }
  }

  async #crashInAnEffect(): Promise<void> {
    await passing(this.outcomes());
    stuck = true;
    const before = world.calls.length;
    this.#send("a", "ask", { names: ["7", "1"], attempts: 2 });
    await eventually(() => expect(world.calls.length).toBeGreaterThan(before));
    stuck = false;
    await nodes.start();
  }

  /** Damages the newest checkpoint of an actor, whether it is in memory or not. */
  async #damage(actor: string): Promise<void> {
    await query(
      database.url,
      `UPDATE checkpoint SET state = '{"total":-1,"notes":[]}' WHERE (actor_id, seq) = (
         SELECT actor_id, max(seq) FROM checkpoint JOIN actor ON id = actor_id WHERE key = $1 GROUP BY actor_id)`,
      [this.keyOf(actor)],
    );
  }

  async journal(actor: string): Promise<Entry[]> {
    const text = "SELECT seq::int, body FROM actor JOIN entry ON actor_id = id WHERE key = $1 ORDER BY seq";
    const rows = await query(database.url, text, [this.keyOf(actor)]);
    return rows.map((row) => ({ seq: row.seq as number, at: 0, body: row.body as EntryBody }));
  }
}

const Ledger = ledgerType(new World());

/** A ledger with a changed rule: it adds one to amounts above five. */
const changed = {
  ...Ledger,
  handlers: new Map([
    ...Ledger.handlers,
    [
      "add",
      (c: { state: { total: number } }, { amount }: { amount: number }) => {
        c.state.total += amount > 5 ? amount + 1 : amount;
        return c.state.total;
      },
    ],
  ]),
};

function divergences(type: typeof Ledger | typeof changed, entries: readonly Entry[]) {
  const replay = new Replay(type as typeof Ledger, namedKey(Ledger, ["any"]));
  return entries.flatMap((entry) => replay.next(entry) ?? []);
}

const turnsOf = (entries: readonly Entry[]) => entries.flatMap(({ body }) => (body.kind === "turn" ? [body] : []));

/** The idempotency key of a turn's message. */
function keyOf(entries: readonly Entry[], turn: TurnEntry): string | undefined {
  const received = entries.find(({ body }) => body.kind === "received" && body.messageId === turn.messageId);
  return (turn.message ?? (received?.body.kind === "received" ? received.body.message : undefined))?.idempotencyKey;
}

/** The invariants of every history, for one of its actors. */
async function expectTrue(history: History, actor: string): Promise<void> {
  const entries = await history.journal(actor);
  expect(entries.map((entry) => entry.seq)).toEqual(entries.map((_, i) => i + 1));

  // Every message was processed once, or failed as its sender was informed.
  const sent = (await history.outcomes()).filter((one) => one.actor === actor);
  const answered = new Map(sent.flatMap(({ key, outcome }) => (typeof outcome === "string" ? [] : [[key, outcome]])));
  const processed = turnsOf(entries).map((turn) => [keyOf(entries, turn), turn.reply]);
  expect(new Map(processed as [string, unknown][])).toEqual(
    new Map([...answered].map(([key, { reply }]) => [key, reply])),
  );
  expect(processed).toHaveLength(answered.size);

  // The live state, the stored state, a pure fold and the recovered state are equal.
  const { state, open } = fold(emptyHead(0), structuredClone(entries));
  expect(open).toBeNull();
  if (entries.length > 0) {
    const detail = await nodes.runtime.inspector.actor({ type: "ledger", keyText: history.keyOf(actor) });
    expect(detail.state).toEqual(state ?? null);
  }
  const total = await passing(
    nodes.runtime.query({ type: "ledger", keyText: history.keyOf(actor), query: "total", payload: {} }),
  );
  expect(total).toBe((state as { total: number } | undefined)?.total ?? 0);

  // The same code replays without divergence. A changed rule diverges where it decides, and nowhere else.
  expect(divergences(Ledger, entries)).toEqual([]);
  const decided = entries.filter(
    ({ body }) =>
      body.kind === "turn" &&
      body.message?.command === "add" &&
      (body.message.payload as { amount: number }).amount > 5,
  );
  expect(divergences(changed, entries).map(({ seq }) => seq)).toEqual(decided.map(({ seq }) => seq));
}

let histories = 0;

test("in any order of events, recovered = live = pure fold, and every message was processed once", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40, size: "max" }), async (steps) => {
      const history = new History(`h${++histories}`);
      for (const one of steps) await history.take(one);
      await passing(history.outcomes());
      for (const actor of ACTORS) await expectTrue(history, actor);
      await nodes.start();
      for (const actor of ACTORS) await expectTrue(history, actor);
    }),
    { numRuns: 12, endOnFailure: true },
  );
}, 60_000);
