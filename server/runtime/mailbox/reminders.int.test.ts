import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { defineActor } from "../../core/define/define.ts";
import type { When } from "../../core/turn/outbox.ts";
import { createLog } from "../../process/log.ts";
import { openStore } from "../../store/postgres.ts";
import { useDatabase } from "../../testing/database/database.ts";
import { query } from "../../testing/database/sql.ts";
import { eventually } from "../../testing/eventually.ts";
import { Succession } from "../../testing/runtime/succession.ts";
import { VirtualClock } from "../../testing/virtual-clock.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOON = Date.parse("2026-01-01T12:00:00Z");
const when = z.union([z.object({ at: z.string() }), z.object({ after: z.string() }), z.object({ every: z.string() })]);

/** Records which reminders it got, and when. */
const Bell = defineActor({
  type: "bell",
  key: ["id"],
  persistence: "journal",
  state: z.object({ rang: z.array(z.string()) }),
  initial: () => ({ rang: [] as string[] }),
  commands: {
    set: z.object({ name: z.string(), when, what: z.string().optional() }),
    cancel: z.object({ name: z.string() }),
    ring: z.object({ what: z.string() }),
  },
  queries: {},
  on: {
    set: (c, { name, when, what }) => c.remind(name, when as When, "ring", { what: what ?? name }),
    cancel: (c, { name }) => c.cancelReminder(name),
    ring(c, { what }) {
      c.state.rang.push(`${what} ${c.now.slice(5, 16)}`);
    },
  },
  passivateAfter: "30m",
});

const database = useDatabase();
let clock: VirtualClock;
let nodes: Succession;

beforeEach(async () => {
  await query(database.url, "TRUNCATE actor, entry, checkpoint, mailbox, dead_letter, reminder");
  await begin(NOON);
});
afterEach(() => nodes.stop());

/** Starts the first of several nodes, at a time. */
async function begin(now: number): Promise<void> {
  clock = new VirtualClock(now);
  nodes = new Succession({ open: () => openStore(database.url, createLog("silent")), types: [Bell], clock });
  await nodes.start();
}

const ask = (command: string, payload: object) => nodes.runtime.ask({ type: "bell", keyText: "1", command, payload });
const set = (name: string, when: When, what?: string) => ask("set", { name, when, ...(what ? { what } : {}) });
const rang = async () =>
  ((await nodes.runtime.inspector.actor({ type: "bell", keyText: "1" })).state as { rang: string[] }).rang;
const rows = (table: string) => query(database.url, `SELECT * FROM ${table}`);

/** Advances the clock from each due time to the next, and waits until everything has run. */
async function pass(ms: number): Promise<void> {
  const end = clock.now() + ms;
  while (clock.now() < end) {
    const [{ at } = {}] = await query(database.url, "SELECT extract(epoch FROM min(at)) * 1000 AS at FROM reminder");
    const next = at === null ? end : Math.max(Number(at), clock.now() + 100);
    clock.skip(Math.min(next, end) - clock.now());
    await eventually(async () => {
      const due = "SELECT FROM reminder WHERE at <= to_timestamp($1::float8 / 1000)";
      const left = [...(await query(database.url, due, [clock.now()])), ...(await rows("mailbox"))];
      if (left.length > 0) clock.advance(100);
      expect(left).toEqual([]);
    });
  }
}

describe("a reminder", () => {
  test("fires at its time, after a delay, or repeatedly: over days, each once", async () => {
    await set("at", { at: "2026-01-03T09:00:00Z" });
    await set("after", { after: "2d" });
    await set("every", { every: "1d" });
    await pass(DAY - 1_000);
    expect(await rang()).toEqual([]);
    await pass(4 * DAY);
    expect(await rang()).toEqual([
      "every 01-02T12:00",
      "at 01-03T09:00",
      expect.stringMatching(/^(every|after) 01-03T12:00$/),
      expect.stringMatching(/^(every|after) 01-03T12:00$/),
      "every 01-04T12:00",
      "every 01-05T12:00",
    ]);
    expect(await rows("reminder")).toMatchObject([{ name: "every" }]);
  });

  test("replaces one of the same name", async () => {
    await set("r", { after: "1h" }, "first");
    await set("r", { after: "2h" }, "second");
    await pass(HOUR);
    expect(await rang()).toEqual([]);
    await pass(HOUR);
    expect(await rang()).toEqual(["second 01-01T14:00"]);
    await pass(DAY);
    expect(await rang()).toHaveLength(1);
  });

  test("with a time in the past fires at once", async () => {
    await set("late", { at: "2020-01-01T00:00:00Z" });
    await pass(100);
    expect(await rang()).toEqual(["late 01-01T12:00"]);
  });

  test("loads an actor that is not in memory", async () => {
    await set("r", { after: "3h" });
    await pass(HOUR);
    // Reading its reminders loads no actor.
    expect(await nodes.runtime.mail.reminders({ type: "bell", keyText: "1" })).toMatchObject([{ name: "r" }]);
    expect(await nodes.runtime.mail.mailbox({ type: "bell", keyText: "1" }, { cursor: 0, limit: 10 })).toMatchObject({
      depth: 0,
    });
    expect(await nodes.runtime.mail.deadLetters({ type: "bell", key: "1", limit: 10 })).toMatchObject({ items: [] });
    expect((await nodes.runtime.inspector.actor({ type: "bell", keyText: "1" })).lifecycle).toBe("passivated");
    await pass(2 * HOUR);
    expect(await rang()).toEqual(["r 01-01T15:00"]);
  });
});

