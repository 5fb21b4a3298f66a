import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createLog } from "../process/log.ts";
import type { ActivityEvent } from "../protocol/activity.ts";
import { type Frame, MAX_FRAME_ENTRIES, type Position } from "../protocol/stream.ts";
import type { Runtime, StreamRoom } from "../runtime/api.ts";
import type { Store } from "../runtime/ports/store.ts";
import type { RunningRuntime } from "../runtime/runtime.ts";
import { systemClock } from "../runtime/shared/system-clock.ts";
import { openStore } from "../store/postgres.ts";
import { useDatabase } from "../testing/database/database.ts";
import { query } from "../testing/database/sql.ts";
import { eventually } from "../testing/eventually.ts";
import { startNode, startStandby } from "../testing/runtime/node.ts";
import { ledgerType, World } from "../testing/types/ledger.ts";
import { Note } from "../testing/types/note.ts";
import { Hub, type Reader } from "./hub.ts";
import { StreamView } from "./stream-view.ts";

const database = useDatabase();
const types = [Note, ledgerType(new World())];
let store: Store;
let runtime: RunningRuntime;
let stopped: (() => Promise<void>)[];

beforeEach(async () => {
  await query(database.url, "TRUNCATE actor, durable_state, entry, checkpoint, reply, mailbox, dead_letter");
  store = await openStore(database.url, createLog("silent"));
  ({ runtime } = await startNode({ store, types }));
  stopped = [];
});

afterEach(async () => {
  for (const stop of stopped) await stop();
  await runtime.stop();
  await store.close();
});

/** Reads as a browser does: what does not follow from where it stands it asks for again, from there on. */
class Follower {
  readonly told: ActivityEvent[] = [];
  readonly absences: Frame["activity"][] = [];
  position: Position | null = null;
  omitted = 0;
  isSlow = false;
  readonly #hub: Hub;
  readonly #inspector: Runtime["inspector"];
  readonly #room: StreamRoom;
  #reader: Reader | undefined;

  constructor({ hub, inspector }: { hub: Hub; inspector: Runtime["inspector"] }, room: Partial<StreamRoom> = {}) {
    this.#hub = hub;
    this.#inspector = inspector;
    this.#room = { kind: "stream", ...room };
    stopped.push(async () => this.leave());
  }

