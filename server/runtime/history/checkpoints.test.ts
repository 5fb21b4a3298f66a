import { beforeEach, describe, expect, test } from "vitest";
import { createLog } from "../../process/log.ts";
import type { Json } from "../../protocol/journal.ts";
import { ledgerType, World } from "../../testing/types/ledger.ts";
import { Note } from "../../testing/types/note.ts";
import { VirtualClock } from "../../testing/virtual-clock.ts";
import { Actor } from "../actor/actor.ts";
import type { StagedTurn } from "../actor/staged-turn.ts";
import type { ActorId } from "../ports/ids.ts";
import type { CheckpointRow } from "../ports/past.ts";
import type { Store } from "../ports/store.ts";
import { checksum } from "../shared/digest.ts";
import { Events, type RuntimeEvent } from "../shared/events.ts";
import { Checkpoints } from "./checkpoints.ts";

const EVERY = 10;
const Ledger = ledgerType(new World(), EVERY);

let written: CheckpointRow[][];
let emitted: RuntimeEvent[];
let down: boolean;
let checkpoints: Checkpoints;
let clock: VirtualClock;

beforeEach(() => {
  [written, emitted, down] = [[], [], false];
  clock = new VirtualClock();
  const events = new Events();
  events.listen((event) => emitted.push(event));
  const writeCheckpoints = async (rows: readonly CheckpointRow[]) => {
    if (down) throw new Error("not now");
    written.push([...rows]);
  };
  const store = { writeCheckpoints } as Store;
  checkpoints = new Checkpoints({ store, clock, log: createLog("silent"), events });
});

let made = 0;

/** An actor at `head`, with its newest checkpoint at `checkpointSeq`. */
function ledger(head: number, checkpointSeq = 0): Actor {
  const id = `l${++made}`;
  const actor = new Actor(Ledger, [id], id, 0);
  Object.assign(actor, { id: made as ActorId, lifecycle: "active", head, checkpointSeq, storedVersion: 1 });
  actor.state = { total: head, notes: [] };
  actor.turnTime = head * 1_000;
  return actor;
}

/** A turn that brought the actor to its current head. */
function write(actor: Actor, overrides: Partial<StagedTurn> = {}): StagedTurn {
  const after: Json = actor.state ?? null;
  const message = { id: "m", command: "add", payload: {}, now: actor.turnTime };
  return {
    actor,
    before: null,
    after,
    expected: actor.head - 1,
    head: actor.head,
    bytes: null,
    entries: [],
    afterSeq: actor.head,
    message,
    turnTime: actor.turnTime,
    disposition: null,
    sends: [],
    reminders: [],
    answer: null,
    open: false,
    outputs: [],
    tasks: [],
    broken: false,
    ...overrides,
  };
}

/** The written checkpoints: the actor's key and the seq. */
const seqs = async () => {
  await checkpoints.flush();
  return written.flat().map(({ id, seq }) => [id, seq]);
};