describe("a cancelled reminder", () => {
  test("does not fire, whether single or repeating", async () => {
    await set("once", { after: "1h" });
    await set("often", { every: "1h" });
    await pass(HOUR);
    expect(await rang()).toHaveLength(2);
    await set("once", { after: "1h" });
    await ask("cancel", { name: "once" });
    await ask("cancel", { name: "often" });
    await pass(DAY);
    expect(await rang()).toHaveLength(2);
    expect(await rows("reminder")).toEqual([]);
  });

  test("that is due either fires before that or not at all, and leaves nothing behind", async () => {
    for (let i = 0; i < 30; i++) {
      await set("often", { every: "1m" }, `${i}`);
      const before = (await rang()).length;
      clock.advance(60_000);
      const cancelled = ask("cancel", { name: "often" });
      await cancelled;
      await pass(10 * 60_000);
      expect((await rang()).length - before).toBeLessThanOrEqual(1);
      expect(await rows("reminder")).toEqual([]);
    }
  });
});

describe("a clock", () => {
  test("that is set forward fires each due reminder once, and then at its interval", async () => {
    await set("once", { after: "1h" });
    await set("often", { every: "1h" });
    clock.set(NOON + 5 * HOUR + 30 * 60_000);
    await pass(100);
    expect((await rang()).sort()).toEqual(["often 01-01T17:30", "once 01-01T17:30"]);
    await pass(HOUR);
    expect(await rang()).toHaveLength(3);
    expect((await rang()).at(-1)).toBe("often 01-01T18:00");
    expect((await nodes.runtime.mail.reminders({ type: "bell", keyText: "1" }))[0]?.at).toBe(
      "2026-01-01T19:00:00.000Z",
    );
  });

  test("that is set back fires nothing a second time", async () => {
    await set("once", { after: "1h" });
    await set("often", { every: "1h" });
    await pass(HOUR);
    expect(await rang()).toHaveLength(2);
    clock.set(NOON - DAY);
    await pass(DAY);
    expect(await rang()).toHaveLength(2);
    await pass(2 * HOUR);
    expect(await rang()).toHaveLength(3);
    expect((await rang()).at(-1)).toMatch(/^often/);
  });
});

describe("after a time without a server", () => {
  test("a repeating reminder fires once, and then at its interval", async () => {
    await set("often", { every: "1h" });
    await set("once", { after: "2h" });
    await nodes.stop();
    await begin(NOON + 3 * DAY + 10 * 60_000);
    await pass(100);
    expect((await rang()).sort()).toEqual(["often 01-04T12:10", "once 01-04T12:10"]);
    await pass(45 * 60_000);
    expect(await rang()).toHaveLength(2);
    await pass(5 * 60_000);
    expect(await rang()).toHaveLength(3);
    await pass(HOUR);
    expect(await rang()).toHaveLength(4);
  });

  test("a restart between its message and its turn fires it all the same, once", async () => {
    for (let i = 0; i < 10; i++) await set(`r${i}`, { after: "1h" });
    await set("often", { every: "1h" });
    clock.advance(HOUR);
    // The next node takes over while they fire, wait in the mailbox, or have run.
    await eventually(async () => {
      clock.advance(100);
      expect((await rows("reminder")).length).toBeLessThan(11);
    });
    await nodes.start();
    await pass(100);
    await nodes.start();
    await pass(100);
    expect((await rang()).map((text) => text.split(" ")[0]).sort()).toEqual([
      "often",
      ...Array.from({ length: 10 }, (_, i) => `r${i}`),
    ]);
  });
});