  async watch(): Promise<void> {
    this.leave();
    const reader: Reader = {
      id: "r",
      view: new StreamView(this.#inspector, this.#room),
      send: (frame) => this.#take(reader, frame),
      canTake: () => !this.isSlow,
    };
    this.#reader = reader;
    await this.#hub.join(reader, this.position);
  }

  leave(): void {
    if (this.#reader !== undefined) this.#hub.leave(this.#reader);
    this.#reader = undefined;
  }

  #take(reader: Reader, { from, position, activity }: Frame): void {
    if (reader !== this.#reader) return;
    if (from !== null && JSON.stringify(from) !== JSON.stringify(this.position)) return void this.watch();
    this.position = position;
    this.told.push(...(activity?.items ?? []));
    this.omitted += activity?.omitted ?? 0;
    if (activity?.gap != null) this.absences.push(activity);
  }

  /** The seqs that were told of a ledger, in the order told. */
  seqs(keyText: string): (number | null)[] {
    return this.told
      .filter((row) => row.type === "ledger" && row.keyText === keyText && row.head !== null)
      .map((row) => row.head);
  }
}

const hubOf = (of: Runtime) => ({ hub: new Hub(of, systemClock), inspector: of.inspector });
const add = (key: string, of: Runtime = runtime) =>
  of.ask({ type: "ledger", keyText: key, command: "add", payload: { amount: 1 } });
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

describe("who watches all that happens", () => {
  test("hears of lives, entries, changed states and what is given up, as it happens", async () => {
    const follower = new Follower(hubOf(runtime));
    await follower.watch();
    await add("a");
    await runtime.ask({ type: "note", keyText: "n", command: "write", payload: { text: "x" } });
    await runtime.tell({ type: "note", keyText: "n", command: "refuse", payload: { reason: "never" } });
    await eventually(() => expect(follower.told.map(({ kind }) => kind)).toContain("dead_letter"));
    const lines = follower.told.map(({ kind, type, keyText, head, name, text, lifecycle }) =>
      [kind, type, keyText, head, name, lifecycle ?? text].join(" "),
    );
    expect(lines).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^life ledger a {2}.*activating$/),
        "turn ledger a 1 add the whole state → 1",
        "state note n 1 write the whole state",
        expect.stringMatching(/^dead_letter note n 1 refuse attempt 1: .*never/),
      ]),
    );
    expect(new Set(follower.told.map(({ id }) => id)).size).toBe(follower.told.length);
  });

  test("hears of one type, actor or kind only where that is asked for", async () => {
    const { hub, inspector } = hubOf(runtime);
    const turns = new Follower({ hub, inspector }, { kinds: ["turn"] });
    const one = new Follower({ hub, inspector }, { type: "ledger", keyText: "b" });
    await Promise.all([turns.watch(), one.watch()]);
    await add("a");
    await add("b");
    await eventually(() => expect(turns.told).toHaveLength(2));
    await eventually(() => expect(one.seqs("b")).toEqual([1]));
    expect(new Set(turns.told.map(({ kind }) => kind))).toEqual(new Set(["turn"]));
    expect(new Set(one.told.map(({ keyText }) => keyText))).toEqual(new Set(["b"]));
  });

  test("and was away is told what was committed meanwhile, each entry once, and what is not kept", async () => {
    const hub = hubOf(runtime);
    const follower = new Follower(hub);
    await follower.watch();
    await add("a");
    await eventually(() => expect(follower.seqs("a")).toEqual([1]));
    follower.leave();
    for (let i = 0; i < 30; i++) await add("a");
    await runtime.ask({ type: "note", keyText: "n", command: "write", payload: { text: "x" } });
    await runtime.tell({ type: "note", keyText: "n", command: "refuse", payload: { reason: "never" } });
    await eventually(async () => expect((await runtime.mail.deadLetterGroups()).length).toBe(1));
    await follower.watch();
    await add("a");
    await eventually(() => expect(follower.seqs("a")).toEqual(upTo(32)));
    expect(follower.told.filter(({ kind }) => kind === "dead_letter")).toHaveLength(1);
    expect(follower.absences).toMatchObject([{ omitted: 0, gap: { states: 1, isMore: false } }]);
  });

  test("who comes anew begins with the newest that the store has", async () => {
    for (let i = 0; i < 5; i++) await add("a");
    const follower = new Follower(hubOf(runtime));
    await follower.watch();
    expect(follower.seqs("a")).toEqual(upTo(5));
    expect(follower.absences).toEqual([]);
  });

  test("but cannot keep up gets few frames with the newest of all, and how much else there was", async () => {
    const follower = new Follower(hubOf(runtime), { kinds: ["turn"] });
    await follower.watch();
    follower.isSlow = true;
    const count = MAX_FRAME_ENTRIES * 2 + 50;
    await Promise.all(upTo(count).map(() => add("a")));
    expect(follower.told).toEqual([]);
    follower.isSlow = false;
    await eventually(() => expect(follower.told).toHaveLength(MAX_FRAME_ENTRIES));
    expect(follower.seqs("a")).toEqual(upTo(count).slice(-MAX_FRAME_ENTRIES));
    expect(follower.omitted).toBe(count - MAX_FRAME_ENTRIES);
  });

  test("at a standby hears each entry once, before and after it takes over", async () => {
    const standby = await startStandby({ store, types });
    const follower = new Follower(hubOf(standby), { kinds: ["turn"] });
    await follower.watch();
    for (let i = 0; i < 10; i++) await add("a");
    await eventually(() => expect(follower.seqs("a")).toEqual(upTo(10)));
    for (let i = 0; i < 10; i++) await add("a");
    await runtime.stop();
    runtime = standby;
    await eventually(() => add("a", standby));
    for (let i = 0; i < 9; i++) await add("a", standby);
    await eventually(() => expect(follower.seqs("a").length).toBe(30));
    expect(follower.seqs("a")).toEqual(upTo(30));
  });
});