describe("a checkpoint", () => {
  test("is taken after as many entries as the type says", async () => {
    const [early, due, later] = [ledger(EVERY - 1), ledger(EVERY), ledger(3 * EVERY, 2 * EVERY + 1)];
    for (const actor of [early, due, later]) checkpoints.after(write(actor));
    expect(await seqs()).toEqual([[due.id, EVERY]]);
    expect([early, due, later].map((actor) => actor.checkpointSeq)).toEqual([0, EVERY, 2 * EVERY + 1]);
  });

  test("holds the state, checksum, version and time, and emits an event when it is written", async () => {
    const actor = ledger(EVERY);
    checkpoints.after(write(actor));
    expect(emitted).toEqual([]);
    await checkpoints.flush();
    const state = JSON.stringify(actor.state);
    const at = clock.now();
    expect(written).toEqual([
      [
        {
          id: actor.id,
          seq: EVERY,
          state,
          checksum: checksum(state),
          version: 1,
          turnTime: 10_000,
          at,
          permanent: false,
        },
      ],
    ]);
    const actorAt = { type: "ledger", keyText: actor.keyText, seq: EVERY };
    expect(emitted).toEqual([
      { kind: "checkpoint", ...actorAt, bytes: state.length, version: 1, permanent: false, at },
    ]);
  });

  test("holds the state that was durable, not a later one", async () => {
    const actor = ledger(EVERY);
    const durable = write(actor);
    actor.state = { total: 999, notes: [] };
    checkpoints.after(durable);
    await checkpoints.flush();
    expect(written.flat()[0]?.state).toBe('{"total":10,"notes":[]}');
  });

  test("is permanent when it is the first after a thousand entries", async () => {
    for (const head of [999, 1_000, 1_009]) checkpoints.after(write(ledger(head, head - EVERY)));
    await checkpoints.flush();
    expect(written.flat().map(({ seq, permanent }) => [seq, permanent])).toEqual([
      [999, false],
      [1_000, true],
      [1_009, true],
    ]);
  });

  test.each<[when: string, (actor: Actor) => StagedTurn]>([
    ["a turn is open", (actor) => write(actor, { open: true })],
    ["there is no state yet", (actor) => write(Object.assign(actor, { state: undefined, storedVersion: 0 }))],
  ])("is not taken while %s", async (_, toWrite) => {
    checkpoints.after(toWrite(ledger(EVERY)));
    expect(await seqs()).toEqual([]);
  });

  test("is not taken for an actor that stores only its newest state", async () => {
    const note = new Actor(Note, ["n"], "n", 0);
    Object.assign(note, { id: 1, lifecycle: "active", head: 500, state: { text: "", edits: 500 }, storedVersion: 1 });
    checkpoints.after(write(note));
    checkpoints.beforePassivation(note);
    expect(await seqs()).toEqual([]);
  });
});

describe("passivation", () => {
  test("takes a checkpoint at the head, unless there is one", async () => {
    const [ahead, level] = [ledger(7, 5), ledger(5, 5)];
    for (const actor of [ahead, level]) checkpoints.beforePassivation(actor);
    expect(await seqs()).toEqual([[ahead.id, 7]]);
    expect(written.flat()[0]).toMatchObject({ turnTime: 7_000 });
  });

  test("takes none before the first turn", async () => {
    checkpoints.beforePassivation(Object.assign(ledger(2), { state: undefined, storedVersion: 0 }));
    expect(await seqs()).toEqual([]);
  });

  test("takes none of a state that was migrated in memory only: its journal does not record that yet", async () => {
    const Newer = { ...Ledger, version: 2 };
    const actor = new Actor(Newer, ["newer"], "newer", 0);
    Object.assign(actor, { id: 1, lifecycle: "active", head: 7, state: { grams: 7 }, storedVersion: 1 });
    checkpoints.beforePassivation(actor);
    expect(await seqs()).toEqual([]);
    expect(actor.checkpointSeq).toBe(0);
  });
});

describe("checkpoints", () => {
  test("of many actors are written together, up to a hundred in a statement", async () => {
    for (let i = 0; i < 250; i++) checkpoints.after(write(ledger(EVERY)));
    await checkpoints.flush();
    expect(written.map((rows) => rows.length)).toEqual([100, 100, 50]);
  });

  test("of one actor are written once while they wait: the newest", async () => {
    const actor = ledger(EVERY);
    checkpoints.after(write(actor));
    Object.assign(actor, { head: 2 * EVERY, state: { total: 2 * EVERY, notes: [] } });
    checkpoints.after(write(actor));
    expect(await seqs()).toEqual([[actor.id, 2 * EVERY]]);
  });

  test("that cannot be written emit no event, block nothing, and are taken again", async () => {
    down = true;
    const actor = ledger(EVERY);
    checkpoints.after(write(actor));
    Object.assign(actor, { head: 2 * EVERY });
    checkpoints.after(write(actor));
    await checkpoints.flush();
    expect(emitted).toEqual([]);
    expect(actor.checkpointSeq).toBe(0);
    down = false;
    Object.assign(actor, { head: 2 * EVERY + 1 });
    checkpoints.after(write(actor));
    expect(await seqs()).toEqual([[actor.id, 2 * EVERY + 1]]);
    written = [];
    const next = ledger(EVERY);
    checkpoints.after(write(next));
    expect(await seqs()).toEqual([[next.id, EVERY]]);
  });
});
